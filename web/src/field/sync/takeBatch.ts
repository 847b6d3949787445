// The next operations of the outbox, in their order, within what one push may hold.
import type { FieldDb } from '../db/database'
import type { Operation, OutboxRow } from '../db/local'

/** What one push sends. `left` operations stay behind; `acked` is the number up to which all results are stored. */
export interface Batch { ops: Operation[]; bytes: number; left: number; acked: number; tooLarge: OutboxRow | null }

/** The envelope around the operations is smaller than this. */
const ENVELOPE = 600
const encoder = new TextEncoder()

/** Rows that an operation needs: its own, and for a visit its site and the visit that it amends. */
function needs({ t, id, kind, set }: Operation): string[] {
  const named = t === 'visit' && kind === 'create' ? [set.site_id, set.replaces] : []
  return [id, ...named.filter((one): one is string => typeof one === 'string')]
}

/** The number up to which all results are stored: of the operations without one, in order, and the last number that was given. */
export const ackedOf = (unanswered: OutboxRow[], last: number): number => (unanswered.length ? unanswered[0].n - 1 : last)

/**
 * At most `most` operations of at most `bytes` in all. What needs the row of a stuck operation waits with it; all else goes on. An
 * operation that is too large even alone is told in `tooLarge` when nothing is before it.
 */
export async function takeBatch(db: FieldDb, most: number, bytes: number): Promise<Batch> {
  return db.transaction('r', db.outbox, db.meta, async () => {
    const rows = (await db.outbox.where('state').anyOf('waiting', 'stuck').toArray()).sort((a, b) => a.n - b.n)
    const last = await db.kept<number>('last_n', 0)
    const batch: Batch = { ops: [], bytes: ENVELOPE, left: 0, acked: ackedOf(rows, last), tooLarge: null }
    const blocked = new Set(rows.filter((row) => row.state === 'stuck').map((row) => row.id))
    for (const row of rows) {
      if (row.state === 'stuck') continue
      const { operation } = row
      if (needs(operation).some((id) => blocked.has(id))) {
        blocked.add(operation.id)
        continue
      }
      const size = encoder.encode(JSON.stringify(operation)).length + 1
      if (batch.ops.length >= most || batch.bytes + size > bytes) {
        if (!batch.ops.length) batch.tooLarge = row
        break
      }
      batch.ops.push(operation)
      batch.bytes += size
    }
    batch.left = rows.length - batch.ops.length
    return batch
  })
}
