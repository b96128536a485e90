import { DAYS } from '../data/filters';
import type { Words } from '../words/Words';
import type { Option } from './Filter';

/** How far back a list looks. */
export const periods = (t: Words['t']): Option[] => DAYS.map((value) => ({ value, label: t(`period.${value}`) }));
