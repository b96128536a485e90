import { IconMinus, IconPlus } from '@tabler/icons-react';
import { useId } from 'react';
import { useWords } from '../../words/Words';
import classes from './Inspect.module.css';

interface Props {
  label: string;
  suffix: string;
  value: number;
  max: number;
  onChange(value: number): void;
}

/** A small whole number between 0 and `max`, by buttons or arrow keys. */
export function Stepper({ label, suffix, value, max, onChange }: Props) {
  const { t } = useWords();
  const id = useId();
  return (
    <div className={classes.field}>
      <label className={classes.label} htmlFor={id}>{label}</label>
      <div className={classes.stepper}>
        <button type="button" aria-label={t('less')} disabled={value <= 0} onClick={() => onChange(value - 1)}><IconMinus size={16} aria-hidden /></button>
        <input id={id} type="number" min={0} max={max} value={value} onChange={(e) => onChange(Math.min(max, Math.max(0, Math.trunc(Number(e.currentTarget.value)) || 0)))} />
        <span className="muted">{suffix}</span>
        <button type="button" aria-label={t('more')} disabled={value >= max} onClick={() => onChange(value + 1)}><IconPlus size={16} aria-hidden /></button>
      </div>
    </div>
  );
}
