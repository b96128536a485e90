import { Button, PasswordInput, TextInput } from '@mantine/core';
import { api, body, Problem, setCsrf } from '@comeback/api';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import icon from '../../icon.svg';
import { cache, forget } from '../../data/cache';
import { sentence } from '../../data/problem';
import { sessionQuery } from '../../data/queries';
import { setShopClock } from '../../words/format';
import { useWords } from '../../words/Words';
import classes from './LoginPage.module.css';

const route = getRouteApi('/login');

export function LoginPage() {
  const { t } = useWords();
  const { ended } = route.useSearch();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const login = useLogin();
  const error = login.error && (login.error instanceof Problem && login.error.status === 401 ? t('login.wrong') : sentence(login.error, t));
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (login.error) field.current?.focus();
  }, [login.error]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    login.mutate({ email, password });
  };
  return (
    <main className={classes.page}>
      <form className={`card ${classes.form}`} onSubmit={submit} aria-labelledby="login-title">
        <img src={icon} alt="" width={48} height={48} />
        <div>
          <h1 id="login-title">{t('login.title')}</h1>
          <p className="muted">{ended ? t('login.expired') : t('login.lead')}</p>
        </div>
        <TextInput label={t('login.email')} type="email" size="md" autoComplete="username" required autoFocus withAsterisk={false} value={email} onChange={(e) => setEmail(e.currentTarget.value)} />
        <PasswordInput ref={field} label={t('login.password')} size="md" autoComplete="current-password" required withAsterisk={false} value={password} onChange={(e) => setPassword(e.currentTarget.value)} />
        <p role="alert" className={classes.error}>{error}</p>
        <Button type="submit" size="md" fullWidth loading={login.isPending}>{t('login.submit')}</Button>
      </form>
    </main>
  );
}

function useLogin() {
  const router = useRouter();
  const { next } = route.useSearch();
  return useMutation({
    meta: { login: true },
    mutationFn: (credentials: { email: string; password: string }) => body(api.POST('/api/studio/session', { body: credentials })),
    onSuccess: async (session) => {
      forget();
      setCsrf(session.csrf);
      setShopClock(session.now);
      cache.setQueryData(sessionQuery.queryKey, session);
      router.history.push(`/studio${next ?? '/'}`.replace('/studio/studio', '/studio'));
      await router.invalidate();
    },
  });
}
