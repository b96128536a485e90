import { Button, Skeleton } from '@mantine/core';
import { api, body, Problem } from '@comeback/api';
import { IconArrowLeft, IconPlayerPause, IconPlayerPlay, IconSend, IconWebhookOff } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { sentence } from '../../data/problem';
import { Confirm } from '../../ui/Confirm';
import { Empty } from '../../ui/Empty';
import { LinkButton } from '../../ui/LinkButton';
import { Notice } from '../../ui/Notice';
import page from '../../ui/Page.module.css';
import { Section } from '../../ui/Section';
import { useToast } from '../../ui/Toasts';
import { Trouble } from '../../ui/Trouble';
import { useWords } from '../../words/Words';
import { Head } from '../settings/Head';
import settings from '../settings/Settings.module.css';
import { useMay } from '../settings/useMay';
import { Health } from './Health';
import { Log } from './Log';
import { hookQuery, hooksQuery, nameOf, refresh, type Endpoint } from './queries';
import classes from './Webhooks.module.css';

const EditHook = lazy(() => import('./EditHook').then((m) => ({ default: m.EditHook })));
const Rotate = lazy(() => import('./Rotate').then((m) => ({ default: m.Rotate })));
const SendTest = lazy(() => import('./SendTest').then((m) => ({ default: m.SendTest })));
const route = getRouteApi('/app/settings/webhooks/$webhookId');
type Asking = 'edit' | 'rotate' | 'delete' | 'test' | null;

/** One receiver: how it does, and everything that was sent to it. */
export function WebhookPage() {
  const { t } = useWords();
  const { webhookId } = route.useParams();
  const { data, error, refetch } = useQuery(hookQuery(webhookId));
  if (!data && error instanceof Problem && error.status === 404) {
    return <div className="card"><title>{t('settings.webhooks')}</title><Empty icon={IconWebhookOff} title={t('problem.notFound')} action={<LinkButton variant="default" to="/settings/webhooks">{t('hooks.back')}</LinkButton>} /></div>;
  }
  if (error && !data) return <Trouble error={error} onRetry={() => void refetch()} />;
  if (!data) return <div className={settings.room}><Skeleton height={40} width={280} radius={10} /><Skeleton height={200} radius={14} /><Skeleton height={320} radius={14} /></div>;
  return <Loaded hook={data} />;
}

function Loaded({ hook }: { hook: Endpoint }) {
  const { t } = useWords();
  const may = useMay('settings:write');
  const [asking, setAsking] = useState<Asking>(null);
  const close = () => setAsking(null);
  return (
    <div className={settings.room}>
      <Link to="/settings/webhooks" className={page.back}><IconArrowLeft size={18} aria-hidden />{t('hooks.back')}</Link>
      <Head title={nameOf(hook)} text={hook.url} action={may && <Button leftSection={<IconSend size={18} aria-hidden />} onClick={() => setAsking('test')}>{t('hooks.test')}</Button>} />
      <State hook={hook} may={may} onAsk={setAsking} />
      <Log hook={hook} may={may} />
      <Suspense>
        {asking === 'edit' && <EditHook hook={hook} onClose={close} />}
        {asking === 'rotate' && <Rotate hook={hook} onClose={close} />}
        {asking === 'test' && <SendTest hook={hook} onClose={close} />}
      </Suspense>
      {asking === 'delete' && <Delete hook={hook} onClose={close} />}
    </div>
  );
}

