// What the server refused. It stays on the phone and with the office; nothing counts on it, and a person deals with it.
import type { FieldDb } from '../db/database'
import type { VisitRow } from '../db/rows'
import { enqueue } from '../sync/enqueue'

const REFUSED = ['rejected', 'settled']

/**
 * Ids of this phone's visits that the server refused, dealt with or not. Not those that an office released (they are among the server's
 * rows), nor those that were sent anew under their own id.
 */
export async function refusedVisits(db: FieldDb): Promise<Set<string>> {
  const rows = await db.outbox.where('state').anyOf(REFUSED)
    .filter(({ t, operation }) => t === 'visit' && operation.kind === 'create').toArray()
  const ids = [...new Set(rows.map(({ id }) => id))]
  const anew = await db.outbox.where('[t+id]').anyOf(ids.map((id) => ['visit', id]))
    .filter(({ state }) => !REFUSED.includes(state)).toArray()
  const fine = new Set([...anew.map(({ id }) => id), ...(await db.visits.where('id').anyOf(ids).primaryKeys())])
  return new Set(ids.filter((id) => !fine.has(id)))
}

/**
 * Whether an office sent a visit back, and neither the server knows its correction nor this phone: `amended` are the ids that its signed
 * visits replace.
 */
export function isReturned({ id, review, replaced_by }: VisitRow, amended: Set<string | null>): boolean {
  return review === 'returned' && !replaced_by && !amended.has(id)
}

/** A person has dealt with a rejected operation: it is kept, and not shown any more. */
export async function settle(db: FieldDb, n: number): Promise<void> {
  await db.outbox.where('n').equals(n).filter(({ state }) => state === 'rejected').modify({ state: 'settled', status: 'settled' })
}

/**
 * The rejected operation `n` of the row `id` is answered by a new one: it is dealt with, and what was rejected because it waited for that
 * row is sent anew, after it. Runs in the transaction that enqueues the new one.
 */
export async function mended(db: FieldDb, n: number, id: string): Promise<void> {
  await settle(db, n)
  const waited = await db.outbox.where('state').equals('rejected').filter(({ problem }) => problem?.waits_for === id).sortBy('n')
  for (const { n: old, operation: { t, id: row, kind, base, was, set } } of waited) {
    await enqueue(db, { t, id: row, kind, base, was, set })
    await mended(db, old, row)
  }
}
