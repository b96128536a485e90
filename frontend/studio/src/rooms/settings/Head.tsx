import type { ReactNode } from 'react';
import { useWords } from '../../words/Words';
import classes from './Settings.module.css';

/** Title of one settings page, a sentence under it, and its one action. */
export function Head({ title, text, action }: { title: string; text?: string; action?: ReactNode }) {
  const { t } = useWords();
  return (
    <div className={classes.head}>
      <title>{`${title} · ${t('appName')}`}</title>
      <div>
        <h1>{title}</h1>
        {text && <p>{text}</p>}
      </div>
      {action}
    </div>
  );
}
