import { IconUsers } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { LinkButton } from '../../ui/LinkButton';
import { ListStates } from '../../ui/ListStates';
import page from '../../ui/Page.module.css';
import { SearchBox } from '../../ui/SearchBox';
import { Status } from '../../ui/Status';
import { rowLink, Table, Two, type Column } from '../../ui/Table';
import { useWords, type Words } from '../../words/Words';
import { customersQuery, type Row } from './queries';

const route = getRouteApi('/app/customers');

export function CustomersPage() {
  const words = useWords();
  const { t } = words;
  const { q = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(customersQuery(q));
  const rows = query.data?.pages.flatMap((one) => one.items);
  const search = (text: string) => void navigate({ search: text ? { q: text } : {}, replace: true });
  return (
    <div className={page.page}>
      <title>{`${t('customers.title')} · ${t('appName')}`}</title>
      <div className={page.head}>
        <h1>{t('customers.title')}</h1>
        <SearchBox label={t('customers.search')} value={q} onSearch={search} />
      </div>
      <ListStates
        error={query.data ? null : query.error}
        empty={rows?.length === 0}
        filtered={q !== ''}
        onClear={() => search('')}
        onRetry={() => void query.refetch()}
        nothing={{ icon: IconUsers, title: t('customers.none'), text: t('customers.none.text'), action: <LinkButton variant="default" to="/orders">{t('empty.orders')}</LinkButton> }}
      >
        <Table label={t('customers.title')} columns={columns(words)} rows={rows} keyOf={(row) => row.id} more={{ has: query.hasNextPage, busy: query.isFetchingNextPage, load: () => void query.fetchNextPage() }} />
      </ListStates>
    </div>
  );
}

function columns({ t, money, date }: Words): Column<Row>[] {
  return [
    {
      key: 'customer', label: t('customers.col.customer'), width: 'minmax(0, 1.6fr)', area: 'a',
      cell: (row) => <Two first={<Link to="/customers/$customerId" params={{ customerId: row.id }} className={rowLink}>{row.name || t('customers.erased')}</Link>} second={row.email} />,
    },
    { key: 'marketing', label: t('customers.col.marketing'), width: '136px', area: 'd', cell: (row) => (row.marketing === null ? <span className="muted">{t('consent.unknown')}</span> : <Status kind="consent" value={row.marketing ? 'granted' : 'withdrawn'} />) },
    { key: 'last', label: t('customers.col.last'), width: '128px', cell: (row) => <span className={row.last_order_at ? undefined : 'muted'}>{row.last_order_at ? date(row.last_order_at) : t('customers.noOrder')}</span> },
    { key: 'orders', label: t('customers.col.orders'), width: '112px', end: true, area: 'c', cell: (row) => <Two first={t('customers.orders', { count: row.orders })} second={row.returns > 0 && t('customers.returns', { count: row.returns })} /> },
    { key: 'spent', label: t('customers.col.spent'), width: '120px', end: true, area: 'b', cell: (row) => <strong className="num">{row.currency ? money(row.spent, row.currency) : '–'}</strong> },
  ];
}
