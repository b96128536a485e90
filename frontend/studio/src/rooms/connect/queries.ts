import { api, body, type Schemas } from '@comeback/api';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

export type Store = Schemas['ConnectionOut'];
export type WriteBack = Schemas['WriteBack'];
export type Write = Schemas['WriteOut'];
export type Vendor = 'shopify' | 'woocommerce';
export const VENDORS: readonly Vendor[] = ['shopify', 'woocommerce'];
export const OBJECTS = ['order', 'product', 'customer'] as const;

export const storesQuery = queryOptions({
  queryKey: ['stores'],
  queryFn: async () => (await body(api.GET('/api/v1/connections'))).items.filter((item) => item.kind === 'storefront'),
});

export const writesQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['stores', id, 'writes'],
    queryFn: ({ pageParam }) =>
      body(api.GET('/api/v1/connections/{connection_id}/writes', { params: { path: { connection_id: id }, query: pageParam ? { cursor: pageParam } : {} } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** The last moment at which the shop answered for any kind of object. */
export function lastContact(store: Store): string | undefined {
  return store.syncs.map((sync) => sync.checked_at).filter((at) => at !== null).sort().at(-1);
}
