import { IconChevronDown } from '@tabler/icons-react';
import classes from './Page.module.css';

export interface Option {
  value: string;
  label: string;
}

interface Props {
  label: string;
  value: string | undefined;
  /** What the list offers beside "all". */
  options: Option[];
  all: string;
  onChange(value: string | undefined): void;
}

/** One filter of a list: the system's own select, which every phone and screen reader knows. */
export function Filter({ label, value, options, all, onChange }: Props) {
  return (
    <span className={classes.filter} data-on={value ? true : undefined}>
      <select aria-label={label} value={value ?? ''} onChange={(event) => onChange(event.currentTarget.value || undefined)}>
        <option value="">{all}</option>
        {options.map((option) => <option key={option.value} value={option.value}>{option.label}</option>)}
      </select>
      <IconChevronDown size={16} aria-hidden />
    </span>
  );
}
