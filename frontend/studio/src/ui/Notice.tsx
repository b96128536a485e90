import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './Notice.module.css';

const ICONS = { info: IconInfoCircle, warn: IconAlertTriangle, bad: IconAlertTriangle, good: IconCircleCheck };

/** A sentence that stays on the page. */
export function Notice({ tone = 'info', children, action }: { tone?: keyof typeof ICONS; children: ReactNode; action?: ReactNode }) {
  const Icon = ICONS[tone];
  return (
    <div className={classes.notice} data-tone={tone}>
      <Icon size={20} stroke={1.8} aria-hidden />
      <div className={classes.text}>{children}</div>
      {action}
    </div>
  );
}
