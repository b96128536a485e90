import { Dialog } from '../ui/Dialog';
import { useWords } from '../words/Words';
import type { Key } from '../words/messages';
import { ROOMS } from './rooms';
import classes from './Search.module.css';

const KEYS: [string, Key][] = [
  ['Ctrl K', 'keys.search'],
  ['J', 'keys.next'],
  ['K', 'keys.previous'],
  ['A', 'keys.approve'],
  ['D', 'keys.decline'],
  ['R', 'keys.receive'],
  ['I', 'keys.inspect'],
  ['S', 'keys.settle'],
  ['R', 'keys.reply'],
  ['C', 'keys.close'],
  ['?', 'keys.help'],
];

export function Shortcuts({ onClose }: { onClose(): void }) {
  const { t } = useWords();
  const rooms = ROOMS.map<[string, string]>((room) => [`G ${room.key.toUpperCase()}`, t('search.go', { room: t(room.label) })]);
  const all = [...KEYS.map<[string, string]>(([key, label]) => [key, t(label)]), ...rooms];
  return (
    <Dialog title={t('keys.title')} onClose={onClose}>
      <dl className={classes.keys}>
        {all.map(([key, label]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd><kbd>{key}</kbd></dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
