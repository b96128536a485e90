import { describe, expect, test } from 'vitest';
import { basicsOf, special, withBasics, type Policy } from '../src/rooms/settings/policy';

const POLICY: Policy = {
  windows: [
    { when: { field: 'line.category', op: 'eq', value: 'sale' }, resolution: null, days: 7, from: 'delivery' },
    { when: {}, resolution: 'exchange', days: 60, from: 'delivery' },
    { when: {}, resolution: null, days: 30, from: 'delivery' },
  ],
  eligibility: [{ when: { field: 'line.final_sale', op: 'eq', value: true }, decision: 'no', reason: 'final_sale' }],
  fees: [{ kind: 'restocking', amount: null, percent: '10', when: { field: 'line.price', op: 'gt', value: 50000 }, once_per: 'line' }],
  bonus: [{ resolution: 'store_credit', percent: '10', amount: null }],
  auto_approve: [{ when: { field: 'order.total', op: 'lt', value: 10000 } }],
  methods: ['label', 'qr'],
  resolutions: ['refund', 'store_credit'],
  shipping: { refund: 'never', partial_withdrawal: 'proportional' },
  refund_trigger: 'inspected',
  tender_order: 'gift_card_first',
};

describe('the basics of a policy', () => {
  test('are read from the rules without conditions', () => {
    expect(basicsOf(POLICY)).toMatchObject({ days: 30, from: 'delivery', fee: null, bonus: 10, auto: false, more: { fees: true, auto: true } });
    expect(special(POLICY)).toBe(4);
  });

  test('unchanged give the same policy', () => {
    expect(withBasics(POLICY, basicsOf(POLICY))).toEqual(POLICY);
  });

  test('changed leave every rule with a condition as it was', () => {
    const after = withBasics(POLICY, { ...basicsOf(POLICY), days: 45, fee: 490, bonus: null, auto: true, qr: false });
    expect(after.windows).toEqual([(POLICY.windows as unknown[])[0], (POLICY.windows as unknown[])[1], { when: {}, resolution: null, days: 45, from: 'delivery' }]);
    expect(after.fees).toEqual([(POLICY.fees as unknown[])[0], { kind: 'return_shipping', amount: 490, percent: null, when: {}, once_per: 'case' }]);
    expect(after.bonus).toEqual([]);
    expect(after.auto_approve).toEqual([{ when: {} }, (POLICY.auto_approve as unknown[])[0]]);
    expect(after.methods).toEqual(['label']);
    expect(after).toMatchObject({ eligibility: POLICY.eligibility, tender_order: 'gift_card_first', shipping: { refund: 'never', partial_withdrawal: 'proportional' } });
    expect(basicsOf(after)).toMatchObject({ days: 45, fee: 490, bonus: null, auto: true });
  });
});
