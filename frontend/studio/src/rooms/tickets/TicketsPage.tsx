import { Button, Skeleton } from '@mantine/core';
import { IconMessageCircle, IconMessageCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import { TICKET_TABS, TOPICS, type TicketFilters, type TicketTab, type Topic } from '../../data/filters';
import { useKeys } from '../../shell/keys';
import { Empty } from '../../ui/Empty';
import { Filter } from '../../ui/Filter';
import { ListStates } from '../../ui/ListStates';
import page from '../../ui/Page.module.css';
import { TabLabel, TabStrip } from '../../ui/TabStrip';
import { useWords } from '../../words/Words';
import { Detail } from './Detail';
import { ticketsQuery, type Row } from './queries';
import classes from './TicketsPage.module.css';

const route = getRouteApi('/app/tickets');

/** The inbox of questions: what waits for us first, one of them beside the list (below it on a phone). */
export function TicketsPage() {
  const { t } = useWords();
  const { open, ...wanted } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(ticketsQuery(wanted));
  const first = query.data?.pages[0];
  const rows = query.data?.pages.flatMap((one) => one.items) ?? [];
  const show = useCallback((id: string | undefined) => navigate({ search: (old) => ({ ...old, open: id }), replace: true, resetScroll: false }), [navigate]);
  const filter = (more: Partial<TicketFilters>) => void navigate({ search: (old) => ({ ...old, ...more, open: undefined }), replace: true });
  useFirstRow(rows[0]?.id, open, show);
  const step = (by: 1 | -1) => () => {
    const at = rows.findIndex((row) => row.id === open);
    const next = rows[at < 0 ? 0 : at + by];
    if (next) void show(next.id);
  };
  useKeys({ j: step(1), k: step(-1) });
  return (
    <div className={classes.page} data-open={open ? true : undefined}>
      <title>{`${t('tickets.title')} · ${t('appName')}`}</title>
      <div className={classes.head}>
        <h1>{t('tickets.title')}</h1>
        <TabStrip label={t('tickets.tabs')} current={wanted.tab}>
          {TICKET_TABS.map((tab) => (
            <Link key={tab} to="/tickets" search={{ ...wanted, tab }} aria-current={tab === wanted.tab ? 'page' : undefined} activeProps={{}} resetScroll={false}>
              <TabLabel label={t(`ttab.${tab}`)} count={first?.counts[tab]} many={first?.counts.many ?? 1000} />
            </Link>
          ))}
        </TabStrip>
        <div className={page.filters}>
          <Filter label={t('tickets.topic')} all={t('tickets.topic.all')} value={wanted.topic} options={TOPICS.map((value) => ({ value, label: t(`topic.${value}`) }))} onChange={(topic) => filter({ topic: topic as Topic | undefined })} />
          <Filter label={t('tickets.who')} all={t('tickets.who.all')} value={wanted.mine} options={[{ value: 'yes', label: t('tickets.who.mine') }]} onChange={(mine) => filter({ mine: mine ? 'yes' : undefined })} />
        </div>
      </div>
      <section className={`card ${classes.list}`} aria-label={t(`ttab.${wanted.tab}`)}>
        <ListStates
          error={query.data ? null : query.error}
          empty={Boolean(query.data) && rows.length === 0}
          filtered={Boolean(wanted.topic ?? wanted.mine)}
          onClear={() => filter({ topic: undefined, mine: undefined })}
          onRetry={() => void query.refetch()}
          nothing={{ icon: IconMessageCheck, title: t(`tickets.none.${wanted.tab}`), text: t(`tickets.none.${wanted.tab}.text`) }}
        >
          {query.data ? (
            <ul className={classes.rows}>
              {rows.map((row) => <li key={row.id}><RowLink row={row} tab={wanted.tab} current={row.id === open} /></li>)}
            </ul>
          ) : <div className={classes.waiting} aria-hidden>{[0, 1, 2, 3, 4, 5].map((i) => <Skeleton key={i} height={72} radius={10} />)}</div>}
          {query.hasNextPage && <Button variant="subtle" fullWidth loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t('loadMore')}</Button>}
        </ListStates>
      </section>
      <section className={classes.detail} aria-label={t('tickets.one')} key={open}>
        {open ? <Detail id={open} onBack={() => void show(undefined)} /> : rows.length > 0 && (
          <div className={classes.nothing}><Empty icon={IconMessageCircle} title={t('tickets.pick')} text={t('tickets.pick.text')} /></div>
        )}
      </section>
    </div>
  );
}

function RowLink({ row, tab, current }: { row: Row; tab: TicketTab; current: boolean }) {
  const { t, ago } = useWords();
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (current) link.current?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  const about = [t(`topic.${row.topic}`), row.order_number, row.assignee];
  return (
    <Link ref={link} to="/tickets" search={(old) => ({ ...old, tab, open: row.id })} className={classes.row} aria-current={current || undefined} activeProps={{}} resetScroll={false}>
      <span className={classes.rowLine}>
        <span className={`ellipsis ${classes.strong}`}>{row.customer || t('customers.erased')}</span>
        <span className="muted num">{ago(row.last_at)}</span>
      </span>
      <span className="ellipsis">{row.subject}</span>
      <span className={`ellipsis muted ${classes.small}`}>{about.filter(Boolean).join(' · ')}</span>
    </Link>
  );
}

/** On a wide screen the first ticket is open from the start; on a phone the list comes first. */
function useFirstRow(first: string | undefined, open: string | undefined, show: (id: string) => Promise<void>) {
  const [wide] = useState(() => matchMedia('(min-width: 1080px)'));
  useEffect(() => {
    if (first && !open && wide.matches) void show(first);
  }, [first, open, show, wide]);
}
