import { api, body } from '@comeback/api';
import { queryOptions } from '@tanstack/react-query';

/** A long work of the server: `done` of `total` (null while the length is unknown), then its result. */
export interface Task {
  id: string;
  state: 'running' | 'done' | 'failed';
  done: number;
  total: number | null;
  result: Record<string, unknown> | null;
}

/** Asks until the work has ended. */
export const taskQuery = (id: string) =>
  queryOptions({
    queryKey: ['task', id],
    queryFn: async () => (await body(api.GET('/api/v1/tasks/{task_id}', { params: { path: { task_id: id } } }))) as unknown as Task,
    refetchInterval: ({ state }) => (state.data && state.data.state !== 'running' ? false : 800),
  });
