// How long to wait after something failed: longer each time, with chance in it so that phones do not come back together, without an end.
import { Problem } from '@/shared/api/problem'

const FIRST = 1_000
const LONGEST = 120_000

export class Backoff {
  private tries = 0

  constructor(private readonly chance: () => number = Math.random) {}

  /** Milliseconds until the next attempt. The server's Retry-After is a floor. */
  next(problem: unknown): number {
    const reach = Math.min(LONGEST, FIRST * 2 ** Math.min(this.tries++, 20))
    const mine = reach * (0.5 + this.chance() / 2)
    const asked = problem instanceof Problem && problem.retryAfter !== null ? problem.retryAfter * 1_000 : 0
    return Math.max(mine, asked * (1 + this.chance() / 10))
  }

  /** It worked: the next failure is a first one. */
  reset(): void {
    this.tries = 0
  }
}
