// A change of the person becomes an operation at the end of the outbox.
import { v7 as uuid } from 'uuid'

import type { FieldDb } from '../db/database'
import type { Operation, OutboxRow } from '../db/local'
import { phoneTime } from '../stores/clock'

/** What is to be told: the fields `set`, what the person saw before (`was`, of a patch), and the revision of the copy (`base`). */
export type Change = Pick<Operation, 't' | 'id' | 'kind' | 'base' | 'was' | 'set'>

/**
 * Puts `change` into the outbox under the next number and answers the operation. Runs in the caller's transaction when there is
 * one (which must hold `outbox` and `meta` for writing), so that what is shown as done and what will be sent are one. Numbers have
 * no holes: IndexedDB lets one writer at a time into `meta`, also from another tab.
 */
export function enqueue(db: FieldDb, change: Change): Promise<Operation> {
  return db.transaction('rw', db.outbox, db.meta, async () => {
    const n = (await db.kept<number>('last_n', 0)) + 1
    // JSON once there and back: what lies in the outbox is exactly what will travel, whatever a reactive object would become.
    const operation = JSON.parse(JSON.stringify({ n, op: uuid(), ...change, at: phoneTime() })) as Operation
    const row: OutboxRow = {
      n, op: operation.op, t: operation.t, id: operation.id, operation, state: 'waiting', sent: 0, status: null,
      problem: null, conflicts: [], done_at: null,
    }
    await db.outbox.add(row)
    await db.keep('last_n', n)
    return operation
  })
}
