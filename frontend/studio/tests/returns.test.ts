import { Problem, type Schemas } from '@comeback/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defer, flushDeferred } from '../src/data/deferred';
import { sentence } from '../src/data/problem';
import { graded, mistakes, open, start, toSend } from '../src/rooms/returns/inspection';
import { neighbour } from '../src/rooms/returns/selection';
import { confirmation } from '../src/rooms/returns/Settle';
import { deliveryOf, stepOf } from '../src/ui/parcelSteps';
import { formatsFor } from '../src/words/format';
import { english } from '../src/words/en';
import { fill, type Key, type Params } from '../src/words/messages';

const t = (key: Key, params?: Params) => fill(english[key], 'en', params);
const line = (id: string, quantity: number, graded = 0) =>
  ({ id, quantity, inspections: graded ? [{ quantity: graded, grade: 'A' }] : [] }) as unknown as Schemas['ReturnLineOut'];

describe('inspection', () => {
  it('starts with what still waits, all of it as new', () => {
    const found = start([line('a', 2), line('b', 1, 1), line('c', 3, 1)]);
    expect(found.map((f) => [f.line, f.arrived, f.grade, f.disposition])).toEqual([['a', 2, 'A', 'restock'], ['c', 2, 'A', 'restock']]);
    expect(open(line('c', 3, 1))).toBe(2);
  });

  it('proposes where goods of a grade go', () => {
    const [first] = start([line('a', 1)]);
    expect(graded(first!, 'D').disposition).toBe('quarantine');
  });

  it('asks for the reason of a deduction and for something that arrived', () => {
    const [first] = start([line('a', 1)]);
    expect(mistakes([{ ...first!, deduction: 20 }]).get('a')).toBe('inspect.reasonMissing');
    expect(mistakes([{ ...first!, deduction: 20, deductionReason: 'A stain' }]).size).toBe(0);
    expect(mistakes([{ ...first!, arrived: 0 }]).get('')).toBe('inspect.missing');
  });

  it('sends only what arrived, and no reason without a deduction', () => {
    const found = start([line('a', 1), line('b', 1)]);
    const sent = toSend([{ ...found[0]!, deductionReason: 'left over' }, { ...found[1]!, arrived: 0 }]);
    expect(sent).toEqual([{ line: 'a', quantity: 1, grade: 'A', disposition: 'restock', deduction_percent: 0, deduction_reason: null, note: null }]);
  });
});

describe('neighbour', () => {
  it('walks the list and stops at its ends', () => {
    expect(neighbour(['a', 'b'], undefined, 1)).toBe('a');
    expect(neighbour(['a', 'b'], 'a', 1)).toBe('b');
    expect(neighbour(['a', 'b'], 'b', 1)).toBeUndefined();
    expect(neighbour(['a', 'b'], 'a', -1)).toBeUndefined();
    expect(neighbour(['a', 'b'], 'gone', 1)).toBe('a');
  });
});

describe('defer', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('runs once after its time', () => {
    const run = vi.fn();
    const job = defer(run, 5000);
    vi.advanceTimersByTime(4999);
    expect(run).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    job.flush();
    expect(run).toHaveBeenCalledTimes(1);
    expect(job.undo()).toBe(false);
  });

  it('never runs when it was undone', () => {
    const run = vi.fn();
    expect(defer(run, 10).undo()).toBe(true);
    vi.advanceTimersByTime(20);
    flushDeferred();
    expect(run).not.toHaveBeenCalled();
  });

  it('runs at once when the page is left', () => {
    const run = vi.fn();
    defer(run, 5000);
    flushDeferred();
    expect(run).toHaveBeenCalledTimes(1);
  });
});

describe('sentence', () => {
  it.each([
    [0, 'problem.offline'], [403, 'problem.forbidden'], [404, 'problem.notFound'], [429, 'problem.tooMany'], [500, 'problem.server'], [503, 'problem.server'],
  ] as const)('%i is said in words', (status, key) => {
    expect(sentence(new Problem(status, { detail: 'internals' }), t)).toBe(english[key]);
  });

  it('passes on what the server explains', () => {
    expect(sentence(new Problem(409, { detail: 'The return is closed.' }), t)).toBe('The return is closed.');
    expect(sentence(new Problem(422, { errors: [{ pointer: '/a', message: 'Too long.' }] }), t)).toBe('Too long.');
    expect(sentence(new TypeError('x'), t)).toBe(english['problem.server']);
  });

  it('knows a problem by the end of its type', () => {
    expect(new Problem(409, { type: 'urn:comeback:problem:settlement-changed' }).slug).toBe('settlement-changed');
  });
});

describe('confirmation', () => {
  const sums = { currency: 'EUR', refund_total: 0, credit_total: 0, bonus_total: 0 } as Schemas['MoneyOut'];
  const words = { t, money: formatsFor('en-GB', 'UTC').money };

  it('names the exact amounts', () => {
    expect(confirmation(words, { ...sums, refund_total: 8660 })).toBe('Refund €86.60');
    expect(confirmation(words, { ...sums, credit_total: 5400, bonus_total: 540 })).toBe('Issue €59.40 credit');
    expect(confirmation(words, { ...sums, refund_total: 100, credit_total: 200 })).toBe('Refund €1.00 and issue €2.00 credit');
    expect(confirmation(words, sums)).toBe('Settle without money');
  });
});

describe('parcel', () => {
  const parcel = { status: 'in_transit', delay: null, direction: 'outbound', label_state: null, shipped_at: null, delivered_at: null } as const;

  it('stands on a step', () => {
    expect(stepOf({ ...parcel, status: 'pending' })).toBe(-1);
    expect(stepOf({ ...parcel, status: 'pending', shipped_at: '2026-11-01T00:00:00Z' })).toBe(0);
    expect(stepOf(parcel)).toBe(1);
    expect(stepOf({ ...parcel, status: 'returning', delivered_at: '2026-11-01T00:00:00Z' })).toBe(3);
  });

  it('tells of a delay, and of a label before the carrier has the parcel', () => {
    expect(deliveryOf({ ...parcel, delay: 'weather' })).toBe('delayed');
    expect(deliveryOf({ ...parcel, direction: 'return', status: 'pending', label_state: 'label_pending' })).toBe('label_pending');
    expect(deliveryOf({ ...parcel, direction: 'return', label_state: 'label_ready' })).toBe('in_transit');
  });
});