function State({ hook, may, onAsk }: { hook: Endpoint; may: boolean; onAsk(what: Asking): void }) {
  const { t, number } = useWords();
  return (
    <Section title={t('hooks.health')} aside={<Health hook={hook} />}>
      <div className={classes.block}>
        <Notices hook={hook} />
        <dl className={`${page.figures} ${classes.piles}`}>
          {(['delivered', 'waiting', 'failed'] as const).map((pile) => <div key={pile}><dt>{t(`hooks.${pile}`)}</dt><dd>{number(hook[pile])}</dd></div>)}
        </dl>
        <div>
          <p className={settings.hint}>{t('hooks.events')}</p>
          <ul className={classes.chips}>
            {hook.events.includes('*') ? <li>{t('hooks.events.all')}</li> : hook.events.map((event) => <li key={event} className={settings.mono}>{event}</li>)}
          </ul>
        </div>
        {may && (
          <div className={classes.toolbar}>
            <Button size="xs" variant="default" onClick={() => onAsk('edit')}>{t('hooks.edit')}</Button>
            <Button size="xs" variant="default" onClick={() => onAsk('rotate')}>{t('hooks.rotate')}</Button>
            <Switch hook={hook} />
            <Button size="xs" variant="default" onClick={() => onAsk('delete')}>{t('hooks.delete')}</Button>
          </div>
        )}
      </div>
    </Section>
  );
}

function Notices({ hook }: { hook: Endpoint }) {
  const { t, dateTime } = useWords();
  const later = (moment: string | null) => (moment && Date.parse(moment) > Date.now() ? moment : null);
  const resting = hook.state === 'live' && later(hook.open_until);
  const previous = later(hook.previous_secret_until);
  return (
    <>
      {hook.state === 'off' && <Notice>{t('hooks.off.text')}</Notice>}
      {hook.state === 'disabled' && <Notice tone="bad">{hook.notices?.[0]?.message ?? hook.problem} {t('hooks.disabled.text')}</Notice>}
      {hook.state === 'live' && hook.failures > 0 && (
        <Notice tone="warn">
          {t('hooks.failing.since', { count: hook.failures, when: dateTime(hook.failing_since ?? hook.created_at) })} {hook.problem} {resting && t('hooks.resting.until', { when: dateTime(resting) })}
        </Notice>
      )}
      {previous && <Notice>{t('hooks.previous', { when: dateTime(previous) })}</Notice>}
    </>
  );
}

function Switch({ hook }: { hook: Endpoint }) {
  const { t } = useWords();
  const toast = useToast();
  const client = useQueryClient();
  const on = hook.state === 'live';
  const flip = useMutation({
    mutationFn: () => body(api.PATCH('/api/v1/webhooks/{webhook_id}', { params: { path: { webhook_id: hook.id } }, body: { state: on ? 'off' : 'live' } })),
    onSuccess: (changed) => {
      client.setQueryData(hookQuery(hook.id).queryKey, changed);
      void refresh(client);
      toast({ text: t(on ? 'hooks.paused' : 'hooks.resumed') });
    },
    onError: (error) => toast({ text: sentence(error, t), tone: 'bad' }),
  });
  const Icon = on ? IconPlayerPause : IconPlayerPlay;
  return <Button size="xs" variant={on ? 'default' : 'filled'} leftSection={<Icon size={16} aria-hidden />} loading={flip.isPending} onClick={() => flip.mutate()}>{t(on ? 'hooks.pause' : 'hooks.resume')}</Button>;
}

function Delete({ hook, onClose }: { hook: Endpoint; onClose(): void }) {
  const { t } = useWords();
  const toast = useToast();
  const client = useQueryClient();
  const navigate = route.useNavigate();
  const remove = useMutation({
    mutationFn: () => api.DELETE('/api/v1/webhooks/{webhook_id}', { params: { path: { webhook_id: hook.id } } }),
    onSuccess: async () => {
      toast({ text: t('hooks.deleted') });
      await navigate({ to: '/settings/webhooks' });
      await client.invalidateQueries({ queryKey: hooksQuery.queryKey });
    },
  });
  return (
    <Confirm danger title={t('hooks.delete.title')} action={t('hooks.delete')} busy={remove.isPending} error={remove.error} onClose={onClose} onConfirm={() => remove.mutate()}>
      {t('hooks.delete.text')}
    </Confirm>
  );
}
