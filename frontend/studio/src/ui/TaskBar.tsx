import { useWords } from '../words/Words';
import classes from './TaskBar.module.css';

/** How far a long work is; without a total the bar only tells that something moves. */
export function TaskBar({ label, done, total }: { label: string; done: number; total: number | null }) {
  const { t, percent } = useWords();
  const share = total ? Math.min(1, done / total) : undefined;
  return (
    <div className={classes.task}>
      <div className={classes.words}>
        <span>{label}</span>
        <span className="muted num">{share === undefined ? done > 0 && t('task.done', { count: done }) : t('task.of', { done, total: total ?? 0, share: percent(share) })}</span>
      </div>
      <div role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={share === undefined ? undefined : Math.round(share * 100)} className={classes.bar} data-moving={share === undefined || undefined}>
        <span style={share === undefined ? undefined : { width: `${share * 100}%` }} />
      </div>
    </div>
  );
}
