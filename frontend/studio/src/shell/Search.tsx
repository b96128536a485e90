import { useDebouncedValue } from '@mantine/hooks';
import type { Schemas } from '@comeback/api';
import { IconPackages, IconReceipt, IconSearch, IconTruck, IconUser, type Icon } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useId, useState, type KeyboardEvent } from 'react';
import { searchQuery } from '../data/queries';
import { Dialog } from '../ui/Dialog';
import { useWords } from '../words/Words';
import classes from './Search.module.css';

type Hit = Schemas['SearchHit'];

const ICONS: Record<Hit['kind'], Icon> = { order: IconPackages, return: IconReceipt, parcel: IconTruck, customer: IconUser };

/** Ctrl K: one box that finds orders, returns, parcels and customers. A combobox: the focus stays in the box. */
export function Search({ onClose }: { onClose(): void }) {
  const { t } = useWords();
  const [q, setQ] = useState('');
  const [wanted] = useDebouncedValue(q.trim(), 120);
  const { data } = useQuery(searchQuery(wanted));
  const hits = wanted.length > 1 ? (data?.items ?? []) : [];
  const [active, setActive] = useState(0);
  const list = useId();
  const open = useOpenHit(onClose);
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && hits.length > 0) {
      event.preventDefault();
      setActive((active + step + hits.length) % hits.length);
    }
    const hit = hits[active];
    if (event.key === 'Enter' && hit) void open(hit);
  };
  return (
    <Dialog title={t('search.title')} plain size="search" onClose={onClose}>
      <div className={classes.box}>
        <IconSearch size={20} aria-hidden />
        <input
          data-autofocus
          role="combobox"
          aria-expanded={hits.length > 0}
          aria-controls={list}
          aria-activedescendant={hits[active] ? `${list}-${active}` : undefined}
          aria-label={t('search.placeholder')}
          placeholder={t('search.placeholder')}
          value={q}
          onChange={(event) => {
            setQ(event.currentTarget.value);
            setActive(0);
          }}
          onKeyDown={onKey}
        />
        <kbd>Esc</kbd>
      </div>
      <ul id={list} role="listbox" aria-label={t('search.title')} className={classes.hits}>
        {hits.map((hit, i) => (
          <HitRow key={`${hit.kind}${hit.order_id}${hit.return_id}${i}`} id={`${list}-${i}`} hit={hit} active={i === active} onHover={() => setActive(i)} onOpen={() => void open(hit)} />
        ))}
      </ul>
      <p className={classes.hint} role="status">
        {wanted.length < 2 ? t('search.hint') : data && hits.length === 0 ? t('search.none', { q: wanted }) : t('search.results', { count: hits.length })}
      </p>
    </Dialog>
  );
}

interface RowProps {
  id: string;
  hit: Hit;
  active: boolean;
  onHover(): void;
  onOpen(): void;
}

function HitRow({ id, hit, active, onHover, onOpen }: RowProps) {
  const { t } = useWords();
  const HitIcon = ICONS[hit.kind];
  return (
    // The keyboard of a listbox lives in its combobox.
    <li id={id} role="option" aria-selected={active} className={classes.hit} onMouseMove={onHover} onClick={onOpen}>
      <HitIcon size={18} stroke={1.7} aria-hidden />
      <span className={classes.hitText}>
        <span className="ellipsis">{hit.title}</span>
        <span className="ellipsis muted">{hit.detail}</span>
      </span>
      <span className={classes.kind}>{t(`search.${hit.kind}`)}</span>
    </li>
  );
}

function useOpenHit(onClose: () => void) {
  const navigate = useNavigate();
  return async (hit: Hit) => {
    onClose();
    if (hit.return_id) await navigate({ to: '/returns', search: { tab: 'new', open: hit.return_id } });
    else if (hit.order_id) await navigate({ to: '/orders/$orderId', params: { orderId: hit.order_id } });
    else await navigate({ to: '/orders', search: { q: hit.detail } });
  };
}
