import type { Schemas } from '@comeback/api';

type Parcel = Pick<Schemas['ParcelOut'], 'status' | 'substatus' | 'delay' | 'direction' | 'label_state' | 'delivered_at'>;

export const STEPS = ['shipped', 'in_transit', 'out_for_delivery', 'delivered'] as const;

const STEP_OF: Record<string, number> = {
  picked_up: 0,
  shipped: 0,
  in_transit: 1,
  exception: 1,
  delayed: 1,
  attempt_failed: 2,
  available_for_pickup: 2,
  out_for_delivery: 2,
  delivered: 3,
};

/** The step the parcel stands on; −1 before the carrier has it. */
export function stepOf(parcel: Parcel): number {
  return parcel.delivered_at ? 3 : (STEP_OF[parcel.status] ?? -1);
}

const BEFORE_CARRIER = new Set(['pending', 'label_created', 'unknown', 'none']);

/** The word of the badge: a delay and a label that is not ready yet are worth more than the bare status. */
export function deliveryOf(parcel: Parcel): string {
  if (parcel.direction === 'return' && BEFORE_CARRIER.has(parcel.status) && parcel.label_state) return `label_${parcel.label_state.replace('label_', '')}`;
  if (parcel.delay && parcel.status === 'in_transit') return 'delayed';
  return parcel.status;
}
