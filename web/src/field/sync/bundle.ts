// Everything unsent in one file, for an office to load when the phone cannot reach the server: docs/sync-protocol.md, "Bundles".
import { downloadZip } from 'client-zip'

import type { FieldDb } from '../db/database'
import type { SessionRow } from '../db/local'
import { phoneTime } from '../stores/clock'
import { draftsOf } from './drafts'
import { SCHEMA } from './push'
import { ackedOf } from './takeBatch'
import { APP } from './wire'

const ENDINGS: Record<string, string> = {
  'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp', 'image/heic': 'heic', 'image/heif': 'heic',
}

/** A bundle and what is in it. */
export interface Bundle { blob: Blob; name: string; operations: number; photos: number; drafts: number }

/** Operations that the server has not taken, unfinished visits, and photos that are on this phone only. Changes nothing here. */
export async function exportBundle(db: FieldDb): Promise<Bundle> {
  const made_at = phoneTime()
  const session = await db.kept<SessionRow | null>('session', null)
  const rows = (await db.outbox.where('state').anyOf('waiting', 'rejected', 'stuck').toArray()).sort((a, b) => a.n - b.n)
  const acked = ackedOf(rows.filter(({ state }) => state !== 'rejected'), await db.kept<number>('last_n', 0))
  const [drafts, unsent] = await Promise.all([draftsOf(db), db.photos.where('state').anyOf('kept', 'refused').toArray()])
  const files: { name: string; input: Blob; lastModified: Date }[] = []
  const photos: { sha256: string; bytes: number; mime: string }[] = []
  for (const { sha256, mime, taken_at } of unsent) {
    const found = await db.blobs.get(sha256)
    if (!found) continue
    photos.push({ sha256, bytes: found.blob.size, mime })
    files.push({ name: `photos/${sha256}.${ENDINGS[mime] ?? 'jpg'}`, input: found.blob, lastModified: new Date(taken_at) })
  }
  const content = {
    format: 'field-bundle', version: 1, made_at, app: APP,
    device_id: session?.device_id ?? '', login: session?.login ?? '', schema: SCHEMA, acked,
    ops: rows.map((row) => row.operation), drafts, photos,
  }
  const list = { name: 'bundle.json', input: JSON.stringify(content), lastModified: new Date(made_at) }
  const blob = await downloadZip([list, ...files]).blob()
  const name = `field-${session?.login ?? 'phone'}-${made_at.slice(0, 16).replace(/[^0-9]/g, '')}.zip`
  return { blob, name, operations: rows.length, photos: photos.length, drafts: drafts.length }
}
