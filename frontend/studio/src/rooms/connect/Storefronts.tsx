import { Button, Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconBrandWordpress, IconBuildingStore, IconCheck, IconChevronRight, IconShoppingBag, type Icon } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { Notice } from '../../ui/Notice';
import { Section } from '../../ui/Section';
import { Tag } from '../../ui/Tag';
import { Trouble } from '../../ui/Trouble';
import { humanise } from '../../words/messages';
import { useWords } from '../../words/Words';
import settings from '../settings/Settings.module.css';
import { useMay } from '../settings/useMay';
import classes from './Connect.module.css';
import { lastContact, storesQuery, VENDORS, type Store, type Vendor } from './queries';

const ConnectShopify = lazy(() => import('./ConnectShopify').then((m) => ({ default: m.ConnectShopify })));
const ConnectWoo = lazy(() => import('./ConnectWoo').then((m) => ({ default: m.ConnectWoo })));
const ICONS: Record<string, Icon> = { shopify: IconShoppingBag, woocommerce: IconBrandWordpress };

/** The shop systems: those that are connected, and those that can be. */
export function Storefronts() {
  const { t } = useWords();
  const { data, error, refetch } = useQuery(storesQuery);
  const [adding, setAdding] = useState<Vendor | null>(null);
  const may = useMay('settings:write');
  const on = data?.filter((store) => store.state !== 'off') ?? [];
  const free = VENDORS.filter((vendor) => !on.some((store) => store.vendor === vendor));
  return (
    <Section title={t('connections.storefront')} flush>
      {error && !data ? <Trouble error={error} onRetry={() => void refetch()} /> : (
        <ul className={settings.list} style={{ marginTop: 8 }}>
          {!data && <li className={settings.row}><Skeleton height={40} /></li>}
          {on.map((store) => <Row key={store.id} store={store} />)}
          {data && may && free.map((vendor) => <Offer key={vendor} vendor={vendor} onConnect={() => setAdding(vendor)} />)}
        </ul>
      )}
      <Suspense>
        {adding === 'shopify' && <ConnectShopify onClose={() => setAdding(null)} />}
        {adding === 'woocommerce' && <ConnectWoo onClose={() => setAdding(null)} />}
      </Suspense>
    </Section>
  );
}

function Row({ store }: { store: Store }) {
  const { t, ago, date } = useWords();
  const VendorIcon = ICONS[store.vendor] ?? IconBuildingStore;
  const contact = lastContact(store);
  const broken = store.state === 'broken';
  return (
    <li className={classes.item}>
      <Link to="/settings/connections/$connectionId" params={{ connectionId: store.id }} className={`${settings.row} ${classes.link}`}>
        <span className={settings.avatar}><VendorIcon size={20} stroke={1.7} aria-hidden /></span>
        <span className={settings.what}>
          <strong>{store.name ?? store.shop ?? humanise(store.vendor)}</strong>
          <span>{contact ? t('connections.contact', { when: ago(contact) }) : t('connections.since', { date: date(store.created_at) })}</span>
        </span>
        {store.failed_writes > 0 && <Tag tone="warn" icon={IconAlertTriangle}>{t('store.writes.failed', { count: store.failed_writes })}</Tag>}
        <Tag tone={broken ? 'bad' : 'good'} icon={broken ? IconAlertTriangle : IconCheck}>{t(broken ? 'connections.broken' : 'connections.live')}</Tag>
        <IconChevronRight size={18} aria-hidden className={classes.chevron} />
      </Link>
      {store.problem && <div className={classes.problem}><Notice tone="bad">{store.problem}</Notice></div>}
    </li>
  );
}

function Offer({ vendor, onConnect }: { vendor: Vendor; onConnect(): void }) {
  const { t } = useWords();
  const VendorIcon = ICONS[vendor]!;
  return (
    <li className={`${settings.row} ${classes.offer}`}>
      <span className={`${settings.avatar} ${classes.quiet}`}><VendorIcon size={20} stroke={1.7} aria-hidden /></span>
      <span className={settings.what}>
        <strong>{t(`connect.${vendor}`)}</strong>
        <span>{t('connect.offer')}</span>
      </span>
      <Button variant="default" onClick={onConnect} aria-label={t('connect.go.of', { vendor: t(`connect.${vendor}`) })}>{t('connect.go')}</Button>
    </li>
  );
}
