// Visits that were begun and not signed, as a create of a draft would carry them: for the bundle, and for a phone that is revoked.
import type { FieldDb } from '../db/database'
import { contentOf } from '../visit/content'

/** An unfinished visit: the id of its row, the fields of its create, and when it was last touched. */
export interface Draft { id: string; set: Record<string, unknown>; at: string }

/** All unfinished visits of this phone. */
export async function draftsOf(db: FieldDb): Promise<Draft[]> {
  const captures = await db.captures.where('status').equals('draft').toArray()
  return Promise.all(captures.map(async (capture) => {
    const { set } = contentOf(capture, await db.answers.where('visit').equals(capture.id).toArray())
    return { id: capture.id, set: { ...set, status: 'draft' }, at: capture.touched_at }
  }))
}
