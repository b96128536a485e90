import { api, body, sendForm, type Schemas } from '@comeback/api';
import { infiniteQueryOptions } from '@tanstack/react-query';

export type Import = Schemas['ImportOut'];
export type Summary = Schemas['ImportSummary'];
export type Field = Schemas['FieldOut'];
export type Mistake = Schemas['imports_schemas_Problem'];
export const KINDS = ['orders', 'shipments', 'products'] as const;
export type Kind = (typeof KINDS)[number];

export const importsQuery = infiniteQueryOptions({
  queryKey: ['imports', 'list'],
  queryFn: ({ pageParam }) => body(api.GET('/api/v1/imports', { params: { query: pageParam ? { cursor: pageParam } : {} } })),
  initialPageParam: '',
  getNextPageParam: (page) => page.next ?? undefined,
});

/** One import; each further page brings more of its mistakes. */
export const importQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['imports', 'one', id],
    queryFn: ({ pageParam }) => body(api.GET('/api/v1/imports/{import_id}', { params: { path: { import_id: id }, query: pageParam ? { cursor: pageParam } : {} } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** Sends a file to be checked; nothing is imported yet. */
export function bring(kind: Kind, file: File): Promise<Schemas['Started']> {
  const form = new FormData();
  form.set('kind', kind);
  form.set('dry_run', 'true');
  form.set('file', file, file.name);
  return sendForm('/api/v1/imports', form);
}

export const run = (id: string, values: Schemas['RunIn']) =>
  body(api.POST('/api/v1/imports/{import_id}/run', { params: { path: { import_id: id } }, body: values }));
