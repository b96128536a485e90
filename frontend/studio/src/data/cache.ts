import { Problem } from '@comeback/api';
import { forgetRecent } from './recent';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';

const MINUTE = 60_000;

/** A refusal (4xx) will be refused again; only a lost answer is worth another try. */
function retry(failures: number, error: Error): boolean {
  return failures < 2 && !(error instanceof Problem && error.status >= 400 && error.status < 500);
}

let ended: () => void = () => undefined;

/** Sets what happens when the server no longer knows the session. */
export function onSessionEnd(run: () => void): void {
  ended = run;
}

const watch = (error: Error) => {
  if (error instanceof Problem && error.status === 401) ended();
};

/** Drops what one person's session has read. The session's own entry stays and is emptied: the shell watches it. */
export function forget(): void {
  forgetRecent();
  cache.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
  void cache.resetQueries({ queryKey: ['session'] });
}

export const cache = new QueryClient({
  queryCache: new QueryCache({ onError: (error, query) => (query.queryKey[0] === 'session' ? undefined : watch(error)) }),
  mutationCache: new MutationCache({ onError: (error, _variables, _result, mutation) => (mutation.meta?.login ? undefined : watch(error)) }),
  defaultOptions: { queries: { retry, staleTime: 15_000, gcTime: 10 * MINUTE, refetchOnWindowFocus: true } },
});
