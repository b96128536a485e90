import createClient, { type Middleware } from 'openapi-fetch';
import { Problem, problemOf } from './problem';
import type { paths } from './schema';

let csrf = '';

/** The token of the session; every write carries it. */
export function setCsrf(token: string): void {
  csrf = token;
}

const session: Middleware = {
  onRequest({ request }) {
    // Sentences that the server words (how a quote came about, problems) are wanted in the language of the page.
    if (document.documentElement.lang) request.headers.set('Accept-Language', document.documentElement.lang);
    if (request.method !== 'GET' && csrf) request.headers.set('X-CSRF-Token', csrf);
    return request;
  },
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
  },
  onError() {
    return new Problem(0, {});
  },
};

/** The typed client of /api/studio. It throws `Problem`; a call that returns has succeeded. */
export const api = createClient<paths>({ baseUrl: '', credentials: 'same-origin' });
api.use(session);

/** Puts a file as it is; the answer is JSON. Throws `Problem`. */
export async function upload<T>(path: string, file: Blob): Promise<T> {
  const headers = { 'X-CSRF-Token': csrf, 'Content-Type': file.type || 'application/octet-stream' };
  const response = await fetch(path, { method: 'PUT', credentials: 'same-origin', headers, body: file }).catch(() => {
    throw new Problem(0, {});
  });
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as T;
}

/** Posts a form with a file; the answer is JSON. Throws `Problem`. */
export async function sendForm<T>(path: string, form: FormData): Promise<T> {
  const headers = { 'X-CSRF-Token': csrf, 'Accept-Language': document.documentElement.lang };
  const response = await fetch(path, { method: 'POST', credentials: 'same-origin', headers, body: form }).catch(() => {
    throw new Problem(0, {});
  });
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as T;
}

/** The body of a successful answer. */
export async function body<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  return data as T;
}
