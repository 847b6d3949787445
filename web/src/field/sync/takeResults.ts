// The answer to a push: what it takes off the outbox and puts into the copy, in one transaction.
import type { OutboxRow } from '../db/local'
import { phoneTime } from '../stores/clock'
import { noteContact } from './contact'
import { mergeResult } from './copy'
import { fillGaps } from './fillGaps'
import type { Pushed, Result } from './push'
import { sendMissing, takeReceipt } from './takeReceipts'
import type { Wire } from './wire'

function after(row: OutboxRow, result: Result, done_at: string): OutboxRow {
  const rejected = result.status === 'rejected'
  // A person who has dealt with a rejection is not asked again when it is pushed once more after a restored backup.
  const state = !rejected ? 'done' : row.status === 'settled' ? 'settled' : 'rejected'
  return { ...row, state, status: result.status, problem: result.problem ?? null, conflicts: result.conflicts ?? [], done_at }
}

/** Stores results by `op`; how many operations were answered. What is not answered keeps waiting. */
export async function takeResults(wire: Wire, pushed: Pushed): Promise<number> {
  const { db } = wire
  const tables = [db.outbox, db.meta, db.sites, db.tasks, db.visits, db.captures, db.photos, db.blobs]
  return db.transaction('rw', tables, async () => {
    const done_at = phoneTime(wire.now())
    let answered = 0
    for (const result of pushed.results) {
      const row = await db.outbox.where('op').equals(result.op).first()
      if (!row || (row.state !== 'waiting' && row.state !== 'stuck')) continue
      answered += 1
      await db.outbox.put(after(row, result, done_at))
      if (result.status !== 'rejected') await mergeResult(db, row.operation, result, pushed)
      if (result.receipt) await takeReceipt(db, result.receipt)
      if (result.photos_missing) await sendMissing(db, result.photos_missing)
    }
    await fillGaps(db, pushed.gaps ?? [])
    await noteContact(wire, pushed.offset_ms)
    return answered
  })
}
