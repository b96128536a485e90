import { IconPackages } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Schemas } from '@comeback/api';
import { ordersQuery, type OrderFilters } from '../../data/queries';
import { Filter } from '../../ui/Filter';
import { LinkButton } from '../../ui/LinkButton';
import { ListStates } from '../../ui/ListStates';
import page from '../../ui/Page.module.css';
import { periods } from '../../ui/periods';
import { Picture } from '../../ui/Picture';
import { SearchBox } from '../../ui/SearchBox';
import { Status } from '../../ui/Status';
import { rowLink, Table, Two, type Column } from '../../ui/Table';
import { useWords, type Words } from '../../words/Words';
import classes from './OrdersPage.module.css';

type Row = Schemas['OrderRow'];
const route = getRouteApi('/app/orders');
const PROGRESS = ['unfulfilled', 'partial', 'fulfilled', 'cancelled'] as const;

export function OrdersPage() {
  const words = useWords();
  const { t, country } = words;
  const wanted = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(ordersQuery(wanted));
  const rows = query.data?.pages.flatMap((one) => one.items);
  const countries = query.data?.pages[0]?.countries ?? [];
  const filter = (more: Partial<Record<keyof OrderFilters, string>>) => void navigate({ search: (old) => ({ ...old, ...more }) as OrderFilters, replace: true });
  return (
    <div className={page.page}>
      <title>{`${t('orders.title')} · ${t('appName')}`}</title>
      <div className={page.head}>
        <h1>{t('orders.title')}</h1>
        <SearchBox label={t('orders.search')} value={wanted.q ?? ''} onSearch={(q) => filter({ q: q || undefined })} />
      </div>
      <div className={page.filters}>
        <Filter label={t('orders.filter.progress')} all={t('orders.all.progress')} value={wanted.progress} options={PROGRESS.map((value) => ({ value, label: t(`progress.${value}`) }))} onChange={(progress) => filter({ progress })} />
        <Filter label={t('orders.filter.trouble')} all={t('orders.all.trouble')} value={wanted.trouble} options={[{ value: 'yes', label: t('trouble.yes') }]} onChange={(trouble) => filter({ trouble })} />
        <Filter label={t('filters.country')} all={t('filters.all.country')} value={wanted.country} options={countries.map((value) => ({ value, label: country(value) }))} onChange={(value) => filter({ country: value })} />
        <Filter label={t('filters.period')} all={t('filters.all.period')} value={wanted.days} options={periods(t)} onChange={(days) => filter({ days })} />
      </div>
      <ListStates
        error={query.data ? null : query.error}
        empty={rows?.length === 0}
        filtered={Object.values(wanted).some(Boolean)}
        onClear={() => void navigate({ search: {}, replace: true })}
        onRetry={() => void query.refetch()}
        nothing={{ icon: IconPackages, title: t('orders.none'), text: t('orders.none.text'), action: <LinkButton variant="default" to="/">{t('lost.action')}</LinkButton> }}
      >
        <Table label={t('orders.title')} columns={columns(words)} rows={rows} keyOf={(row) => row.id} more={{ has: query.hasNextPage, busy: query.isFetchingNextPage, load: () => void query.fetchNextPage() }} />
      </ListStates>
    </div>
  );
}

function columns({ t, money, date, country }: Words): Column<Row>[] {
  return [
    {
      key: 'order', label: t('orders.col.order'), width: '176px', area: 'a',
      cell: (row) => <Two first={<Link to="/orders/$orderId" params={{ orderId: row.id }} className={rowLink}>{row.number}</Link>} second={date(row.placed_at)} />,
    },
    { key: 'customer', label: t('orders.col.customer'), width: 'minmax(0, 1.4fr)', area: 'c', cell: (row) => <Two first={row.customer || t('customers.erased')} second={[row.email, row.country && country(row.country)].filter(Boolean).join(' · ')} /> },
    { key: 'delivery', label: t('orders.col.delivery'), width: 'minmax(160px, 1fr)', area: 'd', cell: (row) => <Two first={<Status kind="delivery" value={row.delivery} />} second={row.returns > 0 && t('orders.returns', { count: row.returns })} /> },
    { key: 'items', label: t('orders.col.items'), width: 'minmax(184px, 1fr)', cell: (row) => <Items row={row} /> },
    { key: 'total', label: t('orders.col.total'), width: '112px', end: true, area: 'b', cell: (row) => <strong className="num">{money(row.total, row.currency)}</strong> },
  ];
}

function Items({ row }: { row: Row }) {
  const { t } = useWords();
  return (
    <span className={classes.items}>
      {row.images.slice(0, 3).map((src, i) => <Picture key={`${src}${i}`} src={src} size={40} />)}
      {row.images.length < row.items && <span className="muted num">{t('returns.items', { count: row.items })}</span>}
    </span>
  );
}
