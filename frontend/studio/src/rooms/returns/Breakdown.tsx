import type { Schemas } from '@comeback/api';
import { Line } from '../../ui/Section';
import { useWords } from '../../words/Words';
import classes from './Detail.module.css';

/** How the refund comes about, line by line; zero lines are left out. */
export function Breakdown({ money: m }: { money: Schemas['MoneyOut'] }) {
  const { t, word, money } = useWords();
  const plus = (amount: number) => money(amount, m.currency);
  const minus = (amount: number) => money(-amount, m.currency);
  const other = m.credit_total + m.carried_total > 0;
  return (
    <>
      <dl className={classes.breakdown}>
        <Line label={t('money.goods')} value={plus(m.goods)} />
        {m.discount_share > 0 && <Line label={t('money.discount')} value={minus(m.discount_share)} />}
        {m.tax > 0 && <Line label={t(m.tax_included ? 'money.taxIncluded' : 'money.tax')} value={plus(m.tax)} sub={m.tax_included} />}
        {m.fees.map((fee) => <Line key={fee.kind} label={word('fee', fee.kind)} value={minus(fee.amount)} />)}
        {m.shipping_refund > 0 && <Line label={t('money.shipping')} value={plus(m.shipping_refund)} />}
        {m.already_refunded > 0 && <Line label={t('money.already')} value={minus(m.already_refunded)} />}
        {(m.refund_total > 0 || !other) && <Line strong label={t('money.refund')} value={plus(m.refund_total)} />}
        {m.tenders.map((tender, i) => <Line key={`${tender.kind}${i}`} sub label={word('tender', tender.kind)} value={plus(tender.amount)} />)}
        {m.carried_total > 0 && <Line strong label={t('money.carried')} value={plus(m.carried_total)} />}
        {m.credit_total > 0 && <Line strong label={t('money.credit')} value={plus(m.credit_total)} />}
        {m.bonus_total > 0 && <Line sub label={t('money.bonus')} value={plus(m.bonus_total)} />}
        {m.charge_total > 0 && <Line strong label={t('money.charge')} value={plus(m.charge_total)} />}
      </dl>
      {m.explanation.length > 0 && (
        <details className={classes.why}>
          <summary>{t('money.why')}</summary>
          <ul>{m.explanation.map((text) => <li key={text}>{text}</li>)}</ul>
        </details>
      )}
    </>
  );
}
