import { Button, NativeSelect, Skeleton } from '@mantine/core';
import { api, body, type Schemas } from '@comeback/api';
import { IconBan, IconCheck, IconMail, IconUserPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { sentence } from '../../data/problem';
import { sessionQuery } from '../../data/queries';
import { staffQuery } from '../../data/settings';
import { Confirm } from '../../ui/Confirm';
import { Tag } from '../../ui/Tag';
import { useToast } from '../../ui/Toasts';
import { Trouble } from '../../ui/Trouble';
import { useWords } from '../../words/Words';
import { Head } from './Head';
import { Invite } from './Invite';
import classes from './Settings.module.css';
import { useMay } from './useMay';

type Member = Schemas['StaffMember'];
export type Role = NonNullable<Schemas['StaffInvite']['role']>;
export const ROLES: Role[] = ['owner', 'manager', 'agent', 'warehouse', 'viewer'];
const STATES = { active: ['good', IconCheck], invited: ['info', IconMail], closed: ['neutral', IconBan] } as const;

export function PeoplePage() {
  const { t } = useWords();
  const { data, error, refetch } = useQuery(staffQuery);
  const [inviting, setInviting] = useState(false);
  const may = useMay('staff:write');
  return (
    <div className={classes.room}>
      <Head title={t('settings.people')} text={t('settings.people.text')} action={may && <Button leftSection={<IconUserPlus size={18} aria-hidden />} onClick={() => setInviting(true)}>{t('people.invite')}</Button>} />
      {error && !data ? <Trouble error={error} onRetry={() => void refetch()} /> : (
        <ul className={`card ${classes.list}`}>
          {data ? data.items.map((person) => <Person key={person.id} person={person} may={may} />) : [0, 1, 2].map((i) => <li key={i} className={classes.row}><Skeleton height={36} /></li>)}
        </ul>
      )}
      <Roles />
      {inviting && <Invite onClose={() => setInviting(false)} />}
    </div>
  );
}

function Person({ person, may }: { person: Member; may: boolean }) {
  const { t, word, ago } = useWords();
  const { data: session } = useQuery({ ...sessionQuery, enabled: false });
  const [tone, icon] = STATES[person.state];
  const me = session?.staff.id === person.id;
  const initials = person.name.split(/\s+/).map((part) => part.charAt(0)).slice(0, 2).join('').toUpperCase();
  return (
    <li className={classes.row}>
      <span className={classes.avatar} aria-hidden>{initials}</span>
      <span className={classes.what}>
        <strong>{person.name}{me && ` (${t('people.you')})`}</strong>
        <span>{person.email}{person.last_login_at && ` · ${t('people.seen', { when: ago(person.last_login_at) })}`}</span>
      </span>
      <Tag tone={tone} icon={icon}>{t(`people.${person.state}`)}</Tag>
      {may ? <Controls person={person} me={me} /> : <span>{word('role', person.role)}</span>}
    </li>
  );
}

function Controls({ person, me }: { person: Member; me: boolean }) {
  const { t, word } = useWords();
  const toast = useToast();
  const client = useQueryClient();
  const [asking, setAsking] = useState<'close' | Role | null>(null);
  const path = { params: { path: { staff_id: person.id } } };
  const change = useMutation({
    mutationFn: (values: Schemas['StaffChange']) => body(api.PATCH('/api/v1/staff/{staff_id}', { ...path, body: values })),
    onSuccess: () => setAsking(null),
    onSettled: () => client.invalidateQueries({ queryKey: staffQuery.queryKey }),
  });
  const again = useMutation({
    mutationFn: () => body(api.POST('/api/v1/staff/{staff_id}/invite', path)),
    onSuccess: () => toast({ text: t('people.invited.toast', { email: person.email }) }),
    onError: (error) => toast({ text: sentence(error, t), tone: 'bad' }),
  });
  const role = asking && asking !== 'close' ? asking : null;
  return (
    <>
      <NativeSelect aria-label={t('people.roleOf', { name: person.name })} size="xs" value={person.role} disabled={me} onChange={(e) => setAsking(e.currentTarget.value as Role)} data={ROLES.map((value) => ({ value, label: word('role', value) }))} />
      {person.state === 'invited' && <Button size="xs" variant="default" loading={again.isPending} onClick={() => again.mutate()}>{t('people.again')}</Button>}
      {person.state === 'closed'
        ? <Button size="xs" variant="default" loading={change.isPending} onClick={() => change.mutate({ active: true })}>{t('people.reopen')}</Button>
        : <Button size="xs" variant="default" disabled={me} onClick={() => setAsking('close')}>{t('people.close')}</Button>}
      {asking === 'close' && (
        <Confirm danger title={t('people.close.title', { name: person.name })} action={t('people.close')} busy={change.isPending} error={change.error} onClose={() => { setAsking(null); change.reset(); }} onConfirm={() => change.mutate({ active: false })}>
          {t('people.close.text')}
        </Confirm>
      )}
      {role && (
        <Confirm title={t('people.role.title', { name: person.name, role: word('role', role) })} action={t('people.role.go')} busy={change.isPending} error={change.error} onClose={() => { setAsking(null); change.reset(); }} onConfirm={() => change.mutate({ role })}>
          {t(`role.${role}.text`)} {t('people.role.text')}
        </Confirm>
      )}
    </>
  );
}

function Roles() {
  const { t, word } = useWords();
  return (
    <details className="card">
      <summary className={classes.row} style={{ borderTop: 0, cursor: 'pointer', minHeight: 48 }}>{t('people.roles')}</summary>
      <dl className={classes.list}>
        {ROLES.map((role) => (
          <div key={role} className={classes.row}>
            <dt className={classes.legend} style={{ flex: '0 0 96px' }}>{word('role', role)}</dt>
            <dd className={classes.what} style={{ margin: 0 }}>{t(`role.${role}.text`)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
