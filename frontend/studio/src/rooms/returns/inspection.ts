import type { Schemas } from '@comeback/api';

export type Grade = Schemas['InspectLineIn']['grade'];
export type Disposition = Schemas['InspectLineIn']['disposition'];

export const GRADES: readonly Grade[] = ['A', 'B', 'C', 'D'];
export const DISPOSITIONS: readonly Disposition[] = ['restock', 'refurbish', 'quarantine', 'liquidate', 'donate', 'destroy', 'return_to_customer', 'return_to_vendor'];

/** Where goods of a grade usually go; the inspector may choose otherwise. */
export const USUAL: Record<Grade, Disposition> = { A: 'restock', B: 'restock', C: 'refurbish', D: 'quarantine' };

export interface Finding {
  line: string;
  expected: number;
  arrived: number;
  grade: Grade;
  disposition: Disposition;
  deduction: number;
  deductionReason: string;
  note: string;
}

type Line = Schemas['ReturnLineOut'];

/** What of a line still waits for the inspector. */
export function open(line: Line): number {
  return line.quantity - line.inspections.reduce((sum, found) => sum + (found.grade ? found.quantity : 0), 0);
}

export function start(lines: Line[]): Finding[] {
  return lines
    .filter((line) => open(line) > 0)
    .map((line) => ({ line: line.id, expected: open(line), arrived: open(line), grade: 'A', disposition: 'restock', deduction: 0, deductionReason: '', note: '' }));
}

export function graded(finding: Finding, grade: Grade): Finding {
  return { ...finding, grade, disposition: USUAL[grade] };
}

export type Mistake = 'inspect.missing' | 'inspect.reasonMissing';

/** The first mistake of each line; the server checks again. */
export function mistakes(findings: Finding[]): Map<string, Mistake> {
  const found = new Map<string, Mistake>();
  for (const f of findings) if (f.arrived > 0 && f.deduction > 0 && f.deductionReason.trim().length < 3) found.set(f.line, 'inspect.reasonMissing');
  if (findings.every((f) => f.arrived === 0)) found.set('', 'inspect.missing');
  return found;
}

export function toSend(findings: Finding[]): Schemas['InspectLineIn'][] {
  return findings
    .filter((f) => f.arrived > 0)
    .map((f) => ({
      line: f.line,
      quantity: f.arrived,
      grade: f.grade,
      disposition: f.disposition,
      deduction_percent: f.deduction,
      deduction_reason: f.deduction > 0 ? f.deductionReason.trim() : null,
      note: f.note.trim() || null,
    }));
}
