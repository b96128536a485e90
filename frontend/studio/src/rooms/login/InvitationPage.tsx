import { Button, PasswordInput, Skeleton } from '@mantine/core';
import { api, body, Problem, setCsrf } from '@comeback/api';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useRouterState } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import icon from '../../icon.svg';
import { cache, forget } from '../../data/cache';
import { sentence } from '../../data/problem';
import { sessionQuery } from '../../data/queries';
import { fault } from '../../data/settings';
import { LinkButton } from '../../ui/LinkButton';
import { setShopClock } from '../../words/format';
import { useWords } from '../../words/Words';
import classes from './LoginPage.module.css';

/** Coming in by a link from a mail. The token stands after the #, which the browser sends to no server. */
export function InvitationPage() {
  const { t, word } = useWords();
  const token = useRouterState({ select: (state) => state.location.hash });
  const { data, error } = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => body(api.POST('/api/studio/invitation/look', { body: { token: token || '-' } })),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  const over = error instanceof Problem && error.status === 404;
  return (
    <main className={classes.page}>
      <div className={`card ${classes.form}`}>
        <title>{`${t('invitation.title')} · ${t('appName')}`}</title>
        <img src={icon} alt="" width={48} height={48} />
        {data ? (
          <>
            <div>
              <h1>{t('invitation.hello', { name: data.name.split(' ')[0] ?? '' })}</h1>
              <p className="muted">{t('invitation.text', { shop: data.shop, role: word('role', data.role) })}</p>
            </div>
            <Choose token={token} email={data.email} />
          </>
        ) : error ? (
          <div role="alert">
            <h1>{over ? t('invitation.over') : t('problem.title')}</h1>
            <p className="muted">{over ? t('invitation.over.text') : sentence(error, t)}</p>
            <LinkButton mt="md" to="/login" search={{}}>{t('login.submit')}</LinkButton>
          </div>
        ) : <Skeleton height={160} />}
      </div>
    </main>
  );
}

function Choose({ token, email }: { token: string; email: string }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const [password, setPassword] = useState('');
  const accept = useMutation({
    meta: { login: true },
    mutationFn: () => body(api.POST('/api/studio/invitation', { body: { token, password } })),
    onSuccess: async (session) => {
      forget();
      setCsrf(session.csrf);
      setShopClock(session.now);
      cache.setQueryData(sessionQuery.queryKey, session);
      await navigate({ to: '/' });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    accept.mutate();
  };
  const bad = fault(accept.error, '/password');
  return (
    <form onSubmit={submit} style={{ display: 'grid', gap: 16 }}>
      <input type="email" autoComplete="username" value={email} readOnly hidden />
      <PasswordInput label={t('invitation.password')} description={t('profile.new.hint')} inputWrapperOrder={['label', 'input', 'description', 'error']} size="md" autoComplete="new-password" autoFocus required withAsterisk={false} minLength={10} value={password} onChange={(e) => setPassword(e.currentTarget.value)} error={bad} />
      {accept.error && !bad && <p role="alert" className={classes.error}>{sentence(accept.error, t)}</p>}
      <Button type="submit" size="md" fullWidth loading={accept.isPending}>{t('invitation.go')}</Button>
    </form>
  );
}
