// One way to ask the server: token, JSON, time limit, and every failure as a Problem.
import { Problem, problemOf } from './problem'

/** How one request is made. */
export interface Asked {
  method?: string
  /** Becomes the JSON body. */
  json?: unknown
  /** A body that is ready to go; what it is stands in `headers`. */
  body?: BodyInit
  headers?: Record<string, string>
  /** Milliseconds until the request is given up. */
  timeout?: number
  /** Answers of these statuses are given back and are no problem. */
  accept?: number[]
}

/** Asks the server at `base` (empty: where the page came from) with a token. `fetch` can be replaced to make the network bad. */
export class Client {
  constructor(
    public token: string | null = null,
    readonly base: string = '',
    private readonly fetching: typeof fetch = (...asked) => fetch(...asked),
  ) {}

  /** The answer. Raises Problem: status 0 without an answer, else what the server said. */
  ask(path: string, asked: Asked = {}): Promise<Response> {
    return this.within(asked, (signal) => this.send(path, asked, signal))
  }

  /** The answer with its JSON, null where there is none (304). A body that is cut off or never ends is a Problem of status 0. */
  told<T>(path: string, asked: Asked = {}): Promise<{ answer: Response; json: T | null }> {
    return this.within(asked, async (signal) => {
      const answer = await this.send(path, asked, signal)
      if (answer.status === 304 || answer.status === 204) return { answer, json: null }
      try {
        return { answer, json: (await answer.json()) as T }
      } catch {
        throw new Problem(0, 'no-answer', '没有收到完整的答复')
      }
    })
  }

  /** The answer's JSON. Raises Problem as `told`. */
  async json<T>(path: string, asked: Asked = {}): Promise<T> {
    return (await this.told<T>(path, asked)).json as T
  }

  /** The time limit holds until all is read: a body that stalls would hold up its lane for ever. */
  private async within<T>(asked: Asked, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const stop = new AbortController()
    const timer = setTimeout(() => stop.abort(), asked.timeout ?? 60_000)
    try {
      return await run(stop.signal)
    } finally {
      clearTimeout(timer)
    }
  }

  private async send(path: string, asked: Asked, signal: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = { Accept: 'application/json', ...asked.headers }
    if (this.token) headers.Authorization = `Bearer ${this.token}`
    if (asked.json !== undefined) headers['Content-Type'] = 'application/json'
    const body = asked.body ?? (asked.json === undefined ? undefined : JSON.stringify(asked.json))
    let answer: Response
    try {
      answer = await this.fetching(this.base + path, {
        method: asked.method ?? (body === undefined ? 'GET' : 'POST'), headers, signal, cache: 'no-store', body,
      })
    } catch {
      throw new Problem(0, 'no-answer', '没有连上服务器')
    }
    if (answer.ok || asked.accept?.includes(answer.status)) return answer
    throw await problemOf(answer)
  }
}
