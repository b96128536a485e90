import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import page from '../../ui/Page.module.css';
import { Section } from '../../ui/Section';
import { Status } from '../../ui/Status';
import { humanise } from '../../words/messages';
import { useWords } from '../../words/Words';
import classes from './Cards.module.css';
import type { Detail } from './queries';

interface Props {
  person: Detail;
}

export function Lifetime({ person }: Props) {
  const { t, money, number } = useWords();
  const [main, ...others] = person.lifetime;
  const share = person.units_bought > 0 ? Math.round((person.units_returned / person.units_bought) * 100) : 0;
  return (
    <Section title={t('customer.lifetime')}>
      <dl className={page.figures}>
        <div>
          <dt>{t('customer.paid')}</dt>
          <dd className="num">{main ? money(main.paid, main.currency) : '–'}</dd>
          {others.length > 0 && <dd>{others.map((one) => money(one.paid, one.currency)).join(' · ')}</dd>}
        </div>
        <div><dt>{t('customer.orders')}</dt><dd className="num">{number(person.lifetime.reduce((sum, one) => sum + one.orders, 0))}</dd></div>
        <div>
          <dt>{t('customer.returned')}</dt>
          <dd className="num">{number(share)} %</dd>
          <dd>{t('customer.returnedOf', { returned: person.units_returned, bought: person.units_bought })}</dd>
        </div>
        <div><dt>{t('customer.refunded')}</dt><dd className="num">{main ? money(main.refunded, main.currency) : '–'}</dd></div>
      </dl>
    </Section>
  );
}

export function Contact({ person }: Props) {
  const { t, language } = useWords();
  const languages = useMemo(() => new Intl.DisplayNames([language], { type: 'language', fallback: 'code' }), [language]);
  const facts: [string, string | null][] = [
    [t('customer.phone'), person.phone],
    [t('customer.language'), person.locale && (languages.of(person.locale.split('-')[0] ?? 'en') ?? person.locale)],
    [t('customer.timezone'), person.timezone],
    [t('customer.externalId'), person.external_id],
  ];
  return (
    <Section title={t('customer.contact')}>
      <dl className={page.facts}>
        {person.email && <div><dt>{t('customer.email')}</dt><dd><a href={`mailto:${person.email}`}>{person.email.split('@')[0]}<wbr />@{person.email.split('@')[1]}</a></dd></div>}
        {facts.filter(([, value]) => value).map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}
      </dl>
    </Section>
  );
}

export function Consents({ person }: Props) {
  const { t, word, date } = useWords();
  return (
    <Section title={t('customer.consents')} flush={person.consents.length > 0}>
      {person.consents.length === 0 && <p className={`muted ${classes.note}`}>{t('customer.consents.none')}</p>}
      <ul className={page.list}>
        {person.consents.map((one) => (
          <li key={`${one.channel}${one.purpose}`} className={classes.consent}>
            <span className={page.itemText}>
              <span>{word('purpose', one.purpose)} · {word('channel', one.channel)}</span>
              <span>{[t('customer.consents.said', { source: humanise(one.source), date: date(one.at) }), one.basis !== 'consent' && word('basis', one.basis)].filter(Boolean).join(' · ')}</span>
              {one.wording && <details className={classes.wording}><summary>{t('customer.wording')}</summary><blockquote>{one.wording}</blockquote></details>}
            </span>
            <Status kind="consent" value={one.granted ? 'granted' : 'withdrawn'} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

export function Suppressions({ person }: Props) {
  const { t, word, date } = useWords();
  if (person.suppressions.length === 0) return null;
  return (
    <Section title={t('customer.suppressions')} flush>
      <ul className={page.list}>
        {person.suppressions.map((one, i) => (
          <li key={i} className={page.item}>
            <span className={page.itemText}>
              <span>{word('suppression', one.reason)}</span>
              <span>{[word('channel', one.channel), one.topic, date(one.at), one.until && t('customer.suppressed.until', { date: date(one.until) })].filter(Boolean).join(' · ')}</span>
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

export function Credit({ person }: Props) {
  const { t, money } = useWords();
  const held = person.credit.filter((one) => one.balance + one.promotional > 0);
  return (
    <Section title={t('customer.credit')}>
      {held.length === 0 ? <p className={`muted ${classes.note}`}>{t('customer.credit.none')}</p> : (
        <dl className={page.figures}>
          {held.map((one) => (
            <div key={one.currency}>
              <dt className="visually-hidden">{one.currency}</dt>
              <dd className="num">{money(one.balance, one.currency)}</dd>
              {one.promotional > 0 && <dd>{t('customer.credit.promotional', { amount: money(one.promotional, one.currency) })}</dd>}
            </div>
          ))}
        </dl>
      )}
    </Section>
  );
}

export function LatestOrders({ person }: Props) {
  const { t, money, date } = useWords();
  if (person.orders.length === 0) return null;
  return (
    <Section title={t('customer.latestOrders')} flush>
      <ul className={page.list}>
        {person.orders.map((order) => (
          <li key={order.id}>
            <Link to="/orders/$orderId" params={{ orderId: order.id }} className={page.item}>
              <span className={page.itemText}>
                <span>{order.number} · {money(order.total, order.currency)}</span>
                <span>{date(order.placed_at)} · {t('returns.items', { count: order.items })}</span>
              </span>
              <Status kind="delivery" value={order.delivery} />
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
