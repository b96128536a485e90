import { Button, Skeleton } from '@mantine/core';
import { IconChevronRight, IconPlus, IconWebhook } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { Empty } from '../../ui/Empty';
import { Trouble } from '../../ui/Trouble';
import { useWords } from '../../words/Words';
import { Head } from '../settings/Head';
import settings from '../settings/Settings.module.css';
import { useMay } from '../settings/useMay';
import { Health } from './Health';
import { hooksQuery, nameOf, type Endpoint } from './queries';
import classes from './Webhooks.module.css';

const AddHook = lazy(() => import('./EditHook').then((m) => ({ default: m.AddHook })));

export function WebhooksPage() {
  const { t } = useWords();
  const { data, error, refetch } = useQuery(hooksQuery);
  const [adding, setAdding] = useState(false);
  const may = useMay('settings:write');
  const add = may && <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setAdding(true)}>{t('hooks.add')}</Button>;
  return (
    <div className={settings.room}>
      <Head title={t('settings.webhooks')} text={t('hooks.lead')} action={data && data.length > 0 && add} />
      {error && !data ? <Trouble error={error} onRetry={() => void refetch()} /> : !data ? (
        <Skeleton height={128} radius={14} />
      ) : data.length === 0 ? (
        <div className="card"><Empty icon={IconWebhook} title={t('hooks.none')} text={t('hooks.none.text')} action={add} /></div>
      ) : (
        <ul className={`card ${settings.list} ${classes.hooks}`}>{data.map((hook) => <Row key={hook.id} hook={hook} />)}</ul>
      )}
      <Suspense>{adding && <AddHook onClose={() => setAdding(false)} />}</Suspense>
    </div>
  );
}

function Row({ hook }: { hook: Endpoint }) {
  const { t } = useWords();
  const piles = [hook.failed > 0 && t('hooks.failed.count', { count: hook.failed }), hook.waiting > 0 && t('hooks.waiting.count', { count: hook.waiting })].filter(Boolean);
  return (
    <li>
      <Link to="/settings/webhooks/$webhookId" params={{ webhookId: hook.id }} className={`${settings.row} ${classes.link}`}>
        <span className={settings.what}>
          <strong>{nameOf(hook)}</strong>
          <span className="ellipsis">{hook.url}</span>
        </span>
        {piles.length > 0 && <span className={settings.aside}>{piles.join(' · ')}</span>}
        <Health hook={hook} />
        <IconChevronRight size={18} aria-hidden className={classes.chevron} />
      </Link>
    </li>
  );
}
