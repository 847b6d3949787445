// A person got a new device id (numbers were given twice, mostly because the phone was restored from a backup; or the old id was
// somebody else's): what lies under the old one moves to the new one, and is pushed again as it was.
import Dexie from 'dexie'
import { v7 as uuid } from 'uuid'

import { FieldDb } from '../db/database'
import type { OutboxRow, SessionRow } from '../db/local'
import { sendAllAgain } from './fillGaps'
import type { Wire } from './wire'

/** What was captured here. The copy of the server's rows is pulled anew. */
const MOVED = ['captures', 'answers', 'photos', 'blobs', 'intake', 'contents'] as const

/** An operation under its number; under the next free one when that number is another's here. */
async function moveOperation(row: OutboxRow, to: FieldDb): Promise<void> {
  await to.transaction('rw', to.outbox, to.meta, async () => {
    if (await to.outbox.where('op').equals(row.op).count()) return
    const last = await to.kept<number>('last_n', 0)
    const n = (await to.outbox.get(row.n)) ? last + 1 : row.n
    await to.outbox.put({ ...row, n, operation: { ...row.operation, n } })
    await to.keep('last_n', Math.max(last, n))
  })
}

async function move(from: FieldDb, to: FieldDb): Promise<void> {
  // Before the first operation: numbers that are given meanwhile come behind the old ones.
  const last = await from.kept<number>('last_n', 0)
  await to.transaction('rw', to.meta, async () => to.keep('last_n', Math.max(last, await to.kept<number>('last_n', 0))))
  for (const row of await from.outbox.orderBy('n').toArray()) await moveOperation(row, to)
  for (const name of MOVED) {
    const source = from.table(name)
    // Row by row: blobs would not fit into the memory of a small phone all at once.
    for (const key of await source.toCollection().primaryKeys()) {
      const row = await source.get(key)
      if (row && !(await to.table(name).get(key))) await to.table(name).put(row)
    }
  }
  await to.transaction('rw', to.outbox, to.meta, async () => {
    await sendAllAgain(to)
    await to.keep('renamed', true)
  })
}

/**
 * Moves what other device ids of this person hold on this phone into the database of the present one, and removes theirs. Can be cut
 * off anywhere and begun again: nothing is removed before all of it is in the new place. How many ids there were.
 */
export async function gatherFormer(wire: Wire): Promise<number> {
  const { db, session } = wire
  let found = 0
  for (const name of await Dexie.getDatabaseNames()) {
    if (!name.startsWith('field-') || name === 'field-people' || name === db.name) continue
    const former = new FieldDb(name.slice('field-'.length))
    try {
      const theirs = await former.kept<SessionRow | null>('session', null)
      if (theirs?.login !== session.login || theirs.user_id !== session.user_id) continue
      await move(former, db)
      await former.delete()
      found += 1
    } finally {
      former.close()
    }
  }
  return found
}

/**
 * Operations that are `op-reused` under the new device id as well get a new `op`. False when the device id is not new yet: then the
 * person has to log in for one.
 */
export async function renewReused(db: FieldDb, errors: unknown): Promise<boolean> {
  const named = new Set((Array.isArray(errors) ? errors : []).map((one: { op?: string }) => one.op))
  return db.transaction('rw', db.outbox, db.meta, async () => {
    if (!(await db.kept<boolean>('renamed', false))) return false
    const reused = await db.outbox.where('op').anyOf([...named].filter((op): op is string => typeof op === 'string')).toArray()
    const renewed = reused.map((row): OutboxRow => {
      const op = uuid()
      return { ...row, op, operation: { ...row.operation, op } }
    })
    await db.outbox.bulkPut(renewed)
    return renewed.length > 0
  })
}
