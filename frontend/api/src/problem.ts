/** RFC 9457 problem details as the server sends them. */
export interface ProblemDetails {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  errors?: { pointer: string; message: string }[];
}

/** A refused request. `status` is 0 when no answer came at all (offline, server gone). */
export class Problem extends Error {
  readonly status: number;
  readonly slug: string;
  readonly detail: string;
  readonly errors: { pointer: string; message: string }[];

  constructor(status: number, body: ProblemDetails) {
    super(body.detail ?? body.title ?? `HTTP ${status}`);
    this.name = 'Problem';
    this.status = status;
    this.slug = (body.type ?? '').split(/[/:]/).at(-1) ?? '';
    this.detail = body.detail ?? body.title ?? '';
    this.errors = body.errors ?? [];
  }
}

export async function problemOf(response: Response): Promise<Problem> {
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  const body = isJson ? ((await response.json().catch(() => ({}))) as ProblemDetails) : {};
  return new Problem(response.status, body);
}
