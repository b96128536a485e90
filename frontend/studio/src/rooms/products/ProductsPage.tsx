import { IconBox } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { STOCK, type StockFilter } from '../../data/filters';
import { Filter } from '../../ui/Filter';
import { LinkButton } from '../../ui/LinkButton';
import { ListStates } from '../../ui/ListStates';
import page from '../../ui/Page.module.css';
import { Picture } from '../../ui/Picture';
import { SearchBox } from '../../ui/SearchBox';
import { Status } from '../../ui/Status';
import { rowLink, Table, Two, type Column } from '../../ui/Table';
import { useWords, type Words } from '../../words/Words';
import { productsQuery, type Row } from './queries';
import { rate, stockWord } from './stock';

const route = getRouteApi('/app/products');

export function ProductsPage() {
  const words = useWords();
  const { t } = words;
  const { q = '', stock } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(productsQuery(q, stock));
  const rows = query.data?.pages.flatMap((one) => one.items);
  const go = (more: { q?: string; stock?: StockFilter }) => void navigate({ search: (old) => ({ ...old, ...more }), replace: true });
  return (
    <div className={page.page}>
      <title>{`${t('products.title')} · ${t('appName')}`}</title>
      <div className={page.head}>
        <h1>{t('products.title')}</h1>
        <SearchBox label={t('products.search')} value={q} onSearch={(text) => go({ q: text || undefined })} />
      </div>
      <div className={page.filters}>
        <Filter label={t('products.filter.stock')} all={t('products.all.stock')} value={stock} options={STOCK.map((value) => ({ value, label: t(`sfilter.${value}`) }))} onChange={(value) => go({ stock: value as StockFilter | undefined })} />
      </div>
      <ListStates
        error={query.data ? null : query.error}
        empty={rows?.length === 0}
        filtered={q !== '' || stock !== undefined}
        onClear={() => void navigate({ search: {}, replace: true })}
        onRetry={() => void query.refetch()}
        nothing={{ icon: IconBox, title: t('products.none'), text: t('products.none.text'), action: <LinkButton variant="default" to="/orders">{t('empty.orders')}</LinkButton> }}
      >
        <Table label={t('products.title')} columns={columns(words)} rows={rows} keyOf={(row) => row.id} more={{ has: query.hasNextPage, busy: query.isFetchingNextPage, load: () => void query.fetchNextPage() }} />
      </ListStates>
    </div>
  );
}

function columns(words: Words): Column<Row>[] {
  const { t, number } = words;
  const figure = (value: number) => <span className={value === 0 ? 'muted num' : 'num'}>{number(value)}</span>;
  return [
    {
      key: 'product', label: t('products.col.product'), width: 'minmax(0, 2fr)', area: 'a',
      cell: (row) => (
        <>
          <Picture src={row.image_url} size={40} />
          <Two first={<Link to="/products/$productId" params={{ productId: row.id }} className={rowLink}>{row.title}</Link>} second={row.active ? t('products.variants', { count: row.variants }) : t('products.inactive')} />
        </>
      ),
    },
    { key: 'price', label: t('products.col.price'), width: 'minmax(112px, 0.8fr)', end: true, area: 'b', cell: (row) => <span className="num">{prices(row, words)}</span> },
    { key: 'stock', label: t('products.col.stock'), width: 'minmax(184px, 0.8fr)', end: true, area: 'd', cell: (row) => (row.counted ? <><span className="num">{number(row.sellable - Math.min(row.reserved, row.sellable))}</span><Status kind="stock" value={stockWord(row)} /></> : <span className="muted">{t('products.uncounted')}</span>) },
    { key: 'reserved', label: t('products.col.reserved'), width: '88px', end: true, cell: (row) => figure(row.reserved) },
    { key: 'quarantine', label: t('products.col.quarantine'), width: '96px', end: true, cell: (row) => figure(row.quarantine) },
    { key: 'rate', label: t('products.col.rate'), width: '104px', end: true, area: 'c', named: true, cell: (row) => <Two first={<span className="num">{rate(row.returned, row.sold)}</span>} second={row.sold > 0 ? t('products.sold', { count: row.sold }) : t('products.notSold')} /> },
  ];
}

function prices({ price_from: from, price_until: until, currency }: Row, { money }: Words): string {
  if (from === null || currency === null) return '–';
  return until === null || until === from ? money(from, currency) : `${money(from, currency)} – ${money(until, currency)}`;
}
