// The operator's signature, drawn on the screen, is a photo of the visit like any other: small, so it needs no making ready.
import { sha256Of } from '@/shared/sha256'

import { phoneTime } from '../stores/clock'
import { db } from '../stores/session'

/** Keeps a drawn signature with the draft and names it there. Raises when the visit is no draft any more. */
export async function keepSignature(visit: string, drawn: Blob, name: string): Promise<void> {
  const of = db()
  const sha = await sha256Of(await drawn.arrayBuffer())
  await of.transaction('rw', of.captures, of.photos, of.blobs, async () => {
    const capture = await of.captures.get(visit)
    if (capture?.status !== 'draft') throw new Error(`visit ${visit} is no draft`)
    const at = phoneTime()
    const owner = `visit:${visit}`
    const photos = { ...capture.photos, [sha]: { at } }
    const before = capture.signature?.photo
    if (before && before !== sha) {
      delete photos[before]
      await of.photos.where('sha256').equals(before).modify((row) => { row.owners = row.owners.filter((other) => other !== owner) })
    }
    await of.blobs.put({ sha256: sha, blob: drawn })
    await of.photos.put({
      sha256: sha, owners: [owner], bytes: drawn.size, mime: drawn.type, width: 0, height: 0, state: 'kept', sent_bytes: 0, upload_url: null,
      problem: null, taken_at: at, stored_at: null,
    })
    await of.captures.update(visit, { photos, signature: { kind: 'signed', ...(name && { name }), photo: sha } })
  })
}
