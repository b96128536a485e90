import { IconWifiOff } from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';
import { useWords } from '../words/Words';
import classes from './Shell.module.css';

function watch(changed: () => void): () => void {
  window.addEventListener('online', changed);
  window.addEventListener('offline', changed);
  return () => {
    window.removeEventListener('online', changed);
    window.removeEventListener('offline', changed);
  };
}

/** Says that what is on the screen may be old. The region is always there, so that it is also said aloud. */
export function Offline() {
  const { t } = useWords();
  const online = useSyncExternalStore(watch, () => navigator.onLine);
  return (
    <div role="status">
      {!online && <p className={classes.offline}><IconWifiOff size={18} aria-hidden />{t('offline')}</p>}
    </div>
  );
}
