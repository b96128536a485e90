import { Skeleton } from '@mantine/core';
import type { Schemas } from '@comeback/api';
import { IconAlertTriangle, IconBan, IconBrandStripe, IconCheck, IconPlugConnected, IconTruck, type Icon } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { connectionsQuery } from '../../data/settings';
import { Notice } from '../../ui/Notice';
import { Section } from '../../ui/Section';
import type { Tone } from '../../ui/Status';
import { Tag } from '../../ui/Tag';
import { Trouble } from '../../ui/Trouble';
import { humanise } from '../../words/messages';
import { useWords } from '../../words/Words';
import { Storefronts } from '../connect/Storefronts';
import { Head } from './Head';
import classes from './Settings.module.css';

type Connection = Schemas['ConnectionView'];
const KINDS: Record<string, Icon> = { stripe: IconBrandStripe, carrier: IconTruck };
const STATES: Record<string, [Tone, Icon]> = { live: ['good', IconCheck], broken: ['bad', IconAlertTriangle], off: ['neutral', IconBan] };
const GROUPS = ['stripe', 'carrier'] as const;

export function ConnectionsPage() {
  const { t } = useWords();
  const { data, error, refetch } = useQuery(connectionsQuery);
  return (
    <div className={classes.room}>
      <Head title={t('settings.connections')} text={t('connections.lead')} />
      <Storefronts />
      {error && !data ? <Trouble error={error} onRetry={() => void refetch()} /> : !data ? (
        <Skeleton height={240} radius={14} />
      ) : (
        GROUPS.map((kind) => <Group key={kind} kind={kind} items={data.filter((item) => item.kind === kind)} />)
      )}
    </div>
  );
}

function Group({ kind, items }: { kind: (typeof GROUPS)[number]; items: Connection[] }) {
  const { t } = useWords();
  if (items.length === 0) return null;
  return (
    <Section title={t(`connections.${kind}`)} flush>
      <ul className={classes.list} style={{ marginTop: 8 }}>{items.map((item) => <Row key={item.id} item={item} />)}</ul>
    </Section>
  );
}

function Row({ item }: { item: Connection }) {
  const { t, ago, date } = useWords();
  const KindIcon = KINDS[item.kind] ?? IconPlugConnected;
  const [tone, icon] = STATES[item.state] ?? STATES.off!;
  return (
    <li className={classes.row} style={{ borderTop: '1px solid var(--line)' }}>
      <span className={classes.avatar}><KindIcon size={20} stroke={1.7} aria-hidden /></span>
      <span className={classes.what}>
        <strong>{item.name ?? humanise(item.vendor)}</strong>
        <span>{item.checked_at ? t('connections.contact', { when: ago(item.checked_at) }) : t('connections.since', { date: date(item.created_at) })}</span>
      </span>
      <Tag tone={tone} icon={icon}>{t(`connections.${item.state}` as 'connections.live')}</Tag>
      {item.problem && <Notice tone="bad">{item.problem}</Notice>}
    </li>
  );
}
