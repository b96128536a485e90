import { useId, type ReactNode } from 'react';
import classes from './Blocks.module.css';

interface Props {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
  /** Lists bring their own padding. */
  flush?: boolean;
}

export function Section({ title, aside, children, flush }: Props) {
  const id = useId();
  return (
    <section className={`card ${classes.section}`} aria-labelledby={id}>
      <div className={classes.sectionHead}>
        <h2 id={id}>{title}</h2>
        {aside}
      </div>
      <div className={flush ? undefined : classes.sectionBody}>{children}</div>
    </section>
  );
}

/** A label and an amount in one line of a breakdown. */
export function Line({ label, value, strong, sub }: { label: string; value: string; strong?: boolean; sub?: boolean }) {
  return (
    <div className={classes.line} data-strong={strong || undefined} data-sub={sub || undefined}>
      <dt>{label}</dt>
      <dd className="num">{value}</dd>
    </div>
  );
}
