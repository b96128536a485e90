import { Problem } from '@comeback/api';
import { QueryClient } from '@tanstack/react-query';

const MINUTE = 60_000;

/** A refusal (4xx) will be refused again; only a lost answer is worth another try. */
function retry(failures: number, error: Error): boolean {
  return failures < 2 && !(error instanceof Problem && error.status >= 400 && error.status < 500);
}

export const cache = new QueryClient({
  defaultOptions: { queries: { retry, staleTime: 15_000, gcTime: 10 * MINUTE, refetchOnWindowFocus: true } },
});
