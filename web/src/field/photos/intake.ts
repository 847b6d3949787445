// Takes pictures in: first written as they came, then made ready one after the other, then named by what owns them.
//
// Whatever kills the page in between, the picture lies in `intake` and resumeIntake() goes on. It leaves `intake` only in the
// transaction that puts its bytes and its name where they belong.
import { v7 as uuid } from 'uuid'

import type { FieldDb } from '../db/database'
import type { IntakeRow } from '../db/local'
import type { Place } from '../db/rows'
import { takePlace } from '../geo/place'
import { photoFailures } from '../locales/photos'
import { phoneTime } from '../stores/clock'
import { db } from '../stores/session'
import { PhotoError, type Failure } from './failure'
import { namePhoto, placePhoto } from './naming'
import type { Prepared } from './picture'
import { isFull, room } from './room'
import { madeReady } from './studio'

export { movePhoto, removePhoto } from './naming'

/** Milliseconds in which a place is looked for. Nobody waits for it. */
export const PLACE_WITHIN = 8_000

/** A picture at which the page died so often is not tried again by itself: it may be what kills it. */
const MOST_TRIES = 3
/** Milliseconds after which a picture is tried again that found no room at all. */
const FULL_AGAIN = 15_000
const triesKey = (id: string) => `intake_tries:${id}`

/** Pictures of this page load that became photos: where a place goes that is found later. */
const taken = new Map<string, string>()
let queue: Promise<void> = Promise.resolve()
const queued = new Set<string>()

const tables = (of: FieldDb) => [of.intake, of.photos, of.blobs, of.captures, of.answers, of.meta, of.sites, of.outbox]

/** A photo's row and bytes, with one owner more. In the caller's transaction, over `photos` and `blobs`. */
export async function keepPhoto(of: FieldDb, owner: string, made: Prepared, taken_at: string): Promise<void> {
  const photo = await of.photos.get(made.sha256)
  if (photo?.state !== 'stored') await of.blobs.put({ sha256: made.sha256, blob: made.blob })
  if (photo) return void (await of.photos.update(made.sha256, { owners: [...new Set([...photo.owners, owner])] }))
  await of.photos.add({
    sha256: made.sha256, owners: [owner], bytes: made.blob.size, mime: made.mime, width: made.width, height: made.height, state: 'kept',
    sent_bytes: 0, upload_url: null, problem: null, taken_at, stored_at: null,
  })
}

async function take(of: FieldDb, id: string): Promise<void> {
  const waiting = await of.intake.get(id)
  if (!waiting || waiting.failed) return
  try {
    const tries = await of.kept(triesKey(id), 0)
    if (tries >= MOST_TRIES) throw new PhotoError('broken')
    await of.keep(triesKey(id), tries + 1)
    const made = await madeReady(waiting.blob)
    await of.transaction('rw', tables(of), async () => {
      const row = await of.intake.get(id) // another tab may have been faster; the place may have come
      if (!row) return
      await keepPhoto(of, row.owner, made, row.at)
      await namePhoto(of, row.owner, row.link_id, made.sha256, { at: row.at, source: row.source, ...(row.place && { place: row.place }) })
      await of.intake.delete(id)
      await of.meta.delete(triesKey(id))
      taken.set(id, made.sha256)
    })
  } catch (error) {
    await of.transaction('rw', of.intake, of.meta, async () => {
      await of.intake.update(id, { failed: photoFailures[failureOf(error)] })
      await of.meta.delete(triesKey(id))
    })
  }
}

function failureOf(error: unknown): Failure {
  if (isFull(error)) return 'full'
  if (error instanceof PhotoError) return error.failure
  const { message } = error as Error
  return message === 'unreadable' || message === 'too-large' ? message : 'broken'
}

function enter(of: FieldDb, ids: string[]): void {
  for (const id of ids.filter((one) => !queued.has(one))) {
    queued.add(id)
    // A database that was closed meanwhile (another person logged in) keeps its intake for the next time. On a full phone not even the
    // failure can be written down: the picture is tried again until there is room.
    queue = queue.then(() => take(of, id)).catch((error: unknown) => {
      if (isFull(error)) setTimeout(() => enter(of, [id]), FULL_AGAIN)
    }).then(() => void queued.delete(id))
  }
}

async function notePlace(of: FieldDb, rows: IntakeRow[], place: Place | null): Promise<void> {
  if (!place) return
  await of.transaction('rw', of.intake, of.captures, of.meta, async () => {
    for (const { id, owner } of rows) {
      if (await of.intake.update(id, { place })) continue
      const sha = taken.get(id)
      if (sha) await placePhoto(of, owner, sha, place)
    }
  })
}

/**
 * Writes pictures down, all or none, and is done; they are made ready behind the person's back. `place` is one that was begun to be taken
 * at the tap. Raises PhotoError('full') when the phone has no room for them, 'broken' when they could not be written.
 */
export async function addPhotos(
  owner: string, linkId: string | null, files: File[], source: 'camera' | 'gallery', place: Promise<Place | null> = takePlace(PLACE_WITHIN),
): Promise<void> {
  const of = db()
  if ((await room()).level === 'full') throw new PhotoError('full')
  const at = phoneTime()
  const rows: IntakeRow[] = files.map((blob) => ({ id: uuid(), owner, link_id: linkId, blob, at, source, place: null, failed: null }))
  try {
    await of.intake.bulkAdd(rows)
  } catch (error) {
    throw new PhotoError(isFull(error) ? 'full' : 'broken')
  }
  enter(of, rows.map(({ id }) => id))
  void place.then((found) => notePlace(of, rows, found)).catch(() => undefined)
}

/** Goes on with what a closed page left: at the start of the app. */
export async function resumeIntake(): Promise<void> {
  const of = db()
  enter(of, (await of.intake.orderBy('id').filter((row) => !row.failed).primaryKeys()) as string[])
}

/** Tries a picture again that could not be taken in. */
export async function retryIntake(id: string): Promise<void> {
  const of = db()
  await of.intake.update(id, { failed: null })
  enter(of, [id])
}

/** Throws a picture away that could not be taken in: only when the person says so. */
export async function dropIntake(id: string): Promise<void> {
  await db().intake.delete(id)
}

/** Waits until every picture has become a photo or has failed, and answers how many of `owner` have not: before a visit is signed. */
export async function settleIntake(owner: string): Promise<number> {
  await queue
  return db().intake.where('owner').equals(owner).count()
}
