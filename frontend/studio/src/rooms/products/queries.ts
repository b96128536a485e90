import { api, body, type Schemas } from '@comeback/api';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { StockFilter } from '../../data/filters';

export type Row = Schemas['ProductRow'];
export type Detail = Schemas['ProductDetail'];

export const productsQuery = (q: string, stock: StockFilter | undefined) =>
  infiniteQueryOptions({
    queryKey: ['products', q, stock],
    queryFn: ({ pageParam }) =>
      body(api.GET('/api/studio/products', { params: { query: { stock, ...(q ? { q } : {}), ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });

export const productQuery = (id: string) =>
  queryOptions({
    queryKey: ['product', id],
    queryFn: () => body(api.GET('/api/studio/products/{product_id}', { params: { path: { product_id: id } } })),
  });
