import { Button, NativeSelect } from '@mantine/core';
import { api, body } from '@comeback/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { sentence } from '../../data/problem';
import { Dialog } from '../../ui/Dialog';
import { useWords } from '../../words/Words';
import settings from '../settings/Settings.module.css';
import { eventsQuery, refresh, type Endpoint } from './queries';

const route = getRouteApi('/app/settings/webhooks/$webhookId');

/** Sends a sample; its delivery opens and shows what came back. */
export function SendTest({ hook, onClose }: { hook: Endpoint; onClose(): void }) {
  const { t } = useWords();
  const client = useQueryClient();
  const navigate = route.useNavigate();
  const { data: events } = useQuery(eventsQuery);
  const [event, setEvent] = useState('');
  const send = useMutation({
    mutationFn: () => body(api.POST('/api/v1/webhooks/{webhook_id}/test', { params: { path: { webhook_id: hook.id } }, body: { event: event || null } })),
    onSuccess: (delivery) => {
      void refresh(client);
      onClose();
      void navigate({ search: { open: delivery.id }, replace: true, resetScroll: false });
    },
  });
  const submit = (pressed: FormEvent) => {
    pressed.preventDefault();
    send.mutate();
  };
  return (
    <Dialog title={t('hooks.test')} onClose={onClose}>
      <form className={settings.dialog} onSubmit={submit}>
        <NativeSelect data-autofocus label={t('hooks.test.event')} description={t('hooks.test.text')} value={event} onChange={(e) => setEvent(e.currentTarget.value)} data={[{ value: '', label: t('hooks.test.plain') }, ...(events ?? []).map(({ name }) => ({ value: name, label: name }))]} />
        {send.error && <p role="alert" className={settings.error}>{sentence(send.error, t)}</p>}
        <div className={settings.buttons}>
          <Button variant="default" onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" loading={send.isPending}>{t('hooks.test.go')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
