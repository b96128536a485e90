import { Skeleton } from '@mantine/core';
import { IconArrowLeft, IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import page from '../../ui/Page.module.css';
import { Picture } from '../../ui/Picture';
import { Section } from '../../ui/Section';
import { Status } from '../../ui/Status';
import { Table, Two, type Column } from '../../ui/Table';
import { Trouble } from '../../ui/Trouble';
import { useWords, type Words } from '../../words/Words';
import classes from './ProductPage.module.css';
import { productQuery, type Detail } from './queries';
import { rate, stockWord } from './stock';

type Variant = Detail['variants'][number];
const route = getRouteApi('/app/products/$productId');

export function ProductPage() {
  const { t } = useWords();
  const { productId } = route.useParams();
  const { data, error, refetch } = useQuery(productQuery(productId));
  return (
    <div className={page.page}>
      <Link to="/products" className={page.back}><IconArrowLeft size={18} aria-hidden />{t('product.back')}</Link>
      {error && !data ? <div className="card"><Trouble error={error} onRetry={() => void refetch()} /></div> : data ? <Loaded item={data} /> : (
        <><Skeleton height={72} radius={14} /><div className={page.columns}><Skeleton height={280} radius={14} /><Skeleton height={200} radius={14} /></div></>
      )}
    </div>
  );
}

function Loaded({ item }: { item: Detail }) {
  const words = useWords();
  const { t } = words;
  return (
    <>
      <title>{`${item.title} · ${t('appName')}`}</title>
      <header className={classes.head}>
        <Picture src={item.image_url} size={72} />
        <div className={page.titles}>
          <h1>{item.title}</h1>
          <p className={page.lead}>{[item.active ? t('products.variants', { count: item.variants.filter((v) => v.active).length }) : t('products.inactive'), ...item.categories].join(' · ')}</p>
        </div>
        {item.url && <a className={classes.open} href={item.url} target="_blank" rel="noreferrer"><IconExternalLink size={16} aria-hidden />{t('product.open')}</a>}
      </header>
      <div className={page.columns}>
        <div className={page.stack}>
          <Table label={t('product.variants')} columns={columns(words)} rows={item.variants} keyOf={(row) => row.id} />
          <Moves item={item} />
        </div>
        <div className={page.stack}>
          <Sales item={item} />
          <Reasons item={item} />
        </div>
      </div>
    </>
  );
}

function columns(words: Words): Column<Variant>[] {
  const { t, money } = words;
  return [
    { key: 'variant', label: t('product.col.variant'), width: 'minmax(0, 1.2fr)', area: 'a', cell: (row) => <Two first={<strong>{row.title}</strong>} second={[row.sku, !row.active && t('products.inactive')].filter(Boolean).join(' · ')} /> },
    { key: 'stock', label: t('products.col.stock'), width: 'minmax(0, 1.6fr)', area: 'e', cell: (row) => <Places row={row} /> },
    { key: 'rate', label: t('products.col.rate'), width: '88px', end: true, area: 'c', named: true, cell: (row) => <Two first={<span className="num">{rate(row.returned, row.sold)}</span>} second={row.sold > 0 && t('products.sold', { count: row.sold })} /> },
    { key: 'price', label: t('products.col.price'), width: '96px', end: true, area: 'b', cell: (row) => <Two first={<span className="num">{money(row.price, row.currency)}</span>} second={row.compare_at_price && row.compare_at_price > row.price && <s className="num">{money(row.compare_at_price, row.currency)}</s>} /> },
  ];
}

/** What lies where: to sell, promised, held back. */
function Places({ row }: { row: Variant }) {
  const { t } = useWords();
  if (row.stock.length === 0) return <span className="muted">{t('product.noStock')}</span>;
  return (
    <ul className={classes.places}>
      {row.stock.map((place) => (
        <li key={place.place}>
          <Status kind="stock" value={stockWord(place)} />
          <span>
            {place.place}: {t('product.sellable', { count: Math.max(place.sellable - place.reserved, 0) })}
            {(place.reserved > 0 || place.quarantine > 0) && (
              <span className="muted"> · {[place.reserved > 0 && t('product.reserved', { count: place.reserved }), place.quarantine > 0 && t('product.quarantine', { count: place.quarantine })].filter(Boolean).join(' · ')}</span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Sales({ item }: { item: Detail }) {
  const { t, number } = useWords();
  return (
    <Section title={t('product.sales')}>
      <dl className={page.figures}>
        <div><dt>{t('product.sold')}</dt><dd className="num">{number(item.sold)}</dd></div>
        <div><dt>{t('product.returned')}</dt><dd className="num">{number(item.returned)}</dd></div>
        <div><dt>{t('product.rate')}</dt><dd className="num">{rate(item.returned, item.sold)}</dd></div>
      </dl>
    </Section>
  );
}

function Reasons({ item }: { item: Detail }) {
  const { t, word, number } = useWords();
  const most = Math.max(...item.reasons.map((reason) => reason.units), 1);
  return (
    <Section title={t('product.reasons')}>
      {item.reasons.length === 0 && <p className={`muted ${classes.note}`}>{t('product.reasons.none')}</p>}
      <dl className={classes.reasons}>
        {item.reasons.map((reason) => (
          <div key={reason.reason}>
            <dt>{word('reason', reason.reason)}</dt>
            <dd className="num">{number(reason.units)}</dd>
            <span className={classes.bar} style={{ width: `${(reason.units / most) * 100}%` }} aria-hidden />
          </div>
        ))}
      </dl>
    </Section>
  );
}

function Moves({ item }: { item: Detail }) {
  const { t, word, dateTime, number } = useWords();
  return (
    <Section title={t('product.moves')} flush={item.moves.length > 0}>
      {item.moves.length === 0 && <p className={`muted ${classes.note}`}>{t('product.moves.none')}</p>}
      <ul className={page.list}>
        {item.moves.map((move, i) => (
          <li key={`${move.at}${i}`} className={page.item}>
            <span className={page.itemText}>
              <span>{word('move', move.kind)} · {number(move.quantity)} × {move.variant}</span>
              <span>{[move.place, [move.from_state, move.to_state].filter(Boolean).map((state) => word('sstate', String(state))).join(' → ')].filter(Boolean).join(' · ')}</span>
            </span>
            <time className="muted num" dateTime={move.at}>{dateTime(move.at)}</time>
          </li>
        ))}
      </ul>
    </Section>
  );
}
