import { Button, NativeSelect } from '@mantine/core';
import { api, body } from '@comeback/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { sentence } from '../../data/problem';
import { Dialog } from '../../ui/Dialog';
import { useWords } from '../../words/Words';
import settings from '../settings/Settings.module.css';
import { hookQuery, refresh, type Endpoint } from './queries';
import { Secret } from './Secret';

const HOURS = [0, 1, 24, 72, 168];

export function Rotate({ hook, onClose }: { hook: Endpoint; onClose(): void }) {
  const { t } = useWords();
  const client = useQueryClient();
  const [hours, setHours] = useState(24);
  const rotate = useMutation({
    mutationFn: () => body(api.POST('/api/v1/webhooks/{webhook_id}/rotate', { params: { path: { webhook_id: hook.id } }, body: { overlap_hours: hours } })),
    onSuccess: (made) => {
      client.setQueryData(hookQuery(hook.id).queryKey, made.endpoint);
      void refresh(client);
    },
  });
  if (rotate.data) return <Secret secret={rotate.data.secret} onClose={onClose} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rotate.mutate();
  };
  const label = (value: number) => (value === 0 ? t('hooks.rotate.now') : value > 24 ? t('hooks.rotate.days', { count: value / 24 }) : t('hooks.rotate.hours', { count: value }));
  return (
    <Dialog title={t('hooks.rotate.title')} onClose={onClose}>
      <form className={settings.dialog} onSubmit={submit}>
        <p className={settings.hint}>{t('hooks.rotate.text')}</p>
        <NativeSelect data-autofocus label={t('hooks.rotate.overlap')} value={String(hours)} onChange={(e) => setHours(Number(e.currentTarget.value))} data={HOURS.map((value) => ({ value: String(value), label: label(value) }))} />
        {rotate.error && <p role="alert" className={settings.error}>{sentence(rotate.error, t)}</p>}
        <div className={settings.buttons}>
          <Button variant="default" onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" loading={rotate.isPending}>{t('hooks.rotate.go')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
