import { Button, NativeSelect, TextInput } from '@mantine/core';
import { api, body, Problem } from '@comeback/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { sentence } from '../../data/problem';
import { fault, placed, staffQuery } from '../../data/settings';
import { Dialog } from '../../ui/Dialog';
import { useToast } from '../../ui/Toasts';
import { useWords } from '../../words/Words';
import { ROLES, type Role } from './PeoplePage';
import classes from './Settings.module.css';

export function Invite({ onClose }: { onClose(): void }) {
  const { t, word } = useWords();
  const toast = useToast();
  const client = useQueryClient();
  const [person, setPerson] = useState<{ name: string; email: string; role: Role }>({ name: '', email: '', role: 'agent' });
  const set = (part: Partial<typeof person>) => setPerson({ ...person, ...part });
  const invite = useMutation({
    mutationFn: () => body(api.POST('/api/v1/staff', { body: { ...person, name: person.name.trim(), email: person.email.trim() } })),
    onSuccess: () => {
      toast({ text: t('people.invited.toast', { email: person.email.trim() }) });
      void client.invalidateQueries({ queryKey: staffQuery.queryKey });
      onClose();
    },
  });
  const taken = invite.error instanceof Problem && invite.error.slug === 'staff-exists' ? t('people.taken') : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate();
  };
  return (
    <Dialog title={t('people.invite')} onClose={onClose}>
      <form className={classes.dialog} onSubmit={submit}>
        <TextInput data-autofocus label={t('people.name')} required withAsterisk={false} maxLength={80} value={person.name} onChange={(e) => set({ name: e.currentTarget.value })} error={fault(invite.error, '/name')} />
        <TextInput type="email" label={t('people.email')} required withAsterisk={false} value={person.email} onChange={(e) => set({ email: e.currentTarget.value })} error={taken ?? fault(invite.error, '/email')} />
        <NativeSelect label={t('people.role')} description={t(`role.${person.role}.text`)} value={person.role} onChange={(e) => set({ role: e.currentTarget.value as Role })} data={ROLES.map((value) => ({ value, label: word('role', value) }))} />
        <p className={classes.hint}>{t('people.invite.text')}</p>
        {invite.error && !taken && !placed(invite.error, ['/name', '/email']) && <p role="alert" className={classes.error}>{sentence(invite.error, t)}</p>}
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" loading={invite.isPending}>{t('people.invite.go')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
