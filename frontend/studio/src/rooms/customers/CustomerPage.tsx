import { Button, Skeleton } from '@mantine/core';
import { IconArrowLeft, IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import type { Schemas } from '@comeback/api';
import { Empty } from '../../ui/Empty';
import page from '../../ui/Page.module.css';
import { Section } from '../../ui/Section';
import { Timeline } from '../../ui/Timeline';
import { Trouble } from '../../ui/Trouble';
import { shopNow } from '../../words/format';
import { useWords } from '../../words/Words';
import { Consents, Contact, Credit, LatestOrders, Lifetime, Suppressions } from './Cards';
import { customerQuery, timelineQuery, type Detail } from './queries';

const Preview = lazy(() => import('../orders/Preview').then((m) => ({ default: m.Preview })));
const route = getRouteApi('/app/customers/$customerId');

export function CustomerPage() {
  const { t } = useWords();
  const { customerId } = route.useParams();
  const { data, error, refetch } = useQuery(customerQuery(customerId));
  return (
    <div className={page.page}>
      <Link to="/customers" className={page.back}><IconArrowLeft size={18} aria-hidden />{t('customer.back')}</Link>
      {error && !data ? <div className="card"><Trouble error={error} onRetry={() => void refetch()} /></div> : data ? <Loaded person={data} key={data.id} /> : <Waiting />}
    </div>
  );
}

function Loaded({ person }: { person: Detail }) {
  const { t, date } = useWords();
  const name = person.name || t('customers.erased');
  return (
    <>
      <title>{`${name} · ${t('appName')}`}</title>
      <header className={page.titles}>
        <h1>{name}</h1>
        <p className={page.lead}>{t('customer.since', { date: date(person.first_order_at ?? person.created_at) })}</p>
      </header>
      <div className={page.columns}>
        <div className={page.stack}><Happened id={person.id} /></div>
        <div className={`${page.stack} ${page.aside}`}>
          <Lifetime person={person} />
          <Contact person={person} />
          <Consents person={person} />
          <Suppressions person={person} />
          <Credit person={person} />
          <LatestOrders person={person} />
        </div>
      </div>
    </>
  );
}

/** Everything that happened, newest first: orders, parcels, mails with who opened them, returns, money, consents. */
function Happened({ id }: { id: string }) {
  const { t, date, dateTime } = useWords();
  const query = useInfiniteQuery(timelineQuery(id));
  const [reading, setReading] = useState<string | null>(null);
  const messages = query.data?.pages.flatMap((one) => one.messages) ?? [];
  const entries = query.data?.pages.flatMap((one) => one.items);
  const message = messages.find((m) => m.id === reading);
  const when = (iso: string) => (shopNow() - new Date(iso).getTime() > 300 * 86_400_000 ? date(iso) : dateTime(iso));
  const readable = new Set(messages.filter((m) => m.has_html).map((m) => m.id));
  return (
    <Section title={t('customer.timeline')}>
      {query.error && !entries && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
      {!entries && !query.error && [0, 1, 2, 3, 4, 5].map((i) => <Skeleton key={i} height={40} radius={10} mt={12} />)}
      {entries?.length === 0 && <Empty icon={IconHistory} title={t('customer.timeline.none')} text={t('customer.timeline.none.text')} />}
      {entries && entries.length > 0 && <Timeline whole entries={entries} when={when} wrap={(entry, title) => linked(entry, title, readable, setReading)} />}
      {query.hasNextPage && <Button variant="default" mt="md" fullWidth loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t('customer.earlier')}</Button>}
      <Suspense>{message && <Preview message={message} onClose={() => setReading(null)} />}</Suspense>
    </Section>
  );
}

/** Mails open their preview, returns and orders their page. */
function linked(entry: Schemas['TimelineEntry'], title: string, readable: ReadonlySet<string>, read: (id: string) => void): ReactNode {
  const id = entry.message_id;
  if (id && entry.name === 'message' && readable.has(id)) return <button type="button" className={page.textButton} onClick={() => read(id)}>{title}</button>;
  if (entry.source === 'ticket' && typeof entry.detail.ticket_id === 'string') return <Link to="/tickets" search={{ tab: 'open', open: entry.detail.ticket_id }}>{title}</Link>;
  if (entry.return_id) return <Link to="/returns" search={{ tab: 'new', open: entry.return_id }}>{title}</Link>;
  if (entry.order_id && entry.name === 'order.placed') return <Link to="/orders/$orderId" params={{ orderId: entry.order_id }}>{title}</Link>;
  return title;
}

function Waiting() {
  return (
    <div className={page.columns} aria-hidden>
      <div className={page.stack}><Skeleton height={48} radius={14} /><Skeleton height={480} radius={14} /></div>
      <div className={`${page.stack} ${page.aside}`}><Skeleton height={160} radius={14} /><Skeleton height={200} radius={14} /><Skeleton height={160} radius={14} /></div>
    </div>
  );
}
