import { Button, PasswordInput, Skeleton } from '@mantine/core';
import { api, body, setCsrf } from '@comeback/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { sentence } from '../../data/problem';
import { sessionQuery } from '../../data/queries';
import { fault, placed, sessionsQuery } from '../../data/settings';
import { Section } from '../../ui/Section';
import { Tag } from '../../ui/Tag';
import { useToast } from '../../ui/Toasts';
import { useWords, LANGUAGES, type Language } from '../../words/Words';
import { NativeSelect } from '@mantine/core';
import { IconCheck, IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react';
import { Head } from './Head';
import classes from './Settings.module.css';

export function ProfilePage() {
  const { t, word, language, setLanguage } = useWords();
  const { data: session } = useQuery({ ...sessionQuery, enabled: false });
  return (
    <div className={classes.room}>
      <Head title={t('settings.profile')} text={session && `${session.staff.name} · ${session.staff.email} · ${word('role', session.staff.role)}`} />
      <Section title={t('profile.language')}>
        <NativeSelect maw={320} aria-label={t('profile.language')} description={t('profile.language.text')} value={language} onChange={(e) => setLanguage(e.currentTarget.value as Language)} data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))} />
      </Section>
      <Password email={session?.staff.email ?? ''} />
      <Sessions />
    </div>
  );
}

const EMPTY = { current: '', password: '' };

function Password({ email }: { email: string }) {
  const { t } = useWords();
  const toast = useToast();
  const client = useQueryClient();
  const [values, setValues] = useState(EMPTY);
  const change = useMutation({
    mutationFn: () => body(api.POST('/api/studio/profile/password', { body: values })),
    onSuccess: (session) => {
      setCsrf(session.csrf);
      client.setQueryData(sessionQuery.queryKey, session);
      void client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
      setValues(EMPTY);
      toast({ text: t('profile.password.done') });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  const error = change.error;
  return (
    <Section title={t('profile.password')}>
      <form className={classes.form} onSubmit={submit}>
        <input type="email" autoComplete="username" value={email} readOnly hidden />
        <div className={classes.fields}>
          <PasswordInput label={t('profile.current')} autoComplete="current-password" required withAsterisk={false} value={values.current} onChange={(e) => setValues({ ...values, current: e.currentTarget.value })} error={fault(error, '/current') && t('profile.wrong')} />
          <PasswordInput label={t('profile.new')} description={t('profile.new.hint')} inputWrapperOrder={['label', 'input', 'description', 'error']} autoComplete="new-password" required withAsterisk={false} minLength={10} value={values.password} onChange={(e) => setValues({ ...values, password: e.currentTarget.value })} error={fault(error, '/password')} />
        </div>
        {error && !placed(error, ['/current', '/password']) && <p role="alert" className={classes.error}>{sentence(error, t)}</p>}
        <div className={classes.buttons}><Button type="submit" loading={change.isPending}>{t('profile.password.go')}</Button></div>
      </form>
    </Section>
  );
}

function Sessions() {
  const { t, ago } = useWords();
  const toast = useToast();
  const client = useQueryClient();
  const { data } = useQuery(sessionsQuery);
  const end = useMutation({
    mutationFn: (id: string) => api.DELETE('/api/studio/profile/sessions/{session_id}', { params: { path: { session_id: id } } }),
    onSuccess: () => toast({ text: t('profile.ended') }),
    onError: (error) => toast({ text: sentence(error, t), tone: 'bad' }),
    onSettled: () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  });
  return (
    <Section title={t('profile.sessions')} flush>
      <ul className={`${classes.list} ${classes.section}`} style={{ marginTop: 12 }}>
        {!data && <li className={classes.row}><Skeleton height={36} /></li>}
        {data?.map((session) => {
          const DeviceIcon = /iPhone|Android/.test(session.device ?? '') ? IconDeviceMobile : IconDeviceDesktop;
          return (
            <li key={session.id} className={classes.row}>
              <span className={classes.avatar}><DeviceIcon size={20} stroke={1.7} aria-hidden /></span>
              <span className={classes.what}>
                <strong>{session.device ?? t('profile.device')}</strong>
                <span>{t('profile.seen', { when: ago(session.last_seen_at) })}</span>
              </span>
              {session.current
                ? <Tag tone="good" icon={IconCheck}>{t('profile.here')}</Tag>
                : <Button size="xs" variant="default" aria-label={t('profile.end.of', { device: session.device ?? t('profile.device') })} loading={end.isPending && end.variables === session.id} onClick={() => end.mutate(session.id)}>{t('profile.end')}</Button>}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
