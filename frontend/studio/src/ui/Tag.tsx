import type { Icon } from '@tabler/icons-react';
import type { Tone } from './Status';
import classes from './Status.module.css';

/** A word with colour and icon, where the state is not one of the server's lists in Status. */
export function Tag({ tone, icon: Icon, children }: { tone: Tone; icon: Icon; children: string }) {
  return (
    <span className={classes.status} data-tone={tone}>
      <Icon size={14} stroke={2.2} aria-hidden />
      {children}
    </span>
  );
}
