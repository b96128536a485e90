import { IconTruck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { PARCEL_TABS, type Days, type ParcelTab } from '../../data/filters';
import { Filter } from '../../ui/Filter';
import { LinkButton } from '../../ui/LinkButton';
import { ListStates } from '../../ui/ListStates';
import page from '../../ui/Page.module.css';
import { periods } from '../../ui/periods';
import { Status } from '../../ui/Status';
import { rowLink, Table, Two, type Column } from '../../ui/Table';
import { TabLabel, TabStrip } from '../../ui/TabStrip';
import { humanise } from '../../words/messages';
import { useWords, type Words } from '../../words/Words';
import { shipmentsQuery, type Row } from './queries';
import { ShipmentDrawer } from './ShipmentDrawer';

const route = getRouteApi('/app/shipments');
const BAD: ReadonlySet<ParcelTab> = new Set(['problem', 'stuck']);
const HINTS = { problem: 'shipments.problem.hint', stuck: 'shipments.stuck.hint', returning: 'shipments.returning.hint' } as const;

/** Parcels by what is to be watched; one of them opens at the side. */
export function ShipmentsPage() {
  const words = useWords();
  const { t, country } = words;
  const { open, ...wanted } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(shipmentsQuery(wanted));
  const first = query.data?.pages[0];
  const rows = query.data?.pages.flatMap((one) => one.items);
  const filter = (more: Partial<typeof wanted>) => void navigate({ search: (old) => ({ ...old, ...more, open: undefined }), replace: true });
  const hint = HINTS[wanted.tab as keyof typeof HINTS];
  return (
    <div className={page.page}>
      <title>{`${t('shipments.title')} · ${t('appName')}`}</title>
      <h1>{t('shipments.title')}</h1>
      <TabStrip label={t('shipments.tabs')} current={wanted.tab}>
        {PARCEL_TABS.map((tab) => (
          <Link key={tab} to="/shipments" search={{ ...wanted, tab }} aria-current={tab === wanted.tab ? 'page' : undefined} activeProps={{}} resetScroll={false}>
            <TabLabel label={t(`ptab.${tab}`)} count={first?.counts[tab]} many={first?.counts.many ?? 1000} bad={BAD.has(tab)} />
          </Link>
        ))}
      </TabStrip>
      <div className={page.filters}>
        <Filter label={t('filters.carrier')} all={t('filters.all.carrier')} value={wanted.carrier} options={(first?.carriers ?? []).map((value) => ({ value, label: humanise(value).toUpperCase() }))} onChange={(carrier) => filter({ carrier })} />
        <Filter label={t('filters.country')} all={t('filters.all.country')} value={wanted.country} options={(first?.countries ?? []).map((value) => ({ value, label: country(value) }))} onChange={(value) => filter({ country: value })} />
        <Filter label={t('filters.period')} all={t('filters.all.period')} value={wanted.days} options={periods(t)} onChange={(days) => filter({ days: days as Days | undefined })} />
      </div>
      {hint && <p className={page.lead}>{t(hint)}</p>}
      <ListStates
        error={query.data ? null : query.error}
        empty={rows?.length === 0}
        filtered={Boolean(wanted.carrier ?? wanted.country ?? wanted.days)}
        onClear={() => filter({ carrier: undefined, country: undefined, days: undefined })}
        onRetry={() => void query.refetch()}
        nothing={{ icon: IconTruck, title: t(`shipments.none.${wanted.tab}`), text: t('shipments.none.text'), action: <LinkButton variant="default" to="/orders">{t('empty.orders')}</LinkButton> }}
      >
        <Table label={t(`ptab.${wanted.tab}`)} columns={columns(words, wanted.tab)} rows={rows} keyOf={(row) => row.id} current={open} more={{ has: query.hasNextPage, busy: query.isFetchingNextPage, load: () => void query.fetchNextPage() }} />
      </ListStates>
      {open && <ShipmentDrawer id={open} onClose={() => void navigate({ search: (old) => ({ ...old, open: undefined }), replace: true, resetScroll: false })} />}
    </div>
  );
}

function columns(words: Words, tab: ParcelTab): Column<Row>[] {
  const { t, ago, dateTime, country } = words;
  const delivered = tab === 'delivered';
  const reason = (row: Row) => (row.reason && !delivered ? words.word('preason', row.reason) : undefined);
  return [
    {
      key: 'parcel', label: t('shipments.col.parcel'), width: 'minmax(0, 1.3fr)', area: 'a',
      cell: (row) => (
        <Two
          first={<Link to="/shipments" search={(old) => ({ ...old, tab, open: row.id })} activeProps={{}} resetScroll={false} className={rowLink}>{row.tracking_number ?? t('shipment.noNumber')}</Link>}
          second={`${humanise(row.carrier).toUpperCase()} · ${row.order_number}`}
          third={reason(row)}
        />
      ),
    },
    { key: 'to', label: t('shipments.col.to'), width: 'minmax(0, 1.2fr)', area: 'c', cell: (row) => <Two first={row.customer} second={[row.city, row.country && country(row.country)].filter(Boolean).join(', ')} /> },
    { key: 'status', label: t('shipments.col.status'), width: 'minmax(150px, 1fr)', area: 'b', cell: (row) => <Two first={<Status kind="delivery" value={row.status} />} second={reason(row)} /> },
    { key: 'promise', label: t('shipments.col.promise'), width: 'minmax(0, 1fr)', area: delivered ? undefined : 'e', named: true, cell: (row) => <Promise row={row} words={words} /> },
    { key: 'news', label: t(delivered ? 'shipments.col.delivered' : 'shipments.col.news'), width: '128px', end: true, area: 'd', cell: (row) => <span className="muted num">{row.delivered_at ? dateTime(row.delivered_at) : ago(row.news_at)}</span> },
  ];
}

function Promise({ row, words: { t, days } }: { row: Row; words: Words }) {
  if (!row.eta_until) return <span className="muted">{row.delivered_at ? '' : t('shipments.noPromise')}</span>;
  return <Two first={days(row.eta_from ?? row.eta_until, row.eta_until)} second={row.late ? <span className="late">{t('shipments.promised')}</span> : undefined} />;
}
