// A person got a new device id (numbers were given twice, mostly because the phone was restored from a backup; or the old id was
// somebody else's): what lies under the old one moves to the new one, and is pushed again as it was.
import Dexie, { type IndexableType } from 'dexie'
import { v7 as uuid } from 'uuid'

import { FieldDb } from '../db/database'
import type { OutboxRow, SessionRow } from '../db/local'
import { sendAllAgain } from './fillGaps'
import type { Wire } from './wire'

/** What was captured here. The copy of the server's rows is pulled anew. */
const MOVED = ['captures', 'answers', 'photos', 'blobs', 'intake', 'contents']
/** Beginnings of the names under which pages keep what is not finished. */
const KEPT = ['site_draft:', 'site_photos:', 'task_result:', 'kept_checklist:', 'intake_tries:']

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

/** Other tabs that work in this database close it for good, and nobody writes into it any more: see stores/session.ts. */
function closedElsewhere(name: string): Promise<void> {
  const open = (version?: number) => new Promise<number>((resolve, reject) => {
    const asked = indexedDB.open(name, version)
    asked.onsuccess = () => {
      resolve(asked.result.version)
      asked.result.close()
    }
    asked.onerror = () => reject(asked.error ?? new Error(name))
  })
  // The version of an app is ten times its number in database.ts; what lies between tells that the database moves.
  return open().then((version) => open(version + (version % 10 === 9 ? 2 : 1))).then(() => undefined)
}

async function move(from: FieldDb, to: FieldDb): Promise<void> {
  // Before the first operation: numbers that are given meanwhile come behind the old ones.
  const last = await from.kept<number>('last_n', 0)
  await to.transaction('rw', to.meta, async () => to.keep('last_n', Math.max(last, await to.kept<number>('last_n', 0))))
  for (const row of await from.outbox.orderBy('n').toArray()) {
    await moveOperation(row, to)
    await from.outbox.delete(row.n)
  }
  for (const name of [...MOVED, 'meta']) {
    const source = from.table<unknown, IndexableType>(name)
    // Row by row, and each only once on the disk: all blobs would fit neither into the memory of a small phone nor twice into its storage.
    for (const key of await source.toCollection().primaryKeys()) {
      if (name === 'meta' && !KEPT.some((begin) => String(key).startsWith(begin))) continue
      const row = await source.get(key)
      if (row && !(await to.table(name).get(key))) await to.table(name).put(row)
      await source.delete(key)
    }
  }
  await to.transaction('rw', to.outbox, to.meta, async () => {
    await sendAllAgain(to)
    // The operations that got a new `op` under the new id, see renewReused.
    await to.keep('renewed', [])
  })
}

/**
 * Moves what other device ids of this person hold on this phone into the database of the present one, and removes theirs. Can be cut
 * off anywhere and begun again: nothing is removed before it is in the new place. How many ids there were. A database that cannot be
 * read is nobody's here, and left alone. Runs under the lock of the sync.
 */
export async function gatherFormer({ db, session }: Pick<Wire, 'db' | 'session'>): Promise<number> {
  let found = 0
  for (const name of await Dexie.getDatabaseNames()) {
    if (!name.startsWith('field-') || name === 'field-people' || name === db.name) continue
    const former = new FieldDb(name.slice('field-'.length))
    try {
      const theirs = await former.kept<SessionRow | null>('session', null).catch(() => null)
      if (theirs?.login !== session.login || theirs.user_id !== session.user_id) continue
      former.close()
      await closedElsewhere(name)
      await former.open()
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
 * Operations that are `op-reused` under the new device id as well get a new `op`, each once. False when the device id is not new, or that
 * did not help: then the person has to log in for another.
 */
export async function renewReused(db: FieldDb, errors: unknown): Promise<boolean> {
  const named = new Set((Array.isArray(errors) ? errors : []).map((one: { op?: string }) => one.op))
  return db.transaction('rw', db.outbox, db.meta, async () => {
    const renewedBefore = await db.kept<string[] | null>('renewed', null)
    if (!renewedBefore) return false
    const reused = await db.outbox.where('op').anyOf([...named].filter((op): op is string => typeof op === 'string')).toArray()
    const renewed = reused.filter((row) => !renewedBefore.includes(row.op)).map((row): OutboxRow => {
      const op = uuid()
      return { ...row, op, operation: { ...row.operation, op } }
    })
    await db.outbox.bulkPut(renewed)
    await db.keep('renewed', renewed.length ? [...renewedBefore, ...renewed.map(({ op }) => op)] : null)
    return renewed.length > 0
  })
}

/** Everything went through: the device id is an old one from now on. */
export async function isKnown(db: FieldDb): Promise<void> {
  if (await db.meta.get('renewed')) await db.meta.delete('renewed')
}
