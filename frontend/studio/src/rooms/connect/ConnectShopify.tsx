import { Button, PasswordInput, TextInput } from '@mantine/core';
import { api, body, Problem } from '@comeback/api';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { sentence } from '../../data/problem';
import { fault, placed } from '../../data/settings';
import { Choice } from '../../ui/Choice';
import { Dialog } from '../../ui/Dialog';
import { Notice } from '../../ui/Notice';
import { useWords } from '../../words/Words';
import settings from '../settings/Settings.module.css';
import { useConnected } from './useConnected';

type How = 'token' | 'app';
const FIELDS = ['/shop', '/access_token', '/api_secret'];

/** By the token of a custom app, or by installing the app of this installation where it has one. */
export function ConnectShopify({ onClose }: { onClose(): void }) {
  const { t } = useWords();
  const connected = useConnected();
  const [how, setHow] = useState<How>('token');
  const [noApp, setNoApp] = useState(false);
  const [keys, setKeys] = useState({ shop: '', access_token: '', api_secret: '' });
  const connect = useMutation({
    mutationFn: () => {
      const trimmed = { shop: keys.shop.trim(), access_token: keys.access_token.trim(), api_secret: keys.api_secret.trim() };
      return body(api.POST('/api/v1/connections/shopify', { body: how === 'app' ? { shop: trimmed.shop } : trimmed }));
    },
    onSuccess: (made) => ('authorize_url' in made ? window.location.assign(made.authorize_url) : connected(made)),
    onError: (error) => {
      if (!(error instanceof Problem) || error.slug !== 'no-app') return;
      setNoApp(true);
      setHow('token');
    },
  });
  const error = noApp && connect.error instanceof Problem && connect.error.slug === 'no-app' ? null : connect.error;
  const field = (name: keyof typeof keys) => ({
    'aria-invalid': Boolean(fault(error, `/${name}`)) || undefined, required: true, withAsterisk: false, value: keys[name], error: fault(error, `/${name}`), autoCapitalize: 'none', spellCheck: false, autoComplete: 'off',
    onChange: (event: { currentTarget: { value: string } }) => setKeys({ ...keys, [name]: event.currentTarget.value }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    connect.mutate();
  };
  return (
    <Dialog title={t('connect.shopify.title')} onClose={onClose}>
      <form className={settings.dialog} onSubmit={submit}>
        <TextInput data-autofocus label={t('connect.shop')} description={t('connect.shop.hint')} placeholder="your-shop.myshopify.com" {...field('shop')} />
        {noApp ? <Notice>{t('connect.app.none')}</Notice> : (
          <Choice<How> legend={t('connect.how')} value={how} onChange={setHow} options={(['token', 'app'] as const).map((value) => ({ value, label: t(`connect.how.${value}`) }))} />
        )}
        {how === 'token' ? (
          <>
            <PasswordInput label={t('connect.token')} description={t('connect.token.hint')} {...field('access_token')} />
            <PasswordInput label={t('connect.secret')} description={t('connect.secret.hint')} {...field('api_secret')} />
          </>
        ) : <p className={settings.hint}>{t('connect.app.text')}</p>}
        {error && !placed(error, FIELDS) && <p role="alert" className={settings.error}>{sentence(error, t)}</p>}
        <p role="status" className="visually-hidden">{connect.isPending && t('connect.calling')}</p>
        <div className={settings.buttons}>
          <Button variant="default" onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" loading={connect.isPending}>{t(how === 'app' ? 'connect.app.go' : 'connect.go')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
