import { Button, TextInput } from '@mantine/core';
import { api, body } from '@comeback/api';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useKept } from '../../data/kept';
import { sentence } from '../../data/problem';
import { fault, placed } from '../../data/settings';
import { Section } from '../../ui/Section';
import { shopNow } from '../../words/format';
import { useWords } from '../../words/Words';
import settings from '../settings/Settings.module.css';
import classes from './Connect.module.css';
import { OBJECTS, type Store } from './queries';
import { StoreTask } from './StoreTask';

const YEAR = 365 * 86_400_000;
const dayOf = (moment: number) => new Date(moment).toISOString().slice(0, 10);

/** The orders, products and customers of before the connection. */
export function Backfill({ store }: { store: Store }) {
  const { t } = useWords();
  const [task, setTask] = useKept(`backfill-${store.id}`);
  const [since, setSince] = useState(() => dayOf(shopNow() - YEAR));
  const [kinds, setKinds] = useState<readonly (typeof OBJECTS)[number][]>(OBJECTS);
  const start = useMutation({
    mutationFn: () =>
      body(api.POST('/api/v1/connections/{connection_id}/backfill', {
        params: { path: { connection_id: store.id } },
        // Orders name products and customers, so these come first.
        body: { since: `${since}T00:00:00Z`, kinds: (['product', 'customer', 'order'] as const).filter((kind) => kinds.includes(kind)) },
      })),
    onSuccess: (begun) => setTask(begun.task),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (kinds.length > 0) start.mutate();
  };
  const flip = (kind: (typeof OBJECTS)[number]) => setKinds(kinds.includes(kind) ? kinds.filter((one) => one !== kind) : [...kinds, kind]);
  return (
    <Section title={t('store.backfill')}>
      <p className={classes.lead}>{t('store.backfill.text')}</p>
      <form className={classes.block} onSubmit={submit}>
        <div className={classes.since}>
          <TextInput type="date" label={t('store.backfill.since')} required withAsterisk={false} max={dayOf(shopNow())} value={since} onChange={(e) => setSince(e.currentTarget.value)} error={fault(start.error, '/since')} />
          <fieldset className={settings.fieldset}>
            <legend className={settings.legend}>{t('store.backfill.what')}</legend>
            <div className={classes.kinds}>
              {OBJECTS.map((kind) => (
                <label key={kind} className={settings.check}>
                  <input type="checkbox" checked={kinds.includes(kind)} onChange={() => flip(kind)} />
                  {t(`store.kind.${kind}`)}
                </label>
              ))}
            </div>
            {kinds.length === 0 && <p role="alert" className={settings.error}>{t('store.backfill.nothing')}</p>}
          </fieldset>
          <Button type="submit" variant="default" loading={start.isPending}>{t('store.backfill.go')}</Button>
        </div>
        {start.error && !placed(start.error, ['/since']) && <p role="alert" className={settings.error}>{sentence(start.error, t)}</p>}
        {task && <StoreTask key={task} id={task} label={t('store.backfill.running')} onGone={() => setTask(null)} done={(ended) => t('store.backfill.done', { count: ended.done })} />}
      </form>
    </Section>
  );
}
