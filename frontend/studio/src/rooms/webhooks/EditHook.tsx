import { Button, NativeSelect, TextInput } from '@mantine/core';
import { api, body, Problem, type Schemas } from '@comeback/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { sentence } from '../../data/problem';
import { fault } from '../../data/settings';
import { Dialog } from '../../ui/Dialog';
import { useToast } from '../../ui/Toasts';
import { useWords } from '../../words/Words';
import settings from '../settings/Settings.module.css';
import { Events } from './Events';
import { hookQuery, refresh, type Endpoint } from './queries';
import { Secret } from './Secret';

type Values = Required<Schemas['EndpointIn']>;
const SLOTS = ['1', '2', '3', '5', '10'];

/** Adds a receiver, then shows its secret this once. */
export function AddHook({ onClose }: { onClose(): void }) {
  const { t } = useWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const make = useMutation({
    mutationFn: (values: Values) => body(api.POST('/api/v1/webhooks', { body: values })),
    onSuccess: () => refresh(client),
  });
  if (make.data) {
    const { endpoint, secret } = make.data;
    return <Secret secret={secret} onClose={() => void navigate({ to: '/settings/webhooks/$webhookId', params: { webhookId: endpoint.id } })} />;
  }
  const empty = { url: '', description: '', events: ['*'], slots: 2 };
  return <Form title={t('hooks.add')} action={t('hooks.add')} start={empty} busy={make.isPending} error={make.error} onSend={make.mutate} onClose={onClose} />;
}

export function EditHook({ hook, onClose }: { hook: Endpoint; onClose(): void }) {
  const { t } = useWords();
  const toast = useToast();
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: ({ url, ...values }: Values) =>
      // A new address counts as a repair and clears the failures, so an unchanged one is not sent.
      body(api.PATCH('/api/v1/webhooks/{webhook_id}', { params: { path: { webhook_id: hook.id } }, body: url === hook.url ? values : { ...values, url } })),
    onSuccess: (changed) => {
      client.setQueryData(hookQuery(hook.id).queryKey, changed);
      void refresh(client);
      toast({ text: t('hooks.saved') });
      onClose();
    },
  });
  const { url, description, events, slots } = hook;
  return <Form title={t('hooks.edit')} action={t('hooks.save')} start={{ url, description, events, slots }} busy={save.isPending} error={save.error} onSend={save.mutate} onClose={onClose} />;
}

interface FormProps {
  title: string;
  action: string;
  start: Values;
  busy: boolean;
  error: unknown;
  onSend(values: Values): void;
  onClose(): void;
}

function Form({ title, action, start, busy, error, onSend, onClose }: FormProps) {
  const { t } = useWords();
  const [values, setValues] = useState(start);
  const [asked, setAsked] = useState(false);
  const set = (part: Partial<Values>) => setValues({ ...values, ...part });
  const eventFault = error instanceof Problem ? error.errors.find((one) => one.pointer?.startsWith('/events'))?.message : undefined;
  const noEvents = values.events.length === 0 ? t('hooks.events.choose') : undefined;
  const shown = fault(error, '/url') ?? fault(error, '/description') ?? eventFault;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (!noEvents) onSend({ ...values, url: values.url.trim(), description: values.description.trim() });
  };
  return (
    <Dialog title={title} size="wide" onClose={onClose}>
      <form className={settings.dialog} onSubmit={submit}>
        <TextInput data-autofocus type="url" label={t('hooks.url')} description={t('hooks.url.hint')} placeholder="https://example.com/webhooks" required withAsterisk={false} maxLength={2000} autoCapitalize="none" spellCheck={false} value={values.url} onChange={(e) => set({ url: e.currentTarget.value })} error={fault(error, '/url')} />
        <div className={settings.fields}>
          <TextInput label={t('hooks.description')} description={t('hooks.description.hint')} maxLength={200} value={values.description} onChange={(e) => set({ description: e.currentTarget.value })} error={fault(error, '/description')} />
          <NativeSelect label={t('hooks.slots')} description={t('hooks.slots.hint')} value={String(values.slots)} onChange={(e) => set({ slots: Number(e.currentTarget.value) })} data={[...new Set([...SLOTS, String(values.slots)])].sort((a, b) => Number(a) - Number(b))} />
        </div>
        <Events value={values.events} onChange={(events) => set({ events })} error={eventFault ?? (asked ? noEvents : undefined)} />
        {error !== null && error !== undefined && !shown && <p role="alert" className={settings.error}>{sentence(error, t)}</p>}
        <div className={settings.buttons}>
          <Button variant="default" onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" loading={busy}>{action}</Button>
        </div>
      </form>
    </Dialog>
  );
}
