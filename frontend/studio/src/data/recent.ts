import type { Schemas } from '@comeback/api';

type Hit = Schemas['SearchHit'];

const KEY = 'comeback-recent';
const KEPT = 6;

export const hitKey = (hit: Hit): string => [hit.kind, hit.shipment_id ?? hit.return_id ?? hit.order_id ?? hit.customer_id ?? hit.product_id].join(':');

/** What was opened from the search lately, in this tab; it ends with the session, as customers' names should. */
export function recent(): Hit[] {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as Hit[];
  } catch {
    return [];
  }
}

export function remember(hit: Hit): void {
  try {
    const others = recent().filter((known) => hitKey(known) !== hitKey(hit));
    sessionStorage.setItem(KEY, JSON.stringify([hit, ...others].slice(0, KEPT)));
  } catch {
    // storage can be full or forbidden; the search works without a memory
  }
}

export function forgetRecent(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // see above
  }
}
