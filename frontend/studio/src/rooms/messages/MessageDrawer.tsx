import { Button, Skeleton } from '@mantine/core';
import { IconMailOpened, IconPointer } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { Dialog } from '../../ui/Dialog';
import page from '../../ui/Page.module.css';
import { Status } from '../../ui/Status';
import { Trouble } from '../../ui/Trouble';
import { useWords } from '../../words/Words';
import { subjectOf } from '../orders/Messages';
import classes from './MessageDrawer.module.css';
import { messageQuery, type Detail } from './queries';
import { whyNot } from './why';

const Preview = lazy(() => import('../orders/Preview').then((m) => ({ default: m.Preview })));
const WAITING = new Set(['planned', 'claimed', 'rendered', 'handing_over', 'deferred']);

/** One message beside the list: why it was sent or not, each try, who opened it. */
export function MessageDrawer({ id, onClose }: { id: string; onClose(): void }) {
  const words = useWords();
  const { data, error, refetch } = useQuery(messageQuery(id));
  return (
    <Dialog size="drawer" title={data ? subjectOf(data.message, words) : words.t('messages.title')} subtitle={data?.message.recipient} onClose={onClose}>
      {error && !data ? <Trouble error={error} onRetry={() => void refetch()} /> : data ? <Loaded item={data} /> : (
        <div className={classes.body} aria-hidden><Skeleton height={40} radius={10} /><Skeleton height={120} radius={14} /><Skeleton height={200} radius={14} /></div>
      )}
    </Dialog>
  );
}

function Loaded({ item }: { item: Detail }) {
  const { t } = useWords();
  const [reading, setReading] = useState(false);
  const { message } = item;
  return (
    <div className={classes.body}>
      <div className={classes.top}>
        <Status kind="mstate" value={message.state} />
        {message.has_html ? <Button variant="default" onClick={() => setReading(true)}>{t('mail.open')}</Button> : <span className="muted">{t('mail.gone')}</span>}
      </div>
      <Why item={item} />
      <Hits item={item} />
      <Facts item={item} />
      <Suspense>{reading && <Preview message={message} onClose={() => setReading(false)} />}</Suspense>
    </div>
  );
}

function Why({ item }: { item: Detail }) {
  const words = useWords();
  const { t, ago } = words;
  const { message, origin } = item;
  const waits = WAITING.has(message.state);
  const title = t(message.accepted_at ? 'mail.why.sent' : waits ? 'mail.why.waiting' : 'mail.why.not');
  const when = item.next_at ? ago(item.next_at) : '';
  return (
    <section className={classes.why} aria-label={title}>
      <h3>{title}</h3>
      {!message.accepted_at && message.why && <p className={classes.reason}>{whyNot(message.why, words)}</p>}
      {message.state === 'deferred' && <p>{t('mail.retry', { when })}</p>}
      {message.state === 'planned' && <p>{t('mail.planned', { when })}</p>}
      {message.state === 'unknown' && <p>{t('mail.unknown')}</p>}
      <p>
        {origin ? t('mail.by.flow', { flow: origin.flow, node: origin.node }) : t('mail.by.shop')}{' '}
        {t(message.kind === 'marketing' ? 'mail.marketing' : 'mail.service')}
      </p>
      {origin?.flow_id && <p><Link to="/flows/$flowId" params={{ flowId: origin.flow_id }}>{t('mail.openFlow')}</Link></p>}
    </section>
  );
}

function Hits({ item }: { item: Detail }) {
  const { t, word, number, dateTime } = useWords();
  if (!item.message.accepted_at) return null;
  const rows = (['human', 'probable', 'machine'] as const).map((by) => [by, item.opens[by], item.clicks[by]] as const);
  const names = { human: t('mail.people'), probable: t('mail.maybe'), machine: t('mail.machines') };
  return (
    <section aria-label={t('mail.hits')}>
      <h3>{t('mail.hits')}</h3>
      {item.hits.length === 0 ? <p className="muted">{t('mail.hits.none')}</p> : (
        <>
          <table className={classes.hits}>
            <thead><tr><td /><th scope="col">{t('mail.opens')}</th><th scope="col">{t('mail.clicks')}</th></tr></thead>
            <tbody>{rows.map(([by, opens, clicks]) => <tr key={by}><th scope="row">{names[by]}</th><td>{number(opens)}</td><td>{number(clicks)}</td></tr>)}</tbody>
          </table>
          <p className={`muted ${classes.small}`}>{t('mail.hits.hint')}</p>
          <ol className={classes.log}>
            {item.hits.slice(0, 20).map((hit, i) => (
              <li key={`${hit.at}${i}`}>
                {hit.kind === 'open' ? <IconMailOpened size={16} aria-hidden /> : <IconPointer size={16} aria-hidden />}
                <span className={page.itemText}>
                  <span>{t(`hit.${hit.kind}`)} · {word('madeBy', hit.made_by)}</span>
                  {hit.url && <span className="ellipsis">{hit.url}</span>}
                </span>
                <time dateTime={hit.at} className="muted num">{dateTime(hit.at)}</time>
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

function Facts({ item }: { item: Detail }) {
  const { t, word, dateTime, number } = useWords();
  const { message } = item;
  const version = item.version ? ` · ${t('mail.version', { version: item.version })}` : '';
  const facts: [string, string | null | false][] = [
    [t('mail.template'), word('template', message.template) + version],
    [t('mail.class'), word('class', message.kind)],
    [t('mail.language'), item.locale],
    [t('mail.planned.at'), dateTime(message.at)],
    [t('mail.accepted.at'), message.accepted_at && dateTime(message.accepted_at)],
    [t('mail.tries'), item.tries > 0 && number(item.tries)],
    [t('mail.next'), item.next_at && dateTime(item.next_at)],
    [t('mail.resent'), item.resent && t('mail.yes')],
    [t('mail.reply'), item.reply],
    [t('mail.messageId'), item.message_id],
  ];
  return (
    <section aria-label={t('mail.facts')}>
      <h3>{t('mail.facts')}</h3>
      <dl className={page.facts}>
        {item.customer && <div><dt>{t('mail.to')}</dt><dd><Link to="/customers/$customerId" params={{ customerId: item.customer.id }}>{item.customer.name || message.recipient}</Link></dd></div>}
        {item.order_id && <div><dt>{t('shipment.order')}</dt><dd><Link to="/orders/$orderId" params={{ orderId: item.order_id }}>{item.order_number}</Link></dd></div>}
        {facts.filter(([, value]) => value).map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}
      </dl>
    </section>
  );
}
