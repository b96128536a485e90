import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './Blocks.module.css';

interface Props {
  icon: Icon;
  title: string;
  text?: string;
  /** The one thing to do from here. */
  action?: ReactNode;
  /** A part of a page, not the page. */
  small?: boolean;
}

export function Empty({ icon: Icon, title, text, action, small }: Props) {
  return (
    <div className={classes.empty} data-small={small}>
      <span className={classes.emptyIcon}>
        <Icon size={24} stroke={1.6} aria-hidden />
      </span>
      <p className={classes.emptyTitle}>{title}</p>
      {text && <p className="muted">{text}</p>}
      {action && <div className={classes.emptyAction}>{action}</div>}
    </div>
  );
}
