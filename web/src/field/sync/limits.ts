// How much one push may hold: what the server allows, and less while it has trouble with a batch.
import type { Problem } from '@/shared/api/problem'

import type { SessionRow } from '../db/local'
import type { Wire } from './wire'

/** Failures of one batch after which it is halved. */
const PATIENCE = 3

/** A 413 told other limits than the login did. They are kept with the session, also for the next start. */
export async function learnLimit(wire: Wire, problem: Problem, sent: { operations: number; bytes: number }): Promise<void> {
  const { db, session } = wire
  const told = typeof problem.body.limit === 'number' ? problem.body.limit : null
  const limits = { ...session.limits }
  // A limit that is not below what was sent says nothing new: then it is halved.
  if (problem.code === 'batch-too-large') {
    limits.push_operations = Math.max(1, told !== null && told < sent.operations ? told : Math.floor(sent.operations / 2))
  } else limits.push_bytes = Math.max(1_024, told !== null && told < sent.bytes ? told : Math.floor(sent.bytes / 2))
  session.limits = limits
  await db.transaction('rw', db.meta, async () => {
    const kept = await db.kept<SessionRow | null>('session', null)
    if (kept) await db.keep('session', { ...kept, limits })
  })
}

/** Fewer operations at a time while the server fails (500) on a batch, until the one that it fails on is alone. */
export class FewerOnTrouble {
  private tries = 0
  private most = Infinity

  /** Operations that the next batch may have. */
  get allowed(): number {
    return this.most
  }

  /** A batch of `size` failed. True when it was one operation that has failed often enough alone: it is stuck. */
  failed(size: number): boolean {
    if (++this.tries < PATIENCE) return false
    this.tries = 0
    if (size <= 1) {
      this.most = Infinity
      return true
    }
    this.most = Math.ceil(size / 2)
    return false
  }

  /** A batch went through. */
  worked(): void {
    this.tries = 0
    this.most *= 2
  }
}
