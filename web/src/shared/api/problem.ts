// An error of the server as the app handles it: RFC 9457 with a stable code, or no answer at all.

/** What the server says of one field. */
export interface FieldError { [key: string]: unknown }

/** An answer that is no success. `status` is 0 when there was no answer (no network, cut off, timed out). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string = '',
    readonly remedy: string = '',
    readonly errors: unknown = null,
    readonly retryAfter: number | null = null,
    readonly body: Record<string, unknown> = {},
  ) {
    super(detail || title)
    this.name = 'Problem'
  }

  /** Whether sending the same again later can succeed without anybody doing anything. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500 || this.code === 'cut-short'
  }
}

/** The problem that an answer's body tells; `title` is what it is called when the body does not say. `retryAfter` is the header's text. */
export function problemIn(status: number, body: Record<string, unknown>, retryAfter: string | null | undefined, title: string): Problem {
  const text = (key: string) => (typeof body[key] === 'string' ? (body[key] as string) : '')
  const seconds = Number(retryAfter)
  return new Problem(
    status, text('code') || `http-${status}`, text('title') || title, text('detail'), text('remedy'), body['errors'] ?? null,
    Number.isFinite(seconds) && seconds > 0 ? seconds : null, body,
  )
}

/** The problem of an answer that is not 2xx; also when a proxy in between wrote something that is no JSON. */
export async function problemOf(answer: Response): Promise<Problem> {
  let body: Record<string, unknown> = {}
  try {
    body = (await answer.json()) as Record<string, unknown>
  } catch {
    // no problem+json: the status alone has to do
  }
  return problemIn(answer.status, body, answer.headers.get('Retry-After'), `HTTP ${answer.status}`)
}
