import type { Schemas } from '@comeback/api';

type Row = Schemas['ReturnRow'];

/** Rows whose approval has been given but not sent yet are gone from the list already. */
export function visible(rows: Row[], pending: ReadonlySet<string>): Row[] {
  return rows.filter((row) => !pending.has(row.id));
}

/** The row after (or before) the open one; the first one when none is open. Undefined at the end of the list. */
export function neighbour(ids: string[], open: string | undefined, by: 1 | -1): string | undefined {
  const at = open === undefined ? -1 : ids.indexOf(open);
  return at < 0 ? ids[0] : ids[at + by];
}
