// Everything unsent in one file, for an office to load when the phone cannot reach the server: docs/sync-protocol.md, "Bundles".
import { downloadZip } from 'client-zip'

import { sha256Of } from '@/shared/sha256'

import type { FieldDb } from '../db/database'
import type { SessionRow } from '../db/local'
import type { Answers, PhotoCapture } from '../db/rows'
import { phoneTime } from '../stores/clock'
import { begunForms } from '../stores/siteDraft'
import { draftsOf, type Draft } from './drafts'
import { SCHEMA } from './push'
import { ackedOf } from './takeBatch'
import { APP } from './wire'

/** What a visit says of its photos. */
interface Named { photos?: Record<string, PhotoCapture>; answers: Answers }
interface PhotoFile { sha256: string; mime: string; taken_at: string; blob: Blob }

const ENDINGS: Record<string, string> = {
  'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp', 'image/heic': 'heic', 'image/heif': 'heic',
}

/** A bundle and what is in it. `left`: forms of sites that were not saved; an office can load no half of a site. */
export interface Bundle { blob: Blob; name: string; operations: number; photos: number; drafts: number; left: number }

/** A picture that is not a photo yet, as it came from the camera, named by its unfinished visit. */
async function withIntake(db: FieldDb, drafts: Draft[]): Promise<PhotoFile[]> {
  const files: PhotoFile[] = []
  for (const { owner, link_id, blob, at, source, place } of await db.intake.toArray()) {
    const set = drafts.find(({ id }) => owner === `visit:${id}`)?.set as Named | undefined
    if (!set) continue
    const sha256 = await sha256Of(await blob.arrayBuffer())
    set.photos = { ...set.photos, [sha256]: { at, source, ...(place && { place }) } }
    if (link_id) set.answers[link_id] = { ...set.answers[link_id], photos: [...(set.answers[link_id]?.photos ?? []), sha256] }
    files.push({ sha256, mime: blob.type, taken_at: at, blob })
  }
  return files
}

/** Operations that the server has not taken, unfinished visits, and photos that are on this phone only. Changes nothing here. */
export async function exportBundle(db: FieldDb): Promise<Bundle> {
  const made_at = phoneTime()
  const session = await db.kept<SessionRow | null>('session', null)
  const rows = (await db.outbox.where('state').anyOf('waiting', 'rejected', 'stuck').toArray()).sort((a, b) => a.n - b.n)
  const acked = ackedOf(rows.filter(({ state }) => state !== 'rejected'), await db.kept<number>('last_n', 0))
  const drafts = await draftsOf(db)
  const found = new Map((await withIntake(db, drafts)).map((file) => [file.sha256, file]))
  for (const { sha256, mime, taken_at } of await db.photos.where('state').anyOf('kept', 'refused').toArray()) {
    const kept = await db.blobs.get(sha256)
    if (kept) found.set(sha256, { sha256, mime, taken_at, blob: kept.blob })
  }
  const photos = [...found.values()].map(({ sha256, mime, blob }) => ({ sha256, bytes: blob.size, mime }))
  const files = [...found.values()].map(({ sha256, mime, taken_at, blob }) => (
    { name: `photos/${sha256}.${ENDINGS[mime] ?? 'jpg'}`, input: blob, lastModified: new Date(taken_at) }
  ))
  const left = (await begunForms(db)).length
  const content = {
    format: 'field-bundle', version: 1, made_at, app: APP,
    device_id: session?.device_id ?? '', login: session?.login ?? '', schema: SCHEMA, acked,
    ops: rows.map((row) => row.operation), drafts, photos,
  }
  const list = { name: 'bundle.json', input: JSON.stringify(content), lastModified: new Date(made_at) }
  const blob = await downloadZip([list, ...files]).blob()
  const name = `field-${session?.login ?? 'phone'}-${made_at.slice(0, 16).replace(/[^0-9]/g, '')}.zip`
  return { blob, name, operations: rows.length, photos: photos.length, drafts: drafts.length, left }
}
