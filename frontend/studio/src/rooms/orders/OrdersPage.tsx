import { Button, CloseButton, Skeleton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import type { Schemas } from '@comeback/api';
import { IconPackages, IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ordersQuery } from '../../data/queries';
import { Empty } from '../../ui/Empty';
import { Picture } from '../../ui/Picture';
import { Status } from '../../ui/Status';
import { Trouble } from '../../ui/Trouble';
import { useWords } from '../../words/Words';
import classes from './OrdersPage.module.css';

const route = getRouteApi('/app/orders');

export function OrdersPage() {
  const { t } = useWords();
  const { q = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const [typed, setTyped] = useState(q);
  const search = useDebouncedCallback((text: string) => void navigate({ search: text.trim() ? { q: text.trim() } : {}, replace: true }), 200);
  const change = (text: string) => {
    setTyped(text);
    search(text);
  };
  return (
    <div className={classes.page}>
      <title>{`${t('orders.title')} · ${t('appName')}`}</title>
      <div className={classes.head}>
        <h1>{t('orders.title')}</h1>
        <TextInput
          className={classes.search}
          aria-label={t('orders.search')}
          placeholder={t('orders.search')}
          leftSection={<IconSearch size={16} aria-hidden />}
          rightSection={typed && <CloseButton size="sm" aria-label={t('orders.clear')} onClick={() => change('')} />}
          value={typed}
          onChange={(e) => change(e.currentTarget.value)}
        />
      </div>
      <Table q={q} onClear={() => change('')} />
    </div>
  );
}

function Table({ q, onClear }: { q: string; onClear(): void }) {
  const { t } = useWords();
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(ordersQuery(q));
  const rows = data?.pages.flatMap((page) => page.items) ?? [];
  if (error && !data) return <div className="card"><Trouble error={error} onRetry={() => void refetch()} /></div>;
  if (data && rows.length === 0) {
    return (
      <div className="card">
        {q
          ? <Empty icon={IconPackages} title={t('orders.nomatch', { q })} text={t('orders.nomatch.text')} action={<Button variant="default" onClick={onClear}>{t('orders.clear')}</Button>} />
          : <Empty icon={IconPackages} title={t('orders.none')} text={t('orders.none.text')} />}
      </div>
    );
  }
  return (
    <div className={`card ${classes.table}`} role="table" aria-label={t('orders.title')}>
      <div role="rowgroup">
        <div role="row" className={classes.header}>
          {(['order', 'customer', 'delivery', 'items', 'total'] as const).map((col) => <span key={col} role="columnheader">{t(`orders.col.${col}`)}</span>)}
        </div>
      </div>
      <div role="rowgroup">
        {data ? rows.map((row) => <Row key={row.id} row={row} />) : [0, 1, 2, 3, 4, 5, 6, 7].map((i) => <div role="row" className={classes.row} key={i}><span role="cell" className={classes.whole}><Skeleton height={40} radius={10} /></span></div>)}
      </div>
      {hasNextPage && <div className={classes.more}><Button variant="subtle" fullWidth loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('loadMore')}</Button></div>}
    </div>
  );
}

function Row({ row }: { row: Schemas['OrderRow'] }) {
  const { t, money, date } = useWords();
  return (
    <div role="row" className={classes.row}>
      <span role="cell" className={classes.order}>
        <Link to="/orders/$orderId" params={{ orderId: row.id }} className={`ellipsis ${classes.link}`}>{row.number}</Link>
        <span className="muted">{date(row.placed_at)}</span>
      </span>
      <span role="cell" className={classes.customer}>
        <span className="ellipsis">{row.customer}</span>
        <span className="ellipsis muted">{row.email}</span>
      </span>
      <span role="cell" className={classes.delivery}>
        <Status kind="delivery" value={row.delivery} />
        {row.returns > 0 && <span className="muted">{t('orders.returns', { count: row.returns })}</span>}
      </span>
      <span role="cell" className={classes.items}>
        {row.images.slice(0, 3).map((src, i) => <Picture key={`${src}${i}`} src={src} size={40} />)}
        {row.images.length < row.items && <span className="muted num">{t('returns.items', { count: row.items })}</span>}
      </span>
      <span role="cell" className={`num ${classes.total}`}>{money(row.total, row.currency)}</span>
    </div>
  );
}
