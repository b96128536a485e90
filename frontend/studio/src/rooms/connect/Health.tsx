import { Button } from '@mantine/core';
import { api, body } from '@comeback/api';
import { IconCheck, IconRefresh, IconTool } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { sentence } from '../../data/problem';
import { useKept } from '../../data/kept';
import { Section } from '../../ui/Section';
import { Tag } from '../../ui/Tag';
import { useWords } from '../../words/Words';
import settings from '../settings/Settings.module.css';
import classes from './Connect.module.css';
import { OBJECTS, type Store } from './queries';
import { StoreTask } from './StoreTask';

/** How far each kind of object was read, and what its webhooks had missed. */
export function Health({ store, may }: { store: Store; may: boolean }) {
  const { t, ago } = useWords();
  const [task, setTask] = useKept(`reconcile-${store.id}`);
  const start = useMutation({
    mutationFn: () => body(api.POST('/api/v1/connections/{connection_id}/reconcile', { params: { path: { connection_id: store.id } } })),
    onSuccess: (begun) => setTask(begun.task),
  });
  const button = may && <Button size="xs" variant="default" leftSection={<IconRefresh size={16} aria-hidden />} loading={start.isPending} onClick={() => start.mutate()}>{t('store.reconcile')}</Button>;
  return (
    <Section title={t('store.health')} aside={button}>
      <p className={classes.lead}>{t('store.health.text')}</p>
      <div className={classes.block}>
        <ul className={settings.list}>
          {OBJECTS.map((kind) => {
            const sync = store.syncs.find((one) => one.kind === kind);
            return (
              <li key={kind} className={settings.row} style={{ minHeight: 48, paddingInline: 0 }}>
                <span className={settings.what}>
                  <strong>{t(`store.kind.${kind}`)}</strong>
                  <span>{sync?.checked_at ? t('store.checked', { when: ago(sync.checked_at) }) : t('store.unchecked')}</span>
                </span>
                {sync?.checked_at && (sync.repaired > 0
                  ? <Tag tone="info" icon={IconTool}>{t('store.repaired', { count: sync.repaired })}</Tag>
                  : <Tag tone="good" icon={IconCheck}>{t('store.complete')}</Tag>)}
              </li>
            );
          })}
        </ul>
        {start.error && <p role="alert" className={settings.error}>{sentence(start.error, t)}</p>}
        {task && (
          <StoreTask key={task} id={task} label={t('store.reconcile.running')} onGone={() => setTask(null)}
            done={(ended) => (ended.total ? t('store.reconcile.some', { count: ended.total }) : t('store.reconcile.none'))} />
        )}
      </div>
    </Section>
  );
}
