import { useDebouncedValue } from '@mantine/hooks';
import type { Schemas } from '@comeback/api';
import { IconArrowRight, IconPackages, IconReceipt, IconSearch, IconTag, IconTruck, IconUser, type Icon } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useId, useState, type KeyboardEvent } from 'react';
import { searchQuery, sessionQuery } from '../data/queries';
import { Dialog } from '../ui/Dialog';
import { useWords } from '../words/Words';
import { hitKey, recent, remember } from '../data/recent';
import { ROOMS } from './rooms';
import classes from './Search.module.css';

type Hit = Schemas['SearchHit'];

interface Row {
  id: string;
  icon: Icon;
  title: string;
  detail: string;
  kind: string;
  group?: string;
  run(): void;
}

const ICONS: Record<Hit['kind'], Icon> = { order: IconPackages, return: IconReceipt, parcel: IconTruck, customer: IconUser, product: IconTag };

/** Ctrl K: one box that finds everything and goes anywhere. A combobox: the focus stays in the box. */
export function Search({ onClose }: { onClose(): void }) {
  const { t } = useWords();
  const [q, setQ] = useState('');
  const [wanted] = useDebouncedValue(q.trim(), 120);
  const { data } = useQuery(searchQuery(wanted));
  const [active, setActive] = useState(0);
  const list = useId();
  const rows = useRows(q.trim(), wanted.length > 1 && q.trim().length > 1 ? (data?.items ?? []) : [], onClose);
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && rows.length > 0) {
      event.preventDefault();
      const next = (active + step + rows.length) % rows.length;
      setActive(next);
      document.getElementById(`${list}-${next}`)?.scrollIntoView({ block: 'nearest' });
    }
    if (event.key === 'Enter') rows[active]?.run();
  };
  return (
    <Dialog title={t('search.title')} plain size="search" onClose={onClose}>
      <div className={classes.box}>
        <IconSearch size={20} aria-hidden />
        <input
          data-autofocus
          role="combobox"
          aria-expanded={rows.length > 0}
          aria-controls={list}
          aria-activedescendant={rows[active] ? `${list}-${active}` : undefined}
          aria-label={t('search.placeholder')}
          placeholder={t('search.placeholder')}
          enterKeyHint="go"
          autoComplete="off"
          value={q}
          onChange={(event) => {
            setQ(event.currentTarget.value);
            setActive(0);
          }}
          onKeyDown={onKey}
        />
        <button type="button" className={classes.leave} onClick={onClose}><kbd aria-hidden>Esc</kbd><span className="visually-hidden">{t('close')}</span></button>
      </div>
      <ul id={list} role="listbox" aria-label={t('search.title')} className={classes.hits}>
        {rows.map((row, i) => <RowItem key={row.id} id={`${list}-${i}`} row={row} active={i === active} onHover={() => setActive(i)} />)}
      </ul>
      <p className={classes.hint} role="status">
        {wanted.length < 2 ? t('search.hint') : data && data.items.length === 0 ? t('search.none', { q: wanted }) : t('search.results', { count: data?.items.length ?? 0 })}
      </p>
    </Dialog>
  );
}

function RowItem({ id, row, active, onHover }: { id: string; row: Row; active: boolean; onHover(): void }) {
  const RowIcon = row.icon;
  return (
    <>
      {row.group && <li role="presentation" className={classes.group}>{row.group}</li>}
      {/* The keyboard of a listbox lives in its combobox. */}
      <li id={id} role="option" aria-selected={active} className={classes.hit} onMouseMove={onHover} onClick={row.run}>
        <RowIcon size={18} stroke={1.7} aria-hidden />
        <span className={classes.hitText}>
          <span className="ellipsis">{row.title}</span>
          {row.detail && <span className="ellipsis muted">{row.detail}</span>}
        </span>
        <span className={classes.kind}>{row.kind}</span>
      </li>
    </>
  );
}

/** What the box offers: hits, else what was opened lately; and the rooms whose name fits. */
function useRows(q: string, hits: Hit[], onClose: () => void): Row[] {
  const { t } = useWords();
  const navigate = useNavigate();
  const open = useOpenHit(onClose);
  const { data: session } = useQuery({ ...sessionQuery, enabled: false });
  const found = q.length > 1 ? hits : recent();
  const things = found.map<Row>((hit, i) => ({
    id: `${hitKey(hit)}${i}`,
    icon: ICONS[hit.kind],
    title: hit.title,
    detail: hit.detail,
    kind: t(`search.${hit.kind}`),
    ...(i === 0 && q.length < 2 ? { group: t('search.recent') } : {}),
    run: () => void open(hit),
  }));
  const low = q.toLocaleLowerCase();
  const rooms = ROOMS.filter((room) => session?.permissions.includes(room.permission) && (q === '' || t(room.label).toLocaleLowerCase().startsWith(low)));
  const places = rooms.map<Row>((room, i) => ({
    id: room.to,
    icon: IconArrowRight,
    title: t('search.go', { room: t(room.label) }),
    detail: '',
    kind: `G ${room.key.toUpperCase()}`,
    ...(i === 0 ? { group: t('search.actions') } : {}),
    run: () => {
      onClose();
      void navigate({ to: room.to, search: {} as never });
    },
  }));
  return [...things, ...places];
}

function useOpenHit(onClose: () => void) {
  const navigate = useNavigate();
  return async (hit: Hit) => {
    remember(hit);
    onClose();
    if (hit.return_id) await navigate({ to: '/returns', search: { tab: 'new', open: hit.return_id } });
    else if (hit.customer_id) await navigate({ to: '/customers/$customerId', params: { customerId: hit.customer_id } });
    else if (hit.product_id) await navigate({ to: '/products/$productId', params: { productId: hit.product_id } });
    else if (hit.order_id) await navigate({ to: '/orders/$orderId', params: { orderId: hit.order_id } });
  };
}
