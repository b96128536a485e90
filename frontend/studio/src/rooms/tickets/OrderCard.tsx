import { Link } from '@tanstack/react-router';
import { Copy } from '../../ui/Copy';
import { headline } from '../../ui/Parcel';
import { deliveryOf } from '../../ui/parcelSteps';
import { Section } from '../../ui/Section';
import { Status } from '../../ui/Status';
import { humanise } from '../../words/messages';
import { useWords } from '../../words/Words';
import type { Detail } from './queries';
import classes from './TicketsPage.module.css';

type Order = NonNullable<Detail['order']>;

/** The order a question is about: what was bought, where its parcels are, what comes back. */
export function OrderCard({ order }: { order: Order }) {
  const { t, date, money } = useWords();
  const going = order.parcels.filter((parcel) => parcel.direction === 'outbound');
  return (
    <Section title={t('order.title', { number: order.number })} aside={<Status kind="delivery" value={order.delivery} />}>
      <div className={classes.order}>
        <p><Link to="/orders/$orderId" params={{ orderId: order.id }}>{t('ticket.toOrder')}</Link> <span className="muted">{date(order.placed_at)} · {money(order.total, order.currency)}</span></p>
        <ul>{order.lines.map((line, i) => <li key={`${line}${i}`}>{line}</li>)}</ul>
        {going.map((parcel) => <ParcelLine key={parcel.id} parcel={parcel} />)}
        {order.returns.map((item) => (
          <p key={item.id} className={classes.orderLine}>
            <Link to="/returns" search={{ tab: item.tab, open: item.id }}>{item.number}</Link>
            <Status kind="status" value={item.status} />
          </p>
        ))}
      </div>
    </Section>
  );
}

function ParcelLine({ parcel }: { parcel: Order['parcels'][number] }) {
  const words = useWords();
  const promise = headline(parcel, words);
  const scan = parcel.events[0];
  return (
    <div className={classes.parcel}>
      <p className={classes.orderLine}>
        <Link to="/shipments" search={{ tab: 'on_the_way', open: parcel.id }} className="ellipsis">{[humanise(parcel.carrier).toUpperCase(), parcel.tracking_number].filter(Boolean).join(' · ')}</Link>
        {parcel.tracking_number && <Copy text={parcel.tracking_number} label={words.t('parcel.copy')} />}
      </p>
      <p><Status kind="delivery" value={deliveryOf(parcel)} /></p>
      {promise && <p>{promise}</p>}
      {scan && <p className="muted">{[scan.description, scan.city, words.dateTime(scan.occurred_at)].filter(Boolean).join(' · ')}</p>}
    </div>
  );
}
