import { api, body, type Schemas } from '@comeback/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';

type Detail = Schemas['ReturnDetail'];
export type Action = Detail['actions'][number];
export type Order =
  | { action: 'approve' | 'receive' }
  | { action: 'decline'; reason: string }
  | { action: 'inspect'; lines: Schemas['InspectLineIn'][] }
  | { action: 'settle'; refund_total: number; credit_total: number };

const at = (id: string) => ({ params: { path: { return_id: id } } });

export function send(id: string, order: Order): Promise<Detail> {
  switch (order.action) {
    case 'approve':
      return body(api.POST('/api/studio/returns/{return_id}/approve', { ...at(id), keepalive: true }));
    case 'receive':
      return body(api.POST('/api/studio/returns/{return_id}/receive', at(id)));
    case 'decline':
      return body(api.POST('/api/studio/returns/{return_id}/decline', { ...at(id), body: { reason: order.reason } }));
    case 'inspect':
      return body(api.POST('/api/studio/returns/{return_id}/inspect', { ...at(id), body: { lines: order.lines } }));
    case 'settle': {
      const { refund_total, credit_total } = order;
      return body(api.POST('/api/studio/returns/{return_id}/settle', { ...at(id), body: { refund_total, credit_total } }));
    }
  }
}

/** Sends one action of a return and puts the fresh detail in place of the old one; on refusal the server's state is read again. */
export function useReturnAction(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (order: Order) => send(id, order),
    onSuccess: (detail) => client.setQueryData(['return', id], detail),
    onSettled: () => refresh(client, id),
  });
}

export async function refresh(client: ReturnType<typeof useQueryClient>, id: string): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: ['return', id] }),
    client.invalidateQueries({ queryKey: ['returns'] }),
    client.invalidateQueries({ queryKey: ['overview'] }),
    client.invalidateQueries({ queryKey: ['order'] }),
  ]);
}
