import { api, body } from '@comeback/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { sentence } from '../../data/problem';
import { Section } from '../../ui/Section';
import { useToast } from '../../ui/Toasts';
import { useWords } from '../../words/Words';
import classes from './Connect.module.css';
import { storesQuery, type Store, type WriteBack } from './queries';

const SWITCHES = ['notes', 'refunds', 'exchanges', 'codes', 'credit'] as const;

/** Each switch is saved as it is pressed; a refusal puts it back. */
export function WriteBacks({ store, write, may }: { store: Store; write: WriteBack; may: boolean }) {
  const { t } = useWords();
  const toast = useToast();
  const client = useQueryClient();
  // What was pressed and is not answered yet; null shows what the server knows.
  const [pressed, setPressed] = useState<WriteBack | null>(null);
  const shown = pressed ?? write;
  const save = useMutation({
    mutationFn: (write_back: WriteBack) =>
      body(api.PATCH('/api/v1/connections/{connection_id}', { params: { path: { connection_id: store.id } }, body: { write_back } })),
    onSuccess: (fresh) => {
      client.setQueryData(storesQuery.queryKey, (old) => old?.map((one) => (one.id === fresh.id ? fresh : one)));
      toast({ text: t('store.write.saved') });
    },
    onError: (error) => toast({ text: sentence(error, t), tone: 'bad' }),
    onSettled: () => setPressed(null),
  });
  const on = (name: (typeof SWITCHES)[number]) => (name === 'credit' ? shown.credit !== 'off' : shown[name] !== false);
  const flip = (name: (typeof SWITCHES)[number]) => {
    if (save.isPending) return;
    const next: WriteBack = name === 'credit' ? { ...shown, credit: on(name) ? 'off' : 'gift_card' } : { ...shown, [name]: !on(name) };
    setPressed(next);
    save.mutate(next);
  };
  return (
    <Section title={t('store.write')}>
      <p className={classes.lead}>{t('store.write.text')}</p>
      <div>
        {SWITCHES.map((name) => (
          <label key={name} className={classes.toggle}>
            <input type="checkbox" role="switch" checked={on(name)} disabled={!may} onChange={() => flip(name)} />
            <span>
              <strong>{t(`store.write.${name}`)}</strong>
              <span>{t(`store.write.${name}.text`)}</span>
            </span>
          </label>
        ))}
      </div>
    </Section>
  );
}
