import { Button, PasswordInput, TextInput } from '@mantine/core';
import { api, body } from '@comeback/api';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { sentence } from '../../data/problem';
import { fault, placed } from '../../data/settings';
import { Dialog } from '../../ui/Dialog';
import { useWords } from '../../words/Words';
import settings from '../settings/Settings.module.css';
import { useConnected } from './useConnected';

const FIELDS = ['/shop', '/consumer_key', '/consumer_secret'];

export function ConnectWoo({ onClose }: { onClose(): void }) {
  const { t } = useWords();
  const connected = useConnected();
  const [keys, setKeys] = useState({ shop: '', consumer_key: '', consumer_secret: '' });
  const connect = useMutation({
    mutationFn: () =>
      body(api.POST('/api/v1/connections/woocommerce', { body: { shop: keys.shop.trim(), consumer_key: keys.consumer_key.trim(), consumer_secret: keys.consumer_secret.trim() } })),
    onSuccess: connected,
  });
  const { error } = connect;
  const field = (name: keyof typeof keys) => ({
    'aria-invalid': Boolean(fault(error, `/${name}`)) || undefined, required: true, withAsterisk: false, value: keys[name], error: fault(error, `/${name}`), autoCapitalize: 'none', spellCheck: false, autoComplete: 'off',
    onChange: (event: { currentTarget: { value: string } }) => setKeys({ ...keys, [name]: event.currentTarget.value }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    connect.mutate();
  };
  return (
    <Dialog title={t('connect.woocommerce.title')} onClose={onClose}>
      <form className={settings.dialog} onSubmit={submit}>
        <TextInput data-autofocus label={t('connect.site')} description={t('connect.site.hint')} placeholder="https://shop.example" inputMode="url" {...field('shop')} />
        <TextInput label={t('connect.key')} description={t('connect.key.hint')} placeholder="ck_…" {...field('consumer_key')} />
        <PasswordInput label={t('connect.keySecret')} placeholder="cs_…" {...field('consumer_secret')} />
        {error && !placed(error, FIELDS) && <p role="alert" className={settings.error}>{sentence(error, t)}</p>}
        <p role="status" className="visually-hidden">{connect.isPending && t('connect.calling')}</p>
        <div className={settings.buttons}>
          <Button variant="default" onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" loading={connect.isPending}>{t('connect.go')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
