import { Skeleton } from '@mantine/core';
import type { Schemas } from '@comeback/api';
import { IconArrowLeft, IconCalendarDue } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { returnQuery } from '../../data/queries';
import { Parcel } from '../../ui/Parcel';
import { Section } from '../../ui/Section';
import { Status } from '../../ui/Status';
import { Timeline } from '../../ui/Timeline';
import { Trouble } from '../../ui/Trouble';
import { shopNow } from '../../words/format';
import { useWords } from '../../words/Words';
import { Actions } from './Actions';
import { Attempts } from './Attempts';
import { Breakdown } from './Breakdown';
import { Inspect } from './Inspect';
import { Lines } from './Lines';
import classes from './Detail.module.css';

type Case = Schemas['ReturnDetail'];

interface Props {
  id: string;
  pending: boolean;
  onApprove(id: string, number: string): void;
  onBack(): void;
}

export function Detail({ id, pending, onApprove, onBack }: Props) {
  const { t } = useWords();
  const { data, error, refetch } = useQuery(returnQuery(id));
  return (
    <>
      <button type="button" className={classes.back} onClick={onBack}>
        <IconArrowLeft size={18} aria-hidden />
        {t('returns.backToList')}
      </button>
      {error && !data ? <Trouble error={error} onRetry={() => void refetch()} /> : data ? <Loaded item={data} pending={pending} onApprove={onApprove} /> : <Waiting />}
    </>
  );
}

function Loaded({ item, pending, onApprove }: { item: Case; pending: boolean; onApprove: Props['onApprove'] }) {
  const { t } = useWords();
  const inspection = useRef<HTMLDivElement>(null);
  const inspectable = !pending && item.actions.includes('inspect');
  return (
    <div className={classes.stack}>
      <Head item={item} pending={pending} onApprove={onApprove} onInspect={() => focusOn(inspection.current)} />
      {inspectable ? (
        <div ref={inspection} tabIndex={-1} className={classes.anchor}><Inspect item={item} key={item.id} /></div>
      ) : (
        <Section title={t('returns.items', { count: item.lines.reduce((n, line) => n + line.quantity, 0) })} flush><Lines item={item} /></Section>
      )}
      <div className={classes.pair}>
        <Money item={item} />
        <div className={classes.stack}>
          {item.settlements.length > 0 && <Section title={t('attempts.title')} flush><Attempts settlements={item.settlements} currency={item.quoted.currency} /></Section>}
          {item.parcels.map((parcel) => <Parcel key={parcel.id} parcel={parcel} title={t('parcel.return')} />)}
          {item.parcels.length === 0 && item.settlements.length === 0 && <Section title={t('timeline.title')}><Timeline entries={item.timeline} /></Section>}
        </div>
      </div>
      {(item.parcels.length > 0 || item.settlements.length > 0) && <Section title={t('timeline.title')}><Timeline entries={item.timeline} /></Section>}
    </div>
  );
}

/** What is due now, else what was settled, else what was promised. */
function Money({ item }: { item: Case }) {
  const { t } = useWords();
  const [money, label] = item.due ? ([item.due, 'money.due'] as const) : item.paid ? ([item.paid, 'money.paid'] as const) : ([item.quoted, 'money.quoted'] as const);
  return (
    <Section title={t('money.title')} aside={<span className={`muted ${classes.small}`}>{t(label)}</span>}>
      <Breakdown money={money} />
    </Section>
  );
}

function focusOn(element: HTMLElement | null) {
  element?.scrollIntoView({ block: 'start', behavior: 'smooth' });
  element?.focus({ preventScroll: true });
}

interface HeadProps {
  item: Case;
  pending: boolean;
  onApprove: Props['onApprove'];
  onInspect(): void;
}

function Head({ item, pending, onApprove, onInspect }: HeadProps) {
  const { t, word, date } = useWords();
  const [now] = useState(shopNow);
  const over = item.due_at !== null && new Date(item.due_at).getTime() < now;
  return (
    <header className={classes.head}>
      <div className={classes.title}>
        <div className={classes.titleRow}>
          <h2 className={classes.h2}>{item.number}</h2>
          <Status kind="status" value={item.status} />
          {item.kind !== 'return' && <span className={classes.kind}>{word('kind', item.kind)}</span>}
        </div>
        <p className="muted">
          {item.customer.name} · <Link to="/orders/$orderId" params={{ orderId: item.order.id }}>{t('order.title', { number: item.order.number })}</Link> · {t('returns.requested', { date: date(item.requested_at) })} · {word('method', item.method)}
        </p>
        {item.due_at && item.tab !== 'done' && (
          <p className={classes.due} data-over={over || undefined}>
            <IconCalendarDue size={16} aria-hidden />
            {t(over ? 'returns.overdue' : 'returns.due', { date: date(item.due_at) })}
          </p>
        )}
      </div>
      {!pending && <Actions item={item} onApprove={() => onApprove(item.id, item.number)} onInspect={onInspect} />}
    </header>
  );
}

function Waiting() {
  return (
    <div className={classes.stack} aria-hidden>
      <Skeleton height={72} radius={14} />
      <Skeleton height={200} radius={14} />
      <div className={classes.pair}><Skeleton height={240} radius={14} /><Skeleton height={240} radius={14} /></div>
    </div>
  );
}
