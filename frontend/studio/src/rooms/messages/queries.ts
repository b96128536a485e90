import { api, body, type Schemas } from '@comeback/api';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { MessageFilters } from '../../data/filters';

export type Row = Schemas['MessageRow'];
export type Detail = Schemas['MessageDetail'];

export const messagesQuery = ({ pile, kind, template, days }: MessageFilters) =>
  infiniteQueryOptions({
    queryKey: ['messages', pile, kind, template, days],
    queryFn: ({ pageParam }) =>
      body(api.GET('/api/studio/messages', { params: { query: { pile, kind, template, days, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });

export const messageQuery = (id: string) =>
  queryOptions({
    queryKey: ['message', id],
    queryFn: () => body(api.GET('/api/studio/messages/{message_id}', { params: { path: { message_id: id } } })),
  });
