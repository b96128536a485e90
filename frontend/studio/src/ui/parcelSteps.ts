import type { Schemas } from '@comeback/api';

type Parcel = Pick<Schemas['ParcelOut'], 'status' | 'delay' | 'direction' | 'label_state' | 'shipped_at' | 'delivered_at'>;

export const STEPS = ['shipped', 'in_transit', 'out_for_delivery', 'delivered'] as const;

const STEP_OF: Record<string, number> = {
  in_transit: 1,
  exception: 1,
  attempt_failed: 2,
  available_for_pickup: 2,
  out_for_delivery: 2,
  delivered: 3,
};

/** The step the parcel stands on; −1 before the carrier has it. */
export function stepOf(parcel: Parcel): number {
  if (parcel.delivered_at) return 3;
  return STEP_OF[parcel.status] ?? (parcel.shipped_at ? 0 : -1);
}

const BEFORE_CARRIER = new Set(['pending', 'info_received', 'expired']);

/** The word of the badge: a delay and a label that is not ready yet are worth more than the bare status. */
export function deliveryOf(parcel: Parcel): string {
  if (parcel.direction === 'return' && BEFORE_CARRIER.has(parcel.status) && parcel.label_state) return parcel.label_state;
  if (parcel.delay && parcel.status === 'in_transit') return 'delayed';
  return parcel.status;
}
