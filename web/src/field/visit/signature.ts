// The operator's word for a visit: signed, refused or not there. A drawn signature is a photo of the visit like any other.
import { sha256Of } from '@/shared/sha256'

import type { Signature } from '../db/rows'
import { keepPhoto } from '../photos/intake'
import { disown, draftOf } from '../photos/naming'
import { phoneTime } from '../stores/clock'
import { db } from '../stores/session'

/** Puts a signature into a draft; null takes it back. A drawn one that it no longer names goes. Raises PhotoError: signed, gone. */
export async function putSignature(visit: string, signature: Signature | null): Promise<void> {
  const of = db()
  await of.transaction('rw', of.captures, of.photos, of.blobs, async () => {
    const capture = await draftOf(of, visit)
    const photos = { ...capture.photos }
    const before = capture.signature?.photo
    if (before && before !== signature?.photo) {
      delete photos[before]
      await disown(of, `visit:${visit}`, before)
    }
    if (signature?.photo) photos[signature.photo] ??= { at: phoneTime() }
    await of.captures.update(visit, { photos, signature, touched_at: phoneTime() })
  })
}

/** Keeps a drawn signature byte for byte with the draft, and names it there. Raises as putSignature. */
export async function keepSignature(visit: string, drawn: Blob, name: string): Promise<void> {
  const of = db()
  const sha256 = await sha256Of(await drawn.arrayBuffer())
  await of.transaction('rw', of.captures, of.photos, of.blobs, async () => {
    await keepPhoto(of, `visit:${visit}`, { blob: drawn, sha256, mime: drawn.type, width: 0, height: 0 }, phoneTime())
    await putSignature(visit, { kind: 'signed', ...(name && { name }), photo: sha256 })
  })
}
