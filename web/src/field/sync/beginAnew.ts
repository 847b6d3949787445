// The cursor is of no use any more: everything is pulled anew. The rows stay on the screen meanwhile, marked; those that do not
// come again are swept once the pull is through. The outbox is touched by none of this.
import type { IndexableType } from 'dexie'

import type { FieldDb } from '../db/database'
import { copyTables } from './copy'
import { sendAllAgain } from './fillGaps'

/** Rows that were here before the pull began anew and did not come again yet: keys by type, as JSON. */
export type Marked = Record<string, string[]>

/** Forgets the cursor and marks all rows. After `epoch-changed` also pushes everything of the last weeks again. */
export async function beginAnew(db: FieldDb, code: string): Promise<void> {
  const tables = copyTables(db)
  await db.transaction('rw', [...Object.values(tables), db.meta, db.outbox, db.captures], async () => {
    const marked: Marked = {}
    for (const [t, table] of Object.entries(tables)) {
      marked[t] = (await table.toCollection().primaryKeys()).map((key) => JSON.stringify(key))
    }
    await db.keep('marked', marked)
    await db.meta.bulkDelete(['cursor', 'etag'])
    if (code !== 'epoch-changed') return
    await sendAllAgain(db)
    // A receipt from before the backup promises nothing: the new one comes with the push or the pull.
    await db.captures.toCollection().modify({ receipt: null })
  })
}

/** Forgets the rows that are still marked. Runs in the transaction of the last page. */
export async function sweep(db: FieldDb, marked: Marked): Promise<void> {
  const tables = copyTables(db)
  for (const [t, keys] of Object.entries(marked)) await tables[t]?.bulkDelete(keys.map((key) => JSON.parse(key) as IndexableType))
  await db.meta.delete('marked')
}
