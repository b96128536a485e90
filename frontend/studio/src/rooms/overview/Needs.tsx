import type { Schemas } from '@comeback/api';
import { IconAlertTriangle, IconChevronRight, IconEye, IconInbox, IconMailOff, IconPackage, IconSearch, IconWallet, type Icon } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Tab } from '../../data/queries';
import { LinkButton } from '../../ui/LinkButton';
import { useWords } from '../../words/Words';
import classes from './OverviewPage.module.css';

type Need = Schemas['NeedOut'];
type Subject = Schemas['NeedSubject'];

const LOOKS: Record<Need['kind'], { icon: Icon; tab?: Tab; bad?: true }> = {
  approve: { icon: IconInbox, tab: 'new' },
  review: { icon: IconEye, tab: 'review' },
  check_in: { icon: IconPackage, tab: 'received' },
  inspect: { icon: IconSearch, tab: 'inspect' },
  settle: { icon: IconWallet, tab: 'inspect' },
  refund_trouble: { icon: IconAlertTriangle, bad: true },
  stuck_parcel: { icon: IconAlertTriangle, bad: true },
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
        {first && (tab
          ? <LinkButton size="xs" variant="light" to="/returns" search={{ tab, open: first.return_id ?? undefined }}>{go}</LinkButton>
          : <SubjectButton subject={first} label={go} />)}
      </header>
      <ul>
        {need.subjects.map((subject) => (
          <li key={subject.return_id ?? subject.order_id ?? subject.label}><SubjectLink subject={subject} tab={tab ?? 'done'} detail={need.kind === 'stuck_parcel' ? word('stuck', subject.detail) : subject.detail} /></li>
        ))}
        {rest > 0 && <li className={classes.rest}>{t('list.and', { count: rest })}</li>}
      </ul>
    </section>
  );
}

function SubjectButton({ subject, label }: { subject: Subject; label: string }) {
  if (subject.return_id) return <LinkButton size="xs" variant="light" to="/returns" search={{ tab: 'inspect', open: subject.return_id }}>{label}</LinkButton>;
  return <LinkButton size="xs" variant="light" to="/orders/$orderId" params={{ orderId: subject.order_id ?? '' }}>{label}</LinkButton>;
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
  if (subject.return_id) return <Link to="/returns" search={{ tab, open: subject.return_id }}>{inside}</Link>;
  return <Link to="/orders/$orderId" params={{ orderId: subject.order_id ?? '' }}>{inside}</Link>;
}
