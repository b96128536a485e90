import { Button, Skeleton } from '@mantine/core';
import { useRef, type CSSProperties, type ReactNode } from 'react';
import { useKeys } from '../shell/keys';
import { useWords } from '../words/Words';
import classes from './Table.module.css';

export interface Column<R> {
  key: string;
  label: string;
  /** The track of the grid on a wide screen. */
  width?: string;
  end?: boolean;
  /** On a phone's card the cell is told apart by its label. */
  named?: boolean;
  /** The place on a phone's card: a b / c d / e. Without one the cell is left out there. */
  area?: 'a' | 'b' | 'c' | 'd' | 'e';
  cell(row: R): ReactNode;
}

interface Props<R> {
  label: string;
  columns: Column<R>[];
  /** Undefined while the first page is on its way. */
  rows: R[] | undefined;
  keyOf(row: R): string;
  current?: string;
  more?: { has: boolean; busy: boolean; load(): void };
}

/** Class of the link that makes a whole row pressable; one in each row. */
export const rowLink = classes.link!;

const WAITING = [0, 1, 2, 3, 4, 5, 6, 7];

/** A list of things: a table where there is room, cards on a phone. J and K walk through it, Enter opens. */
export function Table<R>({ label, columns, rows, keyOf, current, more }: Props<R>) {
  const { t } = useWords();
  const body = useRef<HTMLDivElement>(null);
  const walk = (by: 1 | -1) => () => {
    const links = [...(body.current?.querySelectorAll<HTMLElement>(`.${classes.link}`) ?? [])];
    const at = links.findIndex((link) => link === document.activeElement);
    const next = links[at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
  };
  useKeys({ j: walk(1), k: walk(-1) });
  const tracks = { '--columns': columns.map((column) => column.width ?? 'minmax(0, 1fr)').join(' ') } as CSSProperties;
  return (
    <div className={`card ${classes.table}`} style={tracks}>
      <div role="table" aria-label={label} aria-busy={!rows}>
        <div role="rowgroup">
          <div role="row" className={classes.header}>
            {columns.map((column) => <span key={column.key} role="columnheader" data-end={column.end || undefined}>{column.label}</span>)}
          </div>
        </div>
        <div role="rowgroup" className={classes.body} ref={body}>
          {rows ? rows.map((row) => <Row key={keyOf(row)} row={row} columns={columns} current={keyOf(row) === current} />) : WAITING.map((i) => (
            <div role="row" className={classes.row} key={i}><span role="cell" className={classes.whole}><Skeleton height={40} radius={10} /></span></div>
          ))}
        </div>
      </div>
      {more?.has && <div className={classes.more}><Button variant="subtle" fullWidth loading={more.busy} onClick={more.load}>{t('loadMore')}</Button></div>}
    </div>
  );
}

function Row<R>({ row, columns, current }: { row: R; columns: Column<R>[]; current: boolean }) {
  return (
    <div role="row" className={classes.row} data-current={current || undefined}>
      {columns.map((column) => (
        <span key={column.key} role="cell" className={classes.cell} data-end={column.end || undefined} data-area={column.area} style={{ '--area': column.area } as CSSProperties}>
          {column.named && <span className={`muted ${classes.name}`} aria-hidden>{column.label}</span>}
          {column.cell(row)}
        </span>
      ))}
    </div>
  );
}

/** Two lines of a cell, the second one quieter; a third one only on a phone's card. */
export function Two({ first, second, third }: { first: ReactNode; second?: ReactNode; third?: ReactNode }) {
  return (
    <span className={classes.two}>
      <span className="ellipsis">{first}</span>
      {second && <span className="ellipsis">{second}</span>}
      {third && <span className={classes.third}>{third}</span>}
    </span>
  );
}
