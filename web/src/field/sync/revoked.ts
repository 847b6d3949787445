// The device was revoked: what it has not handed in goes into quarantine, where an office sees it; then the phone wipes itself.
import { Problem } from '@/shared/api/problem'

import type { FieldDb } from '../db/database'
import { phoneTime } from '../stores/clock'
import { draftsOf } from './drafts'
import { enqueue } from './enqueue'
import { anotherChance } from './fillGaps'
import { push } from './push'
import { takeBatch } from './takeBatch'
import { takeResults } from './takeResults'
import type { Wire } from './wire'

/**
 * Unfinished visits whose content is in no operation yet, or has changed since, become operations. Each has an `op` of its own: one that
 * was sent does not change. How many there were.
 */
export async function draftsIntoOutbox(db: FieldDb): Promise<number> {
  return db.transaction('rw', [db.outbox, db.meta, db.captures, db.answers], async () => {
    let told = 0
    for (const { id, set } of await draftsOf(db)) {
      const [content, rows] = [JSON.stringify(set), await db.outbox.where('[t+id]').equals(['visit', id]).toArray()]
      if (rows.some(({ operation }) => JSON.stringify(operation.set) === content)) continue
      await enqueue(db, { t: 'visit', id, kind: 'create', set })
      told += 1
    }
    return told
  })
}

/**
 * Pushes the whole outbox batch by batch, then unfinished visits as they are by then; every push is answered 403 again and its operations
 * are then in quarantine. True when all has gone through; false when the server took a push after all. Raises Problem when a push does not
 * get through: without a token that serves for a push nothing is wiped.
 */
export async function revoked(wire: Wire): Promise<boolean> {
  const { db, session } = wire
  await anotherChance(db)
  for (let first = true; ; first = false) {
    const batch = await takeBatch(db, session.limits.push_operations, session.limits.push_bytes)
    if (batch.tooLarge) batch.ops.push(batch.tooLarge.operation)
    if (!batch.ops.length && !first && (await draftsIntoOutbox(db))) continue
    // Also with an empty outbox one push must say it: a pull or a login that is refused says nothing of the outbox.
    if (!batch.ops.length && !first) return true
    try {
      const pushed = await push(wire, batch)
      await takeResults(wire, pushed)
      return false
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.code !== 'device-revoked') throw problem
    }
    const set = { state: 'done' as const, status: 'quarantined', done_at: phoneTime(wire.now()) }
    await db.outbox.where('n').anyOf(batch.ops.map(({ n }) => n)).modify(set)
  }
}
