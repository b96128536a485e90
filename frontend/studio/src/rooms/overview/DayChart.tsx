import { useElementSize } from '@mantine/hooks';
import type { Schemas } from '@comeback/api';
import { useState } from 'react';
import { useWords } from '../../words/Words';
import classes from './Charts.module.css';

type Day = Schemas['DayOut'];
export interface Series {
  key: 'shipped' | 'delivered' | 'mails' | 'read';
  label: string;
}

const HEIGHT = 176;
const FOOT = 24;
const LEFT = 36;

/** A round number at or above the highest value, so that the lines of the grid can be read. */
function ceiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [1, 2, 4, 5, 10].map((step) => step * power).find((step) => step >= value) ?? value;
}

interface Props {
  days: Day[];
  series: [Series, Series];
  label: string;
}

/** Two values a day: bars for the first, a line for the second. Drawn in the browser's pixels, so text keeps its size. */
export function DayChart({ days, series, label }: Props) {
  const { day, number } = useWords();
  const { ref, width } = useElementSize();
  const [at, setAt] = useState<number | null>(null);
  const [bars, line] = series;
  const top = ceiling(Math.max(...days.flatMap((row) => [row[bars.key], row[line.key]])));
  const inner = Math.max(0, width - LEFT);
  const step = inner / days.length;
  const y = (value: number) => 8 + (HEIGHT - 8) * (1 - value / top);
  const x = (i: number) => LEFT + step * (i + 0.5);
  const shown = at === null ? null : days[at];
  const ticks = days.length > 1 ? [0, Math.floor(days.length / 2), days.length - 1] : [0];
  const path = days.map((row, i) => `${i ? 'L' : 'M'}${x(i).toFixed(1)} ${y(row[line.key]).toFixed(1)}`).join('');
  return (
    <div className={classes.chart}>
      <p className={classes.legend}>
        <span data-kind="bar">{bars.label}{shown && `: ${number(shown[bars.key])}`}</span>
        <span data-kind="line">{line.label}{shown && `: ${number(shown[line.key])}`}</span>
        {shown && <span className="muted">{day(shown.day)}</span>}
      </p>
      <div ref={ref} className={classes.canvas} style={{ height: HEIGHT + FOOT }} onMouseLeave={() => setAt(null)} onMouseMove={(e) => {
        const i = Math.floor((e.nativeEvent.offsetX - LEFT) / step);
        setAt(i >= 0 && i < days.length ? i : null);
      }}>
        <svg width={width} height={HEIGHT + FOOT} role="img" aria-label={label}>
          {[0, 0.5, 1].map((share) => (
            <g key={share}>
              <line x1={LEFT} x2={width} y1={y(top * share)} y2={y(top * share)} className={classes.ruler} />
              {Number.isInteger(top * share) && <text x={LEFT - 8} y={y(top * share) + 4} textAnchor="end">{number(top * share)}</text>}
            </g>
          ))}
          {at !== null && <rect x={LEFT + step * at} y={8} width={step} height={HEIGHT - 8} className={classes.here} />}
          {days.map((row, i) => row[bars.key] > 0 && <rect key={row.day} x={x(i) - step * 0.32} y={y(row[bars.key])} width={step * 0.64} height={HEIGHT - y(row[bars.key])} rx={Math.min(3, step * 0.2)} className={classes.column} />)}
          <path d={path} className={classes.line} />
          {ticks.map((i, n) => <text key={i} x={n === 0 ? LEFT : n === ticks.length - 1 ? width : x(i)} y={HEIGHT + 18} textAnchor={n === 0 ? 'start' : n === ticks.length - 1 ? 'end' : 'middle'}>{day(days[i]!.day)}</text>)}
        </svg>
      </div>
    </div>
  );
}
