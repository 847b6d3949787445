// Whether a first pull came to its end: before that the lists of this phone are not whole.
import type { FieldDb } from '../db/database'

/** A pull keeps its ETag with the page after which there was no more, and takes it away while there is more. */
export async function isReady(db: FieldDb): Promise<boolean> {
  return (await db.kept<string | null>('etag', null)) !== null
}
