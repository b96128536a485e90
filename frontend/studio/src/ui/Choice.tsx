import { useId, type ReactNode } from 'react';
import classes from './Choice.module.css';

interface Props<T extends string> {
  legend: string;
  /** The legend is only said, not shown. */
  quiet?: boolean;
  value: T;
  options: { value: T; label: ReactNode; lang?: string }[];
  onChange(value: T): void;
}

/** One of a few, side by side: real radio buttons, so arrow keys and screen readers know what they are. */
export function Choice<T extends string>({ legend, quiet, value, options, onChange }: Props<T>) {
  const name = useId();
  return (
    <fieldset className={classes.choice}>
      <legend className={quiet ? 'visually-hidden' : classes.legend}>{legend}</legend>
      <div className={classes.strip}>
        {options.map((option) => (
          <label key={option.value} lang={option.lang}>
            <input type="radio" name={name} value={option.value} checked={option.value === value} onChange={() => onChange(option.value)} />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
