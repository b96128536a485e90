import { IconBinaryTree, IconHome, IconMail, IconMessageCircle, IconPackages, IconReceipt, IconSettings, IconTag, IconTruck, IconUsers, type Icon } from '@tabler/icons-react';
import type { Key } from '../words/messages';

export interface Room {
  to: '/' | '/orders' | '/shipments' | '/returns' | '/customers' | '/tickets' | '/messages' | '/flows' | '/products' | '/settings';
  label: Key;
  icon: Icon;
  /** Second key after G. */
  key: string;
  permission: string;
}

/** All rooms in the order of the day's work; on a phone the first four stand in the bar, the others behind "More". */
export const ROOMS: Room[] = [
  { to: '/', label: 'nav.overview', icon: IconHome, key: 'h', permission: 'orders:read' },
  { to: '/returns', label: 'nav.returns', icon: IconReceipt, key: 'r', permission: 'returns:read' },
  { to: '/orders', label: 'nav.orders', icon: IconPackages, key: 'o', permission: 'orders:read' },
  { to: '/shipments', label: 'nav.shipments', icon: IconTruck, key: 's', permission: 'shipments:read' },
  { to: '/tickets', label: 'nav.tickets', icon: IconMessageCircle, key: 't', permission: 'tickets:read' },
  { to: '/customers', label: 'nav.customers', icon: IconUsers, key: 'c', permission: 'customers:read' },
  { to: '/messages', label: 'nav.messages', icon: IconMail, key: 'm', permission: 'messages:read' },
  { to: '/flows', label: 'nav.flows', icon: IconBinaryTree, key: 'f', permission: 'flows:read' },
  { to: '/products', label: 'nav.products', icon: IconTag, key: 'p', permission: 'products:read' },
  { to: '/settings', label: 'nav.settings', icon: IconSettings, key: ',', permission: 'settings:read' },
];
export const IN_BAR = 4;
