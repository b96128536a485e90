import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { IconReceipt } from '@tabler/icons-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { returnQuery, returnsQuery, type Tab } from '../../data/queries';
import { useKeys } from '../../shell/keys';
import { Empty } from '../../ui/Empty';
import { useWords } from '../../words/Words';
import { Detail } from './Detail';
import { List } from './List';
import classes from './ReturnsPage.module.css';
import { Tabs } from './Tabs';
import { neighbour, visible } from './selection';
import { useApprove } from './useApprove';

const route = getRouteApi('/app/returns');

/** The returns inbox: stages with counts, the list, and one return beside it (below it on a phone). */
export function ReturnsPage() {
  const { t } = useWords();
  const { tab, open } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(returnsQuery(tab));
  const { pending, approve } = useApprove();
  const pages = list.data?.pages;
  const rows = useMemo(() => visible(pages?.flatMap((page) => page.items) ?? [], pending), [pages, pending]);
  const show = useCallback((id: string | undefined) => navigate({ search: (old) => ({ tab: old.tab, open: id }), replace: true, resetScroll: false }), [navigate]);
  useFollowTab(open, tab, pending);
  useFirstRow(rows[0]?.id, open, show);
  const step = (by: 1 | -1) => () => {
    const next = neighbour(rows.map((row) => row.id), open, by);
    if (next) void show(next);
  };
  useKeys({ j: step(1), k: step(-1) });
  const onApprove = (id: string, number: string) => {
    const next = neighbour(rows.map((row) => row.id), id, 1) ?? neighbour(rows.map((row) => row.id), id, -1);
    approve(id, number, () => void show(id));
    void show(next === id ? undefined : next);
  };
  return (
    <div className={classes.page} data-open={open ? true : undefined}>
      <title>{`${t('returns.title')} · ${t('appName')}`}</title>
      <div className={classes.head}>
        <h1>{t('returns.title')}</h1>
        <Tabs current={tab} counts={pages?.[0]?.counts} />
      </div>
      <List tab={tab} rows={rows} open={open} query={list} />
      <section className={classes.detail} aria-label={t('nav.returns')} key={open}>
        {open ? (
          <Detail id={open} pending={pending.has(open)} onApprove={onApprove} onBack={() => void show(undefined)} />
        ) : rows.length > 0 && (
          <div className={classes.nothing}>
            <Empty icon={IconReceipt} title={t('returns.pick')} text={t('returns.pick.text')} />
          </div>
        )}
      </section>
    </div>
  );
}

/** A return that has moved on takes its tab along, so that the list always holds what is open. */
function useFollowTab(open: string | undefined, tab: Tab, pending: ReadonlySet<string>) {
  const navigate = route.useNavigate();
  const { data } = useQuery({ ...returnQuery(open ?? ''), enabled: Boolean(open) });
  const home = data?.id === open ? data?.tab : undefined;
  useEffect(() => {
    if (open && home && home !== tab && !pending.has(open)) void navigate({ search: { tab: home, open }, replace: true, resetScroll: false });
  }, [open, home, tab, pending, navigate]);
}

/** On a wide screen the first return is open from the start; on a phone the list comes first. */
function useFirstRow(first: string | undefined, open: string | undefined, show: (id: string) => Promise<void>) {
  const [wide] = useState(() => matchMedia('(min-width: 1080px)'));
  useEffect(() => {
    if (first && !open && wide.matches) void show(first);
  }, [first, open, show, wide]);
}
