import { Button, Skeleton } from '@mantine/core';
import { api, body, type Schemas } from '@comeback/api';
import { IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { sentence } from '../../data/problem';
import { Copy } from '../../ui/Copy';
import { Dialog } from '../../ui/Dialog';
import page from '../../ui/Page.module.css';
import { useToast } from '../../ui/Toasts';
import { Trouble } from '../../ui/Trouble';
import { useWords } from '../../words/Words';
import { DeliveryTag } from './Log';
import { deliveryQuery, refresh, type DeliveryDetail } from './queries';
import classes from './Webhooks.module.css';

type Call = Schemas['webhooks_schemas_AttemptOut'];

/** One event for one receiver: its body, and each call with what came back. */
export function DeliveryDrawer({ id, may, onClose }: { id: string; may: boolean; onClose(): void }) {
  const { t } = useWords();
  const { data, error, refetch } = useQuery(deliveryQuery(id));
  return (
    <Dialog size="drawer" title={data?.delivery.event ?? t('hooks.log')} onClose={onClose}>
      {error && !data ? <Trouble error={error} onRetry={() => void refetch()} /> : data ? <Loaded item={data} may={may} /> : (
        <div className={classes.drawer} aria-hidden><Skeleton height={40} radius={10} /><Skeleton height={120} radius={14} /><Skeleton height={200} radius={14} /></div>
      )}
    </Dialog>
  );
}

function Loaded({ item, may }: { item: DeliveryDetail; may: boolean }) {
  const { t, dateTime } = useWords();
  const { delivery } = item;
  const text = item.body && JSON.stringify(item.body, null, 2);
  const onItsWay = delivery.state === 'due' || delivery.state === 'running';
  return (
    <div className={classes.drawer}>
      <div className={classes.top}>
        <span role="status"><DeliveryTag state={delivery.state} /></span>
        {may && !onItsWay && <Replay id={delivery.id} />}
      </div>
      <section aria-label={t('hooks.calls')}>
        <h3>{t('hooks.calls')}</h3>
        {item.attempts.length === 0 ? <p className="muted">{t('hooks.calls.none')}</p> : (
          <ol className={classes.calls}>{item.attempts.map((call, i) => <li key={call.at}><CallCard call={call} open={i === 0 && item.attempts.length === 1} /></li>)}</ol>
        )}
      </section>
      <section aria-label={t('hooks.body')}>
        <div className={classes.heading}><h3>{t('hooks.body')}</h3>{text && <Copy text={text} label={t('hooks.body.copy')} />}</div>
        {text ? <pre className={classes.code} tabIndex={0}>{text}</pre> : <p className="muted">{t('hooks.body.gone')}</p>}
      </section>
      <dl className={page.facts}>
        <div><dt>{t('hooks.id')}</dt><dd className={classes.idline}><code>{delivery.event_id}</code><Copy text={delivery.event_id} label={t('hooks.id.copy')} /></dd></div>
        <div><dt>{t('hooks.created')}</dt><dd>{dateTime(delivery.created_at)}</dd></div>
        {onItsWay && <div><dt>{t('hooks.expires')}</dt><dd>{dateTime(delivery.expires_at)}</dd></div>}
      </dl>
    </div>
  );
}

function CallCard({ call, open }: { call: Call; open: boolean }) {
  const { t, dateTime, number } = useWords();
  const good = call.status !== null && call.status >= 200 && call.status < 300;
  return (
    <details className={classes.call} open={open}>
      <summary>
        <strong>{t('hooks.call', { number: call.number })}</strong>
        <span className={good ? undefined : classes.failure}>{call.status ? t('hooks.status', { status: String(call.status) }) : t('hooks.noAnswer')}</span>
        <span className={`muted num ${classes.push}`}>{dateTime(call.at)} · {t('hooks.duration', { ms: number(call.duration_ms) })}</span>
      </summary>
      <div className={classes.inside}>
        <div>
          <h4>{t('hooks.answer')}</h4>
          {call.error && <p className={classes.failure}>{call.error}</p>}
          {call.answer ? <pre className={classes.code} tabIndex={0}>{call.answer}</pre> : !call.error && <p className="muted">{t('hooks.answer.empty')}</p>}
        </div>
        <div>
          <h4>{t('hooks.request')}</h4>
          <pre className={classes.code} tabIndex={0}>{[`POST ${call.url}`, ...Object.entries(call.headers).map(([name, value]) => `${name}: ${value}`)].join('\n')}</pre>
        </div>
      </div>
    </details>
  );
}

function Replay({ id }: { id: string }) {
  const { t } = useWords();
  const toast = useToast();
  const client = useQueryClient();
  const replay = useMutation({
    mutationFn: () => body(api.POST('/api/v1/webhooks/deliveries/{delivery_id}/replay', { params: { path: { delivery_id: id } } })),
    onSuccess: () => toast({ text: t('hooks.replayed') }),
    onError: (error) => toast({ text: sentence(error, t), tone: 'bad' }),
    onSettled: () => refresh(client),
  });
  return <Button size="xs" variant="default" leftSection={<IconRefresh size={16} aria-hidden />} loading={replay.isPending} onClick={() => replay.mutate()}>{t('hooks.replay')}</Button>;
}
