import { Button, Skeleton } from '@mantine/core';
import { api } from '@comeback/api';
import { IconAlertTriangle, IconArrowLeft, IconBan, IconCheck, IconPlugConnectedX } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Confirm } from '../../ui/Confirm';
import { Copy } from '../../ui/Copy';
import { Empty } from '../../ui/Empty';
import { LinkButton } from '../../ui/LinkButton';
import { Notice } from '../../ui/Notice';
import page from '../../ui/Page.module.css';
import { Section } from '../../ui/Section';
import { Tag } from '../../ui/Tag';
import { useToast } from '../../ui/Toasts';
import { Trouble } from '../../ui/Trouble';
import { humanise } from '../../words/messages';
import { useWords } from '../../words/Words';
import { Head } from '../settings/Head';
import settings from '../settings/Settings.module.css';
import { useMay } from '../settings/useMay';
import { Backfill } from './Backfill';
import classes from './Connect.module.css';
import { Health } from './Health';
import { lastContact, storesQuery, type Store } from './queries';
import { WriteBacks } from './WriteBacks';
import { Writes } from './Writes';

const route = getRouteApi('/app/settings/connections/$connectionId');
const STATES = { live: ['good', IconCheck], broken: ['bad', IconAlertTriangle], off: ['neutral', IconBan] } as const;

/** One shop system: how it does, what comes in, what goes back. */
export function StorePage() {
  const { t } = useWords();
  const { connectionId } = route.useParams();
  const { data, error, refetch } = useQuery(storesQuery);
  const store = data?.find((item) => item.id === connectionId);
  if (error && !data) return <Trouble error={error} onRetry={() => void refetch()} />;
  if (!data) return <div className={settings.room}><Skeleton height={40} width={280} radius={10} /><Skeleton height={240} radius={14} /><Skeleton height={240} radius={14} /></div>;
  if (!store) {
    const back = <LinkButton variant="default" to="/settings/connections">{t('store.back')}</LinkButton>;
    return <div className="card"><title>{t('store.gone')}</title><Empty icon={IconPlugConnectedX} title={t('store.gone')} text={t('store.gone.text')} action={back} /></div>;
  }
  return <Loaded store={store} />;
}

function Loaded({ store }: { store: Store }) {
  const { t, word } = useWords();
  const may = useMay('settings:write');
  const [ending, setEnding] = useState(false);
  const on = store.state !== 'off';
  const name = store.name ?? store.shop ?? humanise(store.vendor);
  const end = may && on && <Button variant="default" onClick={() => setEnding(true)}>{t('store.end')}</Button>;
  return (
    <div className={settings.room}>
      <Link to="/settings/connections" className={page.back}><IconArrowLeft size={18} aria-hidden />{t('store.back')}</Link>
      <Head title={name} text={word('connect', store.vendor)} action={end} />
      {store.problem && <Notice tone="bad">{store.problem}</Notice>}
      {!on && <Notice>{t('store.off')}</Notice>}
      <Facts store={store} />
      {on && <Health store={store} may={may} />}
      {on && may && <Backfill store={store} />}
      {on && store.write_back && <WriteBacks store={store} write={store.write_back} may={may} />}
      <Writes store={store} />
      {ending && <End store={store} name={name} onClose={() => setEnding(false)} />}
    </div>
  );
}

function Facts({ store }: { store: Store }) {
  const { t, ago, date } = useWords();
  const [tone, icon] = STATES[store.state as keyof typeof STATES] ?? STATES.off;
  const contact = lastContact(store);
  const facts: [string, string | null][] = [
    [t('store.address'), store.shop],
    [t('store.currency'), store.currency],
    [t('store.since'), date(store.created_at)],
    [t('store.contact'), contact ? ago(contact) : t('store.contact.none')],
  ];
  return (
    <Section title={t('store.facts')} aside={<Tag tone={tone} icon={icon}>{t(`connections.${store.state}` as 'connections.live')}</Tag>}>
      <dl className={classes.facts}>
        {facts.filter(([, value]) => value).map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}
        {store.scopes.length > 0 && (
          <div>
            <dt>{t('store.scopes')}</dt>
            <dd>
              <details className={classes.scopes}>
                <summary>{t('store.scopes.count', { count: store.scopes.length })}</summary>
                <p>{store.scopes.join(', ')}</p>
              </details>
            </dd>
          </div>
        )}
        {store.hook_url && (
          <div>
            <dt>{t('store.hook')}</dt>
            <dd className={classes.copyable}><code title={store.hook_url}>{store.hook_url}</code><Copy text={store.hook_url} label={t('store.hook.copy')} /></dd>
          </div>
        )}
      </dl>
    </Section>
  );
}

function End({ store, name, onClose }: { store: Store; name: string; onClose(): void }) {
  const { t } = useWords();
  const toast = useToast();
  const client = useQueryClient();
  const navigate = route.useNavigate();
  const end = useMutation({
    mutationFn: () => api.DELETE('/api/v1/connections/{connection_id}', { params: { path: { connection_id: store.id } } }),
    onSuccess: async () => {
      await Promise.all([storesQuery.queryKey, ['connections']].map((queryKey) => client.invalidateQueries({ queryKey })));
      toast({ text: t('store.ended', { name }) });
      await navigate({ to: '/settings/connections' });
    },
  });
  return (
    <Confirm danger title={t('store.end.title', { name })} action={t('store.end')} busy={end.isPending} error={end.error} onClose={onClose} onConfirm={() => end.mutate()}>
      {t('store.end.text')}
    </Confirm>
  );
}
