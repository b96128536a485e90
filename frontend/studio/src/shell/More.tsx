import { Link } from '@tanstack/react-router';
import { Dialog } from '../ui/Dialog';
import { useWords } from '../words/Words';
import type { Room } from './rooms';
import classes from './Shell.module.css';

/** The rooms that do not fit into the bar of a phone. */
export function More({ rooms, onClose }: { rooms: Room[]; onClose(): void }) {
  const { t } = useWords();
  return (
    <Dialog title={t('nav.more')} onClose={onClose}>
      <nav className={classes.moreRooms} aria-label={t('nav.more')}>
        {rooms.map(({ to, label, icon: RoomIcon }) => (
          <Link key={to} to={to} search={{} as never} onClick={onClose}>
            <RoomIcon size={22} stroke={1.7} aria-hidden />
            {t(label)}
          </Link>
        ))}
      </nav>
    </Dialog>
  );
}
