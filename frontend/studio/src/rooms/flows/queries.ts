import { api, body, type Schemas } from '@comeback/api';
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

export type Row = Schemas['FlowRow'];
export type Detail = Schemas['FlowDetail'];
export type Step = Schemas['FlowStep'];

export const flowsQuery = queryOptions({
  queryKey: ['flows'],
  queryFn: () => body(api.GET('/api/studio/flows')),
});

export const flowQuery = (id: string) =>
  queryOptions({
    queryKey: ['flow', id],
    queryFn: () => body(api.GET('/api/studio/flows/{flow_id}', { params: { path: { flow_id: id } } })),
  });

export type Move = 'pause' | 'resume';

/** Pauses a flow or lets it go on; the answer is the flow as it is then. */
export function useMove(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (move: Move) => {
      const at = { params: { path: { flow_id: id } } };
      return body(move === 'pause' ? api.POST('/api/studio/flows/{flow_id}/pause', at) : api.POST('/api/studio/flows/{flow_id}/resume', at));
    },
    onSuccess: (detail) => client.setQueryData(['flow', id], detail),
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: ['flows'] }), client.invalidateQueries({ queryKey: ['flow', id] })]),
  });
}
