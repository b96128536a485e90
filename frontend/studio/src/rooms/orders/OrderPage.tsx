import { Skeleton } from '@mantine/core';
import type { Schemas } from '@comeback/api';
import { IconArrowLeft, IconChevronRight, IconTruck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { TICKET_TABS } from '../../data/filters';
import { orderQuery } from '../../data/queries';
import { Empty } from '../../ui/Empty';
import { Parcel } from '../../ui/Parcel';
import { Section } from '../../ui/Section';
import { Status } from '../../ui/Status';
import { Timeline } from '../../ui/Timeline';
import { Trouble } from '../../ui/Trouble';
import { useWords } from '../../words/Words';
import { Customer, Items, Money } from './OrderCards';
import classes from './OrderPage.module.css';
import { Messages } from './Messages';
import { Preview } from './Preview';

type Order = Schemas['OrderDetail'];
const route = getRouteApi('/app/orders/$orderId');

export function OrderPage() {
  const { t } = useWords();
  const { orderId } = route.useParams();
  const { data, error, refetch } = useQuery(orderQuery(orderId));
  return (
    <div className={classes.page}>
      <Link to="/orders" className={classes.back}><IconArrowLeft size={18} aria-hidden />{t('order.back')}</Link>
      {error && !data ? <div className="card"><Trouble error={error} onRetry={() => void refetch()} /></div> : data ? <Loaded order={data} /> : <Waiting />}
    </div>
  );
}

function Loaded({ order }: { order: Order }) {
  const { t, dateTime } = useWords();
  const [reading, setReading] = useState<string | null>(null);
  const message = order.messages.find((m) => m.id === reading);
  return (
    <>
      <title>{`${t('order.title', { number: order.number })} · ${t('appName')}`}</title>
      <header className={classes.head}>
        <h1>{t('order.title', { number: order.number })}</h1>
        <p className="muted">{t('order.placed', { date: dateTime(order.placed_at) })}</p>
      </header>
      <div className={classes.columns}>
        <div className={classes.stack}>
          <Parcels order={order} />
          <Items order={order} />
          <Section title={t('order.timeline')}>
            <Timeline entries={order.timeline} wrap={(entry, title) => linked(entry, title, order, setReading)} />
          </Section>
        </div>
        <div className={classes.stack}>
          <Returns order={order} />
          <Tickets order={order} />
          <Messages messages={order.messages} onOpen={setReading} />
          <Customer order={order} />
          <Money order={order} />
        </div>
      </div>
      {message && <Preview message={message} onClose={() => setReading(null)} />}
    </>
  );
}

/** Mails open their preview, returns their page; the rest is plain text. */
function linked(entry: Order['timeline'][number], title: string, order: Order, read: (id: string) => void): ReactNode {
  const message = entry.message_id && order.messages.find((m) => m.id === entry.message_id);
  if (message && message.has_html) return <button type="button" className={classes.textButton} onClick={() => read(message.id)}>{title}</button>;
  if (entry.source === 'ticket' && typeof entry.detail.ticket_id === 'string') {
    const found = order.tickets.find((one) => one.id === entry.detail.ticket_id);
    return <Link to="/tickets" search={{ tab: tabOf(found?.state ?? 'open'), open: entry.detail.ticket_id }}>{title}</Link>;
  }
  if (entry.return_id) {
    const found = order.returns.find((r) => r.id === entry.return_id);
    return <Link to="/returns" search={{ tab: found?.tab ?? 'new', open: entry.return_id }}>{title}</Link>;
  }
  return title;
}

function Parcels({ order }: { order: Order }) {
  const { t } = useWords();
  const outbound = order.parcels.filter((p) => p.direction === 'outbound');
  const name = (i: number) => (outbound.length > 1 ? t('parcel.outbound', { n: i + 1, count: outbound.length }) : t('parcel.one'));
  if (order.parcels.length === 0) {
    return <Section title={t('order.parcels')}><Empty small icon={IconTruck} title={t('order.noParcels')} text={t('order.noParcels.text')} /></Section>;
  }
  return (
    <>
      {outbound.map((parcel, i) => <Parcel key={parcel.id} parcel={parcel} title={name(i)} />)}
      {order.parcels.filter((p) => p.direction === 'return').map((parcel) => <Parcel key={parcel.id} parcel={parcel} title={t('parcel.return')} />)}
    </>
  );
}

function Returns({ order }: { order: Order }) {
  const { t, money, date } = useWords();
  if (order.returns.length === 0) return null;
  return (
    <Section title={t('order.returns')} flush>
      <ul className={classes.rows}>
        {order.returns.map((item) => (
          <li key={item.id}>
            <Link to="/returns" search={{ tab: item.tab, open: item.id }} className={classes.rowLink}>
              <span className={classes.rowText}>
                <span>{item.number} · {money(item.amount, order.money.currency)}</span>
                <span className="muted">{date(item.requested_at)}</span>
              </span>
              <Status kind="status" value={item.status} />
              <IconChevronRight size={16} aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Tickets({ order }: { order: Order }) {
  const { t, dateTime } = useWords();
  if (order.tickets.length === 0) return null;
  return (
    <Section title={t('order.tickets')} flush>
      <ul className={classes.rows}>
        {order.tickets.map((item) => (
          <li key={item.id}>
            <Link to="/tickets" search={{ tab: tabOf(item.state), open: item.id }} className={classes.rowLink}>
              <span className={classes.rowText}>
                <span>{item.subject}</span>
                <span className="muted">{item.number} · {dateTime(item.last_at)}</span>
              </span>
              <Status kind="tstate" value={item.state} />
              <IconChevronRight size={16} aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}

const tabOf = (state: string) => TICKET_TABS.find((tab) => tab === state) ?? 'open';

function Waiting() {
  return (
    <div className={classes.columns} aria-hidden>
      <div className={classes.stack}><Skeleton height={64} radius={14} /><Skeleton height={280} radius={14} /><Skeleton height={200} radius={14} /></div>
      <div className={classes.stack}><Skeleton height={160} radius={14} /><Skeleton height={240} radius={14} /></div>
    </div>
  );
}
