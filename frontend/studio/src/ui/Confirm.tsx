import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { sentence } from '../data/problem';
import { useWords } from '../words/Words';
import classes from './Confirm.module.css';
import { Dialog } from './Dialog';

interface Props {
  title: string;
  /** What will happen, in a sentence or two. */
  children: ReactNode;
  action: string;
  /** Cannot be taken back. */
  danger?: boolean;
  busy?: boolean;
  error?: unknown;
  onConfirm(): void;
  onClose(): void;
}

/** Asks once before something that others notice. */
export function Confirm({ title, children, action, danger, busy, error, onConfirm, onClose }: Props) {
  const { t } = useWords();
  return (
    <Dialog title={title} onClose={onClose}>
      <div className={classes.body}>
        <div className={classes.text}>{children}</div>
        {error !== undefined && error !== null && <p role="alert" className={classes.error}>{sentence(error, t)}</p>}
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose} data-autofocus>{t('cancel')}</Button>
          <Button color={danger ? 'red.8' : undefined} loading={busy} onClick={onConfirm}>{action}</Button>
        </div>
      </div>
    </Dialog>
  );
}
