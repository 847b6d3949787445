// Operations that the server lost are pushed again as they were: number, op and payload unchanged.
import type { FieldDb } from '../db/database'
import type { OutboxRow } from '../db/local'

function again(row: OutboxRow): OutboxRow {
  // What a person settled stays known as settled while it waits, see takeResults.
  return { ...row, state: 'waiting', status: row.state === 'settled' ? 'settled' : row.status }
}

/**
 * Puts what the phone still has of `gaps` back into the outbox, and keeps the numbers that it no longer has as `lost_numbers`, for
 * the person. Runs in the transaction of takeResults.
 */
export async function fillGaps(db: FieldDb, gaps: [number, number][]): Promise<void> {
  const lost: [number, number][] = []
  for (const [first, last] of gaps) {
    const held = await db.outbox.where('n').between(first, last, true, true).toArray()
    await db.outbox.bulkPut(held.filter((row) => row.state !== 'waiting' && row.state !== 'stuck').map(again))
    const here = new Set(held.map(({ n }) => n))
    for (let n = first; n <= last; n += 1) {
      if (here.has(n)) continue
      const before = lost[lost.length - 1]
      if (before?.[1] === n - 1) before[1] = n
      else lost.push([n, n])
    }
  }
  await db.keep('lost_numbers', lost)
}

/** Operations on which the server failed too often to go on with get another chance. */
export async function anotherChance(db: FieldDb): Promise<void> {
  await db.outbox.where('state').equals('stuck').modify({ state: 'waiting' })
}

/** Everything that the phone still holds waits again, after the server was restored from a backup. Runs in the caller's transaction. */
export async function sendAllAgain(db: FieldDb): Promise<void> {
  const held = await db.outbox.where('state').anyOf('done', 'rejected', 'settled').toArray()
  await db.outbox.bulkPut(held.map(again))
}
