// Throwing a draft away: nothing of it was sent, and nothing of it stays.
import { removePhoto } from '../photos/intake'
import { db } from '../stores/session'

/** Forgets a draft, its answers, and its photos unless something else names them. A signed visit stays as it is. */
export async function discardVisit(id: string): Promise<void> {
  const of = db()
  const owner = `visit:${id}`
  await of.transaction('rw', [of.captures, of.answers, of.intake, of.meta, of.photos, of.blobs, of.sites, of.outbox], async () => {
    const capture = await of.captures.get(id)
    if (capture?.status !== 'draft') return
    await of.answers.where('visit').startsWith(id).delete()
    await of.intake.where('owner').equals(owner).delete()
    // A photo goes once neither an answer nor the signature names it.
    await of.captures.update(id, { signature: null })
    for (const sha of Object.keys(capture.photos)) await removePhoto(owner, null, sha)
    await of.captures.delete(id)
    await of.meta.delete(keptVersion(id))
  })
}

/** Where it is kept that a person chose to go on with an older checklist. */
export const keptVersion = (id: string): string => `kept_checklist:${id}`
