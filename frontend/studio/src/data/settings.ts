import { api, body, Problem } from '@comeback/api';
import { queryOptions } from '@tanstack/react-query';

export const shopQuery = queryOptions({ queryKey: ['shop'], queryFn: () => body(api.GET('/api/v1/shop')) });
export const staffQuery = queryOptions({ queryKey: ['staff'], queryFn: () => body(api.GET('/api/v1/staff')) });
export const keysQuery = queryOptions({ queryKey: ['api-keys'], queryFn: () => body(api.GET('/api/v1/api-keys')) });
export const domainsQuery = queryOptions({ queryKey: ['domains'], queryFn: () => body(api.GET('/api/v1/sending-domains')) });
export const connectionsQuery = queryOptions({ queryKey: ['connections'], queryFn: () => body(api.GET('/api/studio/connections')) });
export const policiesQuery = queryOptions({ queryKey: ['policies'], queryFn: () => body(api.GET('/api/v1/policies')) });
export const sessionsQuery = queryOptions({ queryKey: ['sessions'], queryFn: () => body(api.GET('/api/studio/profile/sessions')) });

/** The sentence of a refused field, by the pointer the server names: `fault(error, '/brand/primary')`. */
export function fault(error: unknown, pointer: string): string | undefined {
  return error instanceof Problem ? error.errors.find((e) => e.pointer === pointer)?.message : undefined;
}

/** Whether a refusal names a field that the form shows; what is left belongs above the button. */
export function placed(error: unknown, pointers: string[]): boolean {
  return error instanceof Problem && error.errors.length > 0 && error.errors.every((e) => e.pointer !== undefined && pointers.includes(e.pointer));
}
