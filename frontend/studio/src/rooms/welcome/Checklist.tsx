import { Button } from '@mantine/core';
import { api, body, type Schemas } from '@comeback/api';
import { IconSparkles, IconCheck, IconMail, IconPalette, IconPlugConnected, IconTruckReturn, IconX, type Icon } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { welcomeQuery } from '../../data/overview';
import { sentence } from '../../data/problem';
import { sessionQuery } from '../../data/queries';
import { LinkButton } from '../../ui/LinkButton';
import { useToast } from '../../ui/Toasts';
import { useWords } from '../../words/Words';
import classes from './Checklist.module.css';

type Step = Schemas['StepOut'];
type Welcome = Schemas['WelcomeOut'];
const ICONS: Record<Step['key'], Icon> = { mail: IconMail, return: IconTruckReturn, connect: IconPlugConnected, brand: IconPalette };

/** The first steps. Each opens the real thing and ticks itself once it happened; the shop can put them away. */
export function Checklist() {
  const { t } = useWords();
  const toast = useToast();
  const client = useQueryClient();
  const { data } = useQuery({ ...welcomeQuery, refetchInterval: (query) => (query.state.data?.hidden ? false : 15_000) });
  const { data: session } = useQuery({ ...sessionQuery, enabled: false });
  const hide = useMutation({
    mutationFn: (hidden: boolean) => body(api.POST('/api/studio/welcome', { body: { hidden } })),
    onSuccess: (next) => {
      client.setQueryData(welcomeQuery.queryKey, next);
      if (next.hidden) toast({ text: t('welcome.hidden'), action: { label: t('undo'), run: () => hide.mutate(false) } });
    },
    onError: (error) => toast({ text: sentence(error, t), tone: 'bad' }),
  });
  if (!data || data.hidden) return null;
  const done = data.steps.filter((step) => step.done).length;
  return (
    <section className={`card ${classes.list}`} aria-labelledby="welcome-title">
      <header>
        <IconSparkles size={24} stroke={1.6} aria-hidden />
        <div className={classes.head}>
          <h2 id="welcome-title">{done === data.steps.length ? t('welcome.done') : t('welcome.title')}</h2>
          <p className="muted">{t('welcome.progress', { done, all: data.steps.length })}</p>
        </div>
        <progress max={data.steps.length} value={done} aria-label={t('welcome.title')} />
        {session?.permissions.includes('settings:write') && (
          <button type="button" className={classes.close} aria-label={t('welcome.hide')} title={t('welcome.hide')} onClick={() => hide.mutate(true)}><IconX size={18} aria-hidden /></button>
        )}
      </header>
      <ol>{data.steps.map((step) => <Item key={step.key} step={step} welcome={data} />)}</ol>
    </section>
  );
}

function Item({ step, welcome }: { step: Step; welcome: Welcome }) {
  const { t } = useWords();
  const StepIcon = step.done ? IconCheck : ICONS[step.key];
  const text = step.key === 'return' ? (welcome.order ? t('welcome.return.text', { order: welcome.order, email: welcome.email ?? '' }) : t('welcome.return.none')) : t(`welcome.${step.key}.text`);
  return (
    <li data-done={step.done || undefined}>
      <span className={classes.mark}><StepIcon size={18} stroke={step.done ? 2.4 : 1.7} aria-hidden /></span>
      <span className={classes.text}>
        <strong>{t(`welcome.${step.key}`)}{step.done && <span className="visually-hidden"> ({t('welcome.ticked')})</span>}</strong>
        <span>{text}</span>
      </span>
      <Action step={step} welcome={welcome} />
    </li>
  );
}

function Action({ step, welcome }: { step: Step; welcome: Welcome }) {
  const { t } = useWords();
  const look = step.done ? 'subtle' : 'default';
  if (step.key === 'mail') return <TestMail mailbox={welcome.mailbox_url} look={look} />;
  if (step.key === 'return') return step.url ? <Button size="xs" variant={look} component="a" href={step.url} target="_blank" rel="noreferrer">{t('welcome.return.go')}</Button> : null;
  if (step.key === 'connect') return <LinkButton size="xs" variant={look} to="/settings/connections">{t('welcome.connect.go')}</LinkButton>;
  return <LinkButton size="xs" variant={look} to="/settings/brand">{t('welcome.brand.go')}</LinkButton>;
}

/** Sends the tracking mail to oneself; on a local stack it is read in the mailbox page. */
function TestMail({ mailbox, look }: { mailbox: string | null; look: string }) {
  const { t } = useWords();
  const toast = useToast();
  const client = useQueryClient();
  const send = useMutation({
    mutationFn: () => body(api.POST('/api/studio/welcome/mail')),
    onSuccess: (sent) => {
      toast({
        text: t('welcome.mail.sent', { email: sent.recipient }),
        duration: 12_000,
        ...(mailbox ? { action: { label: t('welcome.mail.open'), run: () => void window.open(mailbox, '_blank', 'noreferrer') } } : {}),
      });
      for (const wait of [1500, 4000]) setTimeout(() => void client.invalidateQueries({ queryKey: welcomeQuery.queryKey }), wait);
    },
    onError: (error) => toast({ text: sentence(error, t), tone: 'bad' }),
  });
  return <Button size="xs" variant={look} loading={send.isPending} onClick={() => send.mutate()}>{t('welcome.mail.go')}</Button>;
}
