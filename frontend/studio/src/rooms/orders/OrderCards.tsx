import type { Schemas } from '@comeback/api';
import { Line, Section } from '../../ui/Section';
import { Picture } from '../../ui/Picture';
import { useWords } from '../../words/Words';
import classes from './OrderPage.module.css';

type Props = { order: Schemas['OrderDetail'] };

export function Items({ order }: Props) {
  const { t, money } = useWords();
  return (
    <Section title={t('order.items')} flush>
      <ul className={classes.rows}>
        {order.lines.map((line) => (
          <li key={line.id} className={classes.item}>
            <Picture src={line.image_url} size={56} />
            <div className={classes.rowText}>
              <span>{line.title}</span>
              <span className="muted">{[`${line.quantity} × ${money(line.unit_price, order.money.currency)}`, line.sku, line.final_sale && t('order.finalSale')].filter(Boolean).join(' · ')}</span>
              {line.returned > 0 && <span className={classes.returned}>{t('order.returned', { count: line.returned })}</span>}
            </div>
            <span className="num">{money(line.amount, order.money.currency)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

export function Customer({ order }: Props) {
  const { t, country } = useWords();
  const { customer, address } = order;
  return (
    <Section title={t('order.customer')}>
      <div className={classes.customer}>
        <p className={classes.strong}>{customer.name}</p>
        <p><a href={`mailto:${customer.email}`}>{customer.email}</a></p>
        {customer.phone && <p>{customer.phone}</p>}
        {address && (
          <>
            <h3>{t('order.address')}</h3>
            {address.lines.map((line) => <p key={line}>{line}</p>)}
            {address.country && <p>{country(address.country)}</p>}
          </>
        )}
      </div>
    </Section>
  );
}

export function Money({ order }: Props) {
  const { t, word, money } = useWords();
  const m = order.money;
  const show = (amount: number) => money(amount, m.currency);
  return (
    <Section title={t('order.payment')}>
      <dl className={classes.money}>
        <Line label={t('order.subtotal')} value={show(m.goods)} />
        {m.discount > 0 && <Line label={t('order.discount')} value={show(-m.discount)} />}
        <Line label={t('order.shipping')} value={show(m.shipping)} />
        {m.tax > 0 && <Line label={t(m.tax_included ? 'order.taxIncluded' : 'order.tax')} value={show(m.tax)} sub={m.tax_included} />}
        <Line strong label={t('order.total')} value={show(m.total)} />
        {order.tenders.map((tender) => <Line key={tender.id} sub label={word('tender', tender.kind)} value={show(tender.captured)} />)}
        {m.refunded > 0 && <Line label={t('order.refunded')} value={show(-m.refunded)} />}
        {m.reserved > 0 && <Line label={t('order.reserved')} value={show(-m.reserved)} />}
      </dl>
    </Section>
  );
}
