// How much lies on this phone that the server does not have, as every page counts it.
import type { FieldDb } from '../db/database'
import { photosToSend } from '../sync/uploadPhotos'

/**
 * `waiting`: operations that are to be sent. `refused`: what a person has to look at. `photos`: those that are to go up. `drafts`: visits
 * that nobody signed, with their photos. `preparing`: pictures that are not photos yet.
 */
export interface Unsent { waiting: number; refused: number; photos: number; drafts: number; preparing: number }

/** Counts it: for a badge that follows every change. */
export async function unsent(db: FieldDb): Promise<Unsent> {
  const state = (name: string) => db.outbox.where('state').equals(name).count()
  const [waiting, stuck, rejected, photos, refused, drafts, preparing] = await Promise.all([
    state('waiting'), state('stuck'), state('rejected'), photosToSend(db).then((rows) => rows.length),
    db.photos.where('state').equals('refused').count(), db.captures.where('status').equals('draft').count(), db.intake.count(),
  ])
  return { waiting: waiting + stuck, refused: rejected + stuck + refused, photos, drafts, preparing }
}

/** Whether something would be lost with the phone. What was refused is in quarantine on the server. */
export function holdsUnsent({ waiting, photos, drafts, preparing }: Unsent): boolean {
  return waiting + photos + drafts + preparing > 0
}
