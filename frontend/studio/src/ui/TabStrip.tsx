import { useEffect, useRef, type ReactNode } from 'react';
import { useWords } from '../words/Words';
import classes from './Page.module.css';

/** A row of links, one for each part of a list; the current one is always in sight. */
export function TabStrip({ label, current, children }: { label: string; current: string; children: ReactNode }) {
  const strip = useRef<HTMLElement>(null);
  useEffect(() => {
    strip.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [current]);
  return <nav className={classes.tabs} aria-label={label} ref={strip}>{children}</nav>;
}

/** The words of a tab and how much it holds; counting stops at `many`. */
export function TabLabel({ label, count, many, bad }: { label: string; count: number | undefined; many: number; bad?: boolean }) {
  const { number } = useWords();
  const text = count === undefined ? ' ' : count >= many ? `${number(many)}+` : number(count);
  return (
    <>
      {label}
      <span className={classes.count} data-empty={!count || undefined} data-bad={(bad && count) || undefined}>{text}</span>
    </>
  );
}
