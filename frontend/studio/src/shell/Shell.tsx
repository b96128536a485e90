import { IconDots, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { overviewQuery, sessionQuery } from '../data/queries';
import { useWords } from '../words/Words';
import { Account } from './Account';
import { useGo, useKeys, useSearchKey } from './keys';
import { Offline } from './Offline';
import { IN_BAR, ROOMS, type Room } from './rooms';
import classes from './Shell.module.css';

const Search = lazy(() => import('./Search').then((m) => ({ default: m.Search })));
const More = lazy(() => import('./More').then((m) => ({ default: m.More })));
const Shortcuts = lazy(() => import('./Shortcuts').then((m) => ({ default: m.Shortcuts })));

/** The frame of every room: navigation at the side (wide) or at the bottom (phone), search, account. */
export function Shell() {
  const { t } = useWords();
  const [searching, setSearching] = useState(false);
  const [help, setHelp] = useState(false);
  const { data: session } = useQuery({ ...sessionQuery, enabled: false });
  useSearchKey(() => setSearching(true));
  useKeys({ '/': () => setSearching(true), '?': () => setHelp(true) });
  useEffect(() => {
    // What Ctrl K opens is there before it is wanted, so that no letter typed right after it is lost.
    const soon = setTimeout(() => void import('./Search'), 1500);
    return () => clearTimeout(soon);
  }, []);
  const navigate = useNavigate();
  const rooms = ROOMS.filter((room) => session?.permissions.includes(room.permission));
  useGo(Object.fromEntries(rooms.map((room) => [room.key, () => void navigate({ to: room.to, search: {} as never })])));
  const main = useFocusOnRoom();
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#main">{t('skip')}</a>
      <aside className={classes.side}>
        <ShopMark name={session?.shop.name ?? ''} />
        <button type="button" className={classes.search} onClick={() => setSearching(true)}>
          <IconSearch size={16} aria-hidden />
          <span className="ellipsis">{t('nav.search')}</span>
          <kbd>Ctrl K</kbd>
        </button>
        <Rooms rooms={rooms} />
        <Account session={session} onShortcuts={() => setHelp(true)} />
      </aside>
      <header className={classes.top}>
        <ShopMark name={session?.shop.name ?? ''} />
        <button type="button" className={classes.iconButton} onClick={() => setSearching(true)} aria-label={t('search.open')}>
          <IconSearch size={20} aria-hidden />
        </button>
        <Account session={session} onShortcuts={() => setHelp(true)} compact />
      </header>
      <main id="main" ref={main} tabIndex={-1} className={classes.main}>
        <Offline />
        <Outlet />
      </main>
      <Suspense>
        {searching && <Search onClose={() => setSearching(false)} />}
        {help && <Shortcuts onClose={() => setHelp(false)} />}
      </Suspense>
    </div>
  );
}

function ShopMark({ name }: { name: string }) {
  return (
    <div className={classes.mark}>
      <span className={classes.logo} aria-hidden>{name.charAt(0)}</span>
      <span className="ellipsis">{name}</span>
    </div>
  );
}

function Rooms({ rooms }: { rooms: Room[] }) {
  const { t } = useWords();
  const waiting = useWaiting();
  const [more, setMore] = useState(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const rest = rooms.slice(IN_BAR);
  return (
    <nav className={classes.rooms} aria-label={t('nav.label')}>
      {rooms.map(({ to, label, icon: RoomIcon }, i) => (
        <Link key={to} to={to} search={{} as never} className={classes.room} data-rest={i >= IN_BAR || undefined} activeOptions={{ exact: to === '/', includeSearch: false }}>
          <RoomIcon size={20} stroke={1.7} aria-hidden />
          <span>{t(label)}</span>
          {to === '/returns' && waiting > 0 && (
            <span className={classes.count}>
              <span aria-hidden>{waiting}</span>
              <span className="visually-hidden">{t('nav.waiting', { count: waiting })}</span>
            </span>
          )}
        </Link>
      ))}
      {rest.length > 0 && (
        <button type="button" className={`${classes.room} ${classes.moreButton}`} data-active={rest.some((room) => path.startsWith(room.to)) || undefined} onClick={() => setMore(true)}>
          <IconDots size={20} stroke={1.7} aria-hidden />
          <span>{t('nav.more')}</span>
        </button>
      )}
      <Suspense>{more && <More rooms={rest} onClose={() => setMore(false)} />}</Suspense>
    </nav>
  );
}

/** Returns that need a person, as the overview counts them. */
function useWaiting(): number {
  const { data } = useQuery({ ...overviewQuery, refetchInterval: 60_000 });
  const mine = new Set(['approve', 'review', 'check_in', 'inspect', 'settle']);
  return data?.needs.filter((need) => mine.has(need.kind)).reduce((sum, need) => sum + need.count, 0) ?? 0;
}

/** A change of the room moves the focus to its start, so that the keyboard and the screen reader follow the eye. */
function useFocusOnRoom() {
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const before = useRef(path);
  useEffect(() => {
    if (before.current !== undefined && before.current !== path) main.current?.focus({ preventScroll: true });
    before.current = path;
  }, [path]);
  return main;
}
