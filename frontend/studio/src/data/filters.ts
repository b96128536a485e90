/** What the addresses of the lists may say; each word is also a word of the server. */
export const DAYS = ['7', '30', '90', '365'] as const;
export const PARCEL_TABS = ['on_the_way', 'out_for_delivery', 'problem', 'stuck', 'returning', 'delivered'] as const;
export const PILES = ['sent', 'waiting', 'stopped', 'failed'] as const;
export const DELIVERY_STATES = ['due', 'running', 'delivered', 'failed'] as const;
export const TICKET_TABS = ['open', 'waiting', 'closed'] as const;
export const TOPICS = ['wismo', 'return', 'product', 'other'] as const;
export const STOCK = ['low', 'out', 'quarantine'] as const;

export type Days = (typeof DAYS)[number];
export type ParcelTab = (typeof PARCEL_TABS)[number];
export type TicketTab = (typeof TICKET_TABS)[number];
export type Topic = (typeof TOPICS)[number];
export type Pile = (typeof PILES)[number];
export type DeliveryState = (typeof DELIVERY_STATES)[number];
export type StockFilter = (typeof STOCK)[number];

export interface OrderFilters {
  q?: string;
  progress?: 'unfulfilled' | 'partial' | 'fulfilled' | 'cancelled';
  trouble?: 'yes';
  country?: string;
  days?: Days;
}

/** `open` is the one beside the list. */
export interface ParcelFilters {
  tab: ParcelTab;
  open?: string;
  carrier?: string;
  country?: string;
  days?: Days;
}

export interface MessageFilters {
  open?: string;
  pile?: Pile;
  kind?: 'service' | 'marketing';
  template?: string;
  days?: Days;
}

export interface TicketFilters {
  tab: TicketTab;
  open?: string;
  topic?: Topic;
  mine?: 'yes';
}
