/** The first values of each column, read from the file itself while it is at hand. */
export type Samples = Record<string, string[]>;

const PEEK = 64 * 1024;
const SHOWN = 3;
const kept = new Map<string, Samples>();

export const keepSamples = (id: string, samples: Samples): void => void kept.set(id, samples);
export const samplesOf = (id: string): Samples => kept.get(id) ?? {};

function decode(bytes: ArrayBuffer): string {
  const start = new Uint8Array(bytes.slice(0, 2));
  if (start[0] === 0xff && start[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (start[0] === 0xfe && start[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  const text = new TextDecoder('utf-8').decode(bytes);
  // A letter may be cut at the end of the piece; broken ones before it mean another encoding.
  return text.slice(0, -2).includes('\uFFFD') ? new TextDecoder('windows-1252').decode(bytes) : text;
}

/** Rows of a CSV text, quotes obeyed; the separator is the one that the head uses most. */
export function rowsOf(text: string): string[][] {
  const head = text.slice(0, Math.max(text.indexOf('\n'), 0) || text.length);
  const separator = [',', ';', '\t', '|'].map((sign) => [head.split(sign).length, sign] as const).sort((a, b) => b[0] - a[0])[0]![1];
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const sign = text[i]!;
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[i + 1] === '"') cell += text[(i += 1)];
      else quoted = false;
    } else if (sign === '"' && cell === '') quoted = true;
    else if (sign === separator || sign === '\n') {
      row.push(cell.trim());
      cell = '';
      if (sign === '\n') {
        rows.push(row);
        row = [];
      }
    } else cell += sign;
  }
  return row.length > 0 || cell ? [...rows, [...row, cell.trim()]] : rows;
}

/** Up to three different values of each column. */
export function samplesFrom(text: string): Samples {
  const [head, ...rows] = rowsOf(text);
  const found = (head ?? []).map((name, at) => [name, [...new Set(rows.slice(0, 50).map((row) => row[at] ?? '').filter(Boolean))].slice(0, SHOWN)] as const);
  return Object.fromEntries(found);
}

export async function peek(file: File): Promise<Samples> {
  try {
    return samplesFrom(decode(await file.slice(0, PEEK).arrayBuffer()));
  } catch {
    return {};
  }
}
