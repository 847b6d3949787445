// How much lies on this phone that the server does not have, as every page counts it.
import type { FieldDb } from '../db/database'
import { receiptDiffers } from '../sync/takeReceipts'
import { photosToSend } from '../sync/uploadPhotos'
import { begunForms } from './siteDraft'

/**
 * `waiting`: operations that are to be sent. `refused`: what a person has to look at. `photos`: those that are to go up. `drafts`: visits
 * that nobody signed, with their photos. `preparing`: pictures that are not photos yet. `forms`: sites whose form was not saved.
 * `unfit`: photos that the server does not take.
 */
export interface Unsent { waiting: number; refused: number; photos: number; drafts: number; preparing: number; forms: number; unfit: number }

/** Counts it: for a badge that follows every change. */
export async function unsent(db: FieldDb): Promise<Unsent> {
  const state = (name: string) => db.outbox.where('state').equals(name).count()
  const signed = db.captures.where('status').equals('signed')
  const [waiting, stuck, rejected, photos, unfit, drafts, preparing, forms, other] = await Promise.all([
    state('waiting'), state('stuck'), state('rejected'), photosToSend(db).then((rows) => rows.length),
    db.photos.where('state').equals('refused').count(), db.captures.where('status').equals('draft').count(), db.intake.count(),
    begunForms(db).then((ids) => ids.length), signed.filter(receiptDiffers).count(),
  ])
  return { waiting: waiting + stuck, refused: rejected + stuck + unfit + other, photos, drafts, preparing, forms, unfit }
}

/** Whether something would be lost with the phone. An operation that was refused is in quarantine on the server; a photo is not. */
export function holdsUnsent({ waiting, photos, drafts, preparing, forms, unfit }: Unsent): boolean {
  return waiting + photos + drafts + preparing + forms + unfit > 0
}
