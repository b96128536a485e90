import { api, body, type Schemas } from '@comeback/api';
import { infiniteQueryOptions, queryOptions, type QueryClient } from '@tanstack/react-query';
import type { DeliveryState } from '../../data/filters';

export type Endpoint = Schemas['EndpointOut'];
export type Delivery = Schemas['DeliveryOut'];
export type DeliveryDetail = Schemas['DeliveryDetail'];
export type EventKind = Schemas['webhooks_schemas_EventOut'];

const onItsWay = (state: string | undefined) => state === 'due' || state === 'running';
const at = (id: string) => ({ params: { path: { webhook_id: id } } });

export const hooksQuery = queryOptions({ queryKey: ['webhooks', 'list'], queryFn: async () => (await body(api.GET('/api/v1/webhooks'))).items });

export const hookQuery = (id: string) =>
  queryOptions({
    queryKey: ['webhooks', 'one', id],
    queryFn: () => body(api.GET('/api/v1/webhooks/{webhook_id}', at(id))),
    refetchInterval: ({ state }) => (state.data && state.data.waiting > 0 ? 5000 : false),
  });

export const eventsQuery = queryOptions({
  queryKey: ['webhooks', 'events'],
  queryFn: async () => (await body(api.GET('/api/v1/webhooks/events'))).items,
  staleTime: Number.POSITIVE_INFINITY,
});

export const deliveriesQuery = (id: string, state: DeliveryState | undefined) =>
  infiniteQueryOptions({
    queryKey: ['webhooks', 'deliveries', id, state],
    queryFn: ({ pageParam }) =>
      body(api.GET('/api/v1/webhooks/{webhook_id}/deliveries', { params: { path: { webhook_id: id }, query: { state, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: (query) => (query.state.data?.pages[0]?.items.some((item) => onItsWay(item.state)) ? 5000 : false),
  });

export const deliveryQuery = (id: string) =>
  queryOptions({
    queryKey: ['webhooks', 'delivery', id],
    queryFn: () => body(api.GET('/api/v1/webhooks/deliveries/{delivery_id}', { params: { path: { delivery_id: id } } })),
    // A test is answered within a second or two; what waits for its next try is asked for less often.
    refetchInterval: ({ state }) => (onItsWay(state.data?.delivery.state) ? (state.data?.attempts.length ? 5000 : 1000) : false),
  });

export const refresh = (client: QueryClient) => client.invalidateQueries({ queryKey: ['webhooks'], predicate: ({ queryKey }) => queryKey[1] !== 'events' });

/** The group of an event is what stands before its first dot. */
export const groupOf = (event: string): string => event.split('.')[0]!;

/** What stands on a card where the person gave no name: the host, which says more than "https". */
export function nameOf(hook: Endpoint): string {
  try {
    return hook.description || new URL(hook.url).host;
  } catch {
    return hook.url;
  }
}
