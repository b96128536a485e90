import { api, body, setCsrf, type Schemas } from '@comeback/api';
import { setShopClock } from '../words/format';
import type { OrderFilters } from './filters';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';

export type { OrderFilters } from './filters';
export type Tab = Schemas['ReturnRow']['tab'];
export const TABS: readonly Tab[] = ['new', 'review', 'on_the_way', 'received', 'inspect', 'done'];

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async () => {
    const session = await body(api.GET('/api/studio/session'));
    setCsrf(session.csrf);
    setShopClock(session.now);
    return session;
  },
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
});

export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: async () => {
    const overview = await body(api.GET('/api/studio/overview'));
    setShopClock(overview.now);
    return overview;
  },
});

export const returnsQuery = (tab: Tab) =>
  infiniteQueryOptions({
    queryKey: ['returns', tab],
    queryFn: ({ pageParam }) =>
      body(api.GET('/api/studio/returns', { params: { query: { tab, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const returnQuery = (id: string) =>
  queryOptions({
    queryKey: ['return', id],
    queryFn: () => body(api.GET('/api/studio/returns/{return_id}', { params: { path: { return_id: id } } })),
  });

export const ordersQuery = ({ q, progress, trouble, country, days }: OrderFilters) =>
  infiniteQueryOptions({
    queryKey: ['orders', q, progress, trouble, country, days],
    queryFn: ({ pageParam }) =>
      body(api.GET('/api/studio/orders', { params: { query: { q, progress, trouble, country, days, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });

export const orderQuery = (id: string) =>
  queryOptions({
    queryKey: ['order', id],
    queryFn: () => body(api.GET('/api/studio/orders/{order_id}', { params: { path: { order_id: id } } })),
  });

export const searchQuery = (q: string) =>
  queryOptions({
    queryKey: ['search', q],
    queryFn: () => body(api.GET('/api/studio/search', { params: { query: { q } } })),
    enabled: q.length > 1,
    placeholderData: keepPreviousData,
  });

export const messageUrl = (id: string): string => `/api/studio/messages/${id}/html`;
