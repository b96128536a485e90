import { api, body, type Schemas } from '@comeback/api';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { ParcelFilters } from '../../data/filters';

export type Row = Schemas['ShipmentRow'];

export const shipmentsQuery = ({ tab, carrier, country, days }: ParcelFilters) =>
  infiniteQueryOptions({
    queryKey: ['shipments', tab, carrier, country, days],
    queryFn: ({ pageParam }) =>
      body(api.GET('/api/studio/shipments', { params: { query: { tab, carrier, country, days, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });

export const shipmentQuery = (id: string) =>
  queryOptions({
    queryKey: ['shipment', id],
    queryFn: () => body(api.GET('/api/studio/shipments/{shipment_id}', { params: { path: { shipment_id: id } } })),
  });
