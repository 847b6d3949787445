// One round: push until the outbox is empty, then pull until there is no more. What failed is raised when all else is done.
import { Problem } from '@/shared/api/problem'

import type { ToldProblem } from '../db/rows'
import { syncing } from '../locales/syncing'
import { beginAnew } from './beginAnew'
import { learnLimit, type FewerOnTrouble } from './limits'
import { pull } from './pull'
import { push } from './push'
import { isKnown, renewReused } from './reidentify'
import { syncState } from './state'
import { takeBatch, type Batch } from './takeBatch'
import { takeResults } from './takeResults'
import { lockName, type Wire } from './wire'

const tooLarge: ToldProblem = { code: 'too-large', title: syncing.tooLarge, remedy: syncing.tooLargeRemedy }

async function stuck(wire: Wire, n: number, problem: ToldProblem): Promise<void> {
  await wire.db.outbox.update(n, { state: 'stuck', problem })
}

/** Mends what the app itself can mend after a push that failed. True: go on at once. */
async function mended(wire: Wire, batch: Batch, problem: Problem, trouble: FewerOnTrouble): Promise<boolean> {
  const only = batch.ops.length === 1 ? batch.ops[0] : null
  if (problem.code === 'batch-too-large' || problem.code === 'too-large') {
    if (only && problem.code === 'too-large') await stuck(wire, only.n, tooLarge)
    else await learnLimit(wire, problem, { operations: batch.ops.length, bytes: batch.bytes })
    return true
  }
  if (problem.code === 'op-reused') return renewReused(wire.db, problem.errors)
  if (problem.status !== 500 || !trouble.failed(batch.ops.length)) return false
  if (only) await stuck(wire, only.n, { code: problem.code, title: syncing.stuck, detail: problem.detail, remedy: syncing.stuckRemedy })
  return only !== null
}

/** Pushes until nothing is left that may go. Raises Problem. */
export async function pushAll(wire: Wire, trouble: FewerOnTrouble): Promise<void> {
  const { db, session } = wire
  syncState.push = { done: 0, total: 0 }
  for (;;) {
    const { push_operations, push_bytes } = session.limits
    const batch = await takeBatch(db, Math.min(push_operations, trouble.allowed), push_bytes)
    if (batch.tooLarge) {
      await stuck(wire, batch.tooLarge.n, tooLarge)
      continue
    }
    if (!batch.ops.length) return isKnown(db)
    syncState.phase = 'pushing'
    syncState.push.total = syncState.push.done + batch.ops.length + batch.left
    try {
      const answered = await takeResults(wire, await push(wire, batch))
      trouble.worked()
      syncState.push.done += answered
      // An answer that names none of what was sent would be asked for for ever.
      if (!answered) throw new Problem(0, 'no-answer', syncing.offline)
    } catch (problem) {
      if (!(problem instanceof Problem) || !(await mended(wire, batch, problem, trouble))) throw problem
    }
  }
}

/** Pulls; begins anew at most once. Raises Problem. */
export async function pullAll(wire: Wire): Promise<void> {
  syncState.phase = 'pulling'
  try {
    await pull(wire)
  } catch (problem) {
    if (!(problem instanceof Problem) || (problem.status !== 410 && problem.code !== 'bad-cursor')) throw problem
    await beginAnew(wire.db, problem.code)
    await pull(wire)
  }
}

/** Whether a pull may succeed although the push failed: then it does not wait for it. */
function pullAnyway(problem: unknown): boolean {
  return problem instanceof Problem && ![0, 401, 426, 429, 503].includes(problem.status)
    && problem.code !== 'device-revoked' && problem.code !== 'device-mismatch'
}

/** One round under the lock. Raises Problem. */
export async function round(wire: Wire, trouble: FewerOnTrouble): Promise<void> {
  await wire.lock(lockName(wire), async () => {
    let failure: unknown = null
    try {
      await pushAll(wire, trouble)
    } catch (problem) {
      if (!pullAnyway(problem)) throw problem
      failure = problem
    }
    await pullAll(wire)
    if (failure) throw failure
    // After a server was restored the pull has put operations back into the outbox.
    await pushAll(wire, trouble)
  })
}
