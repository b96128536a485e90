import type { Schemas } from '@comeback/api';
import { IconAlertTriangle, IconChevronRight, IconEye, IconInbox, IconMailOff, IconMessageCircle, IconPackage, IconPlugConnectedX, IconSearch, IconWallet, type Icon } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Tab } from '../../data/queries';
import { LinkButton } from '../../ui/LinkButton';
import { useWords } from '../../words/Words';
import classes from './OverviewPage.module.css';

type Need = Schemas['NeedOut'];
type Subject = Schemas['NeedSubject'];

const LOOKS: Record<Need['kind'], { icon: Icon; tab?: Tab; bad?: true }> = {
  connection: { icon: IconPlugConnectedX, bad: true },
  approve: { icon: IconInbox, tab: 'new' },
  review: { icon: IconEye, tab: 'review' },
  check_in: { icon: IconPackage, tab: 'received' },
  inspect: { icon: IconSearch, tab: 'inspect' },
  settle: { icon: IconWallet, tab: 'inspect' },
  refund_trouble: { icon: IconAlertTriangle, bad: true },
  stuck_parcel: { icon: IconAlertTriangle, bad: true },
  ticket: { icon: IconMessageCircle },
  failed_message: { icon: IconMailOff, bad: true },
};

export function Needs({ needs }: { needs: Need[] }) {
  return (
    <div className={classes.piles}>
      {needs.map((need) => <Pile key={need.kind} need={need} />)}
    </div>
  );
}

function Pile({ need }: { need: Need }) {
  const { t, word } = useWords();
  const { icon: NeedIcon, tab, bad } = LOOKS[need.kind];
  const first = need.subjects[0];
  const rest = need.count - need.subjects.length;
  const go = t(`need.${need.kind}.go`);
  return (
    <section className={`card ${classes.pile}`} aria-label={t(`need.${need.kind}`, { count: need.count })}>
      <header>
        <span className={classes.pileIcon} data-bad={bad}><NeedIcon size={20} stroke={1.7} aria-hidden /></span>
        <h3>{t(`need.${need.kind}`, { count: need.count })}</h3>
        {first && <PileButton kind={need.kind} first={first} tab={tab} label={go} />}
      </header>
      <ul>
        {need.subjects.map((subject) => (
          <li key={subject.ticket_id ?? subject.return_id ?? subject.message_id ?? subject.shipment_id ?? subject.label}><SubjectLink subject={subject} tab={tab ?? 'done'} detail={need.kind === 'stuck_parcel' ? word('stuck', subject.detail) : subject.detail} /></li>
        ))}
        {rest > 0 && <li className={classes.rest}>{t('list.and', { count: rest })}</li>}
      </ul>
    </section>
  );
}

/** One press: to the list that holds all of the pile, or to the one thing where there is no such list. */
function PileButton({ kind, first, tab, label }: { kind: Need['kind']; first: Subject; tab?: Tab; label: string }) {
  const look = { size: 'xs', variant: 'light' } as const;
  if (kind === 'connection') return <LinkButton {...look} to="/settings/connections">{label}</LinkButton>;
  if (kind === 'stuck_parcel') return <LinkButton {...look} to="/shipments" search={{ tab: 'stuck' }}>{label}</LinkButton>;
  if (kind === 'ticket') return <LinkButton {...look} to="/tickets" search={{ tab: 'open', open: first.ticket_id ?? undefined }}>{label}</LinkButton>;
  if (kind === 'failed_message') return <LinkButton {...look} to="/messages" search={{ pile: 'failed' }}>{label}</LinkButton>;
  return <LinkButton {...look} to="/returns" search={{ tab: tab ?? 'inspect', open: first.return_id ?? undefined }}>{label}</LinkButton>;
}

function SubjectLink({ subject, tab, detail }: { subject: Subject; tab: Tab; detail: string }) {
  const { ago } = useWords();
  const inside = (
    <>
      <span className={classes.subject}>
        <span className="ellipsis">{subject.label}</span>
        <span className="ellipsis muted">{detail}</span>
      </span>
      <span className="muted num">{ago(subject.since)}</span>
      <IconChevronRight size={16} aria-hidden />
    </>
  );
  if (subject.ticket_id) return <Link to="/tickets" search={{ tab: 'open', open: subject.ticket_id }}>{inside}</Link>;
  if (subject.return_id) return <Link to="/returns" search={{ tab, open: subject.return_id }}>{inside}</Link>;
  if (subject.order_id) return <Link to="/orders/$orderId" params={{ orderId: subject.order_id }}>{inside}</Link>;
  if (subject.message_id) return <Link to="/messages" search={{ pile: 'failed', open: subject.message_id }}>{inside}</Link>;
  return <Link to="/settings/connections">{inside}</Link>;
}
