import { api, body, type Schemas } from '@comeback/api';
import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import type { TicketFilters } from '../../data/filters';

export type Row = Schemas['TicketRow'];
export type Detail = Schemas['TicketDetail'];

export const ticketsQuery = ({ tab, topic, mine }: Omit<TicketFilters, 'open'>) =>
  infiniteQueryOptions({
    queryKey: ['tickets', tab, topic, mine],
    queryFn: ({ pageParam }) => body(api.GET('/api/studio/tickets', { params: { query: { tab, topic, mine, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });

export const ticketQuery = (id: string) =>
  queryOptions({
    queryKey: ['ticket', id],
    queryFn: () => body(api.GET('/api/studio/tickets/{ticket_id}', { params: { path: { ticket_id: id } } })),
  });

export type Order =
  | { action: 'write'; kind: 'reply' | 'note'; body: string }
  | { action: 'close' | 'reopen' }
  | { action: 'assign'; staff_id: string | null };

function send(id: string, order: Order): Promise<Schemas['TicketOut']> {
  const at = { params: { path: { ticket_id: id } } };
  switch (order.action) {
    case 'write':
      return body(api.POST('/api/v1/tickets/{ticket_id}/messages', { ...at, body: { kind: order.kind, body: order.body } }));
    case 'close':
      return body(api.POST('/api/v1/tickets/{ticket_id}/close', at));
    case 'reopen':
      return body(api.POST('/api/v1/tickets/{ticket_id}/reopen', at));
    case 'assign':
      return body(api.PUT('/api/v1/tickets/{ticket_id}/assignee', { ...at, body: { staff_id: order.staff_id } }));
  }
}

/** Does something with a ticket; the thread shows the answer at once, lists and the overview follow. */
export function useTicket(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (order: Order) => send(id, order),
    onSuccess: (ticket) => client.setQueryData<Detail>(['ticket', id], (old) => (old ? { ...old, ticket } : old)),
    onSettled: () => Promise.all([['ticket', id], ['tickets'], ['overview'], ['order']].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}
