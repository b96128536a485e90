import { Button, Skeleton } from '@mantine/core';
import type { Schemas } from '@comeback/api';
import { IconInbox } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { TABS, type Tab } from '../../data/queries';
import { Empty } from '../../ui/Empty';
import { LinkButton } from '../../ui/LinkButton';
import { Picture } from '../../ui/Picture';
import { Status } from '../../ui/Status';
import { Trouble } from '../../ui/Trouble';
import { useWords } from '../../words/Words';
import classes from './ReturnsPage.module.css';

type Row = Schemas['ReturnRow'];

/** In these stages every row has the same state; saying it again would be noise. */
const ALIKE: ReadonlySet<Tab> = new Set(['new', 'review', 'received']);

interface Props {
  tab: Tab;
  rows: Row[];
  open: string | undefined;
  query: {
    data?: { pages: Schemas['ReturnList'][] };
    error: Error | null;
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    fetchNextPage(): unknown;
    refetch(): unknown;
  };
}

export function List({ tab, rows, open, query }: Props) {
  const { t } = useWords();
  const { data, error } = query;
  return (
    <section className={`card ${classes.list}`} aria-label={t(`tab.${tab}`)}>
      {error && !data && <Trouble error={error} onRetry={() => query.refetch()} />}
      {!data && !error && <Waiting />}
      {data && rows.length === 0 && <Nothing tab={tab} counts={data.pages[0]?.counts} />}
      <ul className={classes.rows}>
        {rows.map((row) => <li key={row.id}><RowLink row={row} tab={tab} current={row.id === open} /></li>)}
      </ul>
      {query.hasNextPage && (
        <Button variant="subtle" fullWidth loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>{t('loadMore')}</Button>
      )}
    </section>
  );
}

function Waiting() {
  return (
    <div className={classes.waiting} aria-hidden>
      {[0, 1, 2, 3, 4, 5].map((i) => <Skeleton key={i} height={56} radius={10} />)}
    </div>
  );
}

function Nothing({ tab, counts }: { tab: Tab; counts: Schemas['ReturnCounts'] | undefined }) {
  const { t } = useWords();
  const busy = TABS.find((other) => other !== tab && other !== 'done' && (counts?.[other] ?? 0) > 0);
  const action = busy
    ? <LinkButton variant="default" to="/returns" search={{ tab: busy }}>{t('empty.next', { tab: t(`tab.${busy}`) })}</LinkButton>
    : <LinkButton variant="default" to="/orders">{t('empty.orders')}</LinkButton>;
  return <Empty icon={IconInbox} title={t(`empty.${tab}`)} text={t(`empty.${tab}.text`)} action={action} />;
}

function RowLink({ row, tab, current }: { row: Row; tab: Tab; current: boolean }) {
  const { t, word, money, ago } = useWords();
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (current) link.current?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  const about = [row.number, t('returns.items', { count: row.items }), row.reason && word('reason', row.reason)];
  return (
    <Link ref={link} to="/returns" search={{ tab, open: row.id }} className={classes.row} aria-current={current || undefined} activeProps={{}} resetScroll={false}>
      <Picture src={row.image_url} size={48} />
      <span className={classes.rowText}>
        <span className={classes.rowLine}>
          <span className={`ellipsis ${classes.rowName}`}>{row.customer}</span>
          <span className={`num ${classes.rowAmount}`}>{money(row.amount, row.currency)}</span>
        </span>
        <span className={`${classes.rowLine} muted`}>
          <span className="ellipsis">{about.filter(Boolean).join(' · ')}</span>
          <span className="num">{ago(row.requested_at)}</span>
        </span>
        <span className={classes.rowLine}>
          {!ALIKE.has(tab) && <Status kind="status" value={row.status} />}
          <span className="muted ellipsis">{row.resolutions.map((r) => word('resolution', r)).join(', ')}</span>
        </span>
      </span>
    </Link>
  );
}
