// Which photos an answer, a visit or a site names, in which order. A photo is one row, whoever names it.
//
// A visit's photos stand in the answer's `photos` (their order) and in `capture.photos` (what is known of each); with no item they stand in
// `capture.photos` alone. A site's are changes that wait for its form to be saved: `{sha256: capture, or null to take it away}`, kept
// in `meta`, as they go into the operation's `set.photos`.
import type { FieldDb } from '../db/database'
import type { Capture, PhotoRow } from '../db/local'
import type { PhotoCapture } from '../db/rows'
import { seenSite } from '../stores/overlay'
import { db } from '../stores/session'
import { PhotoError } from './failure'

export type SitePhotos = Record<string, PhotoCapture | null>

/** At most so many of one answer, of one visit, and of one site (docs/sync-protocol.md). */
const OF_ANSWER = 50, OF_VISIT = 200, OF_SITE = 20

/** The id behind the colon. */
export const idOf = (owner: string): string => owner.slice(owner.indexOf(':') + 1)
const siteKey = (id: string) => `site_photos:${id}`

/** What the form of a site has to put into `set.photos`: photos added and taken away since it was saved. */
export const sitePhotos = (of: FieldDb, id: string): Promise<SitePhotos> => of.kept<SitePhotos>(siteKey(id), {})

/**
 * What the forms of these sites hold of photos, not saved yet: {id: changes}. By their keys: a live query that read a range of `meta` was seen
 * not to run again (Dexie 4.4).
 */
export async function unsavedPhotos(of: FieldDb, ids: string[]): Promise<Record<string, SitePhotos>> {
  const rows = await of.meta.bulkGet(ids.map(siteKey))
  return Object.fromEntries(ids.map((id, i) => [id, (rows[i]?.value as SitePhotos | undefined) ?? {}]))
}

/** The site of a key under which `meta` keeps what a form holds of photos; undefined of another key. */
export const siteOfKey = (key: string): string | undefined => (key.startsWith(siteKey('')) ? key.slice(siteKey('').length) : undefined)

/** Tables that a change of a site's photos touches. */
export const siteTables = (of: FieldDb) => [of.meta, of.photos, of.blobs, of.sites, of.outbox]

/**
 * Forgets the waiting changes of a site's photos in the transaction (over `siteTables`) that enqueues them; what it gave up is no longer its
 * own.
 */
export async function savedSitePhotos(of: FieldDb, id: string): Promise<void> {
  for (const [sha, known] of Object.entries(await sitePhotos(of, id))) if (!known) await disown(of, `site:${id}`, sha)
  await of.meta.delete(siteKey(id))
}

/** Throws the waiting changes of a site's photos away: what was added is gone, what was taken away is there again. */
export async function dropSitePhotos(of: FieldDb, id: string): Promise<void> {
  await of.transaction('rw', siteTables(of), async () => {
    const saved = (await seenSite(of, id))?.photos ?? {}
    for (const sha of Object.keys(await sitePhotos(of, id))) if (!saved[sha]) await disown(of, `site:${id}`, sha)
    await of.meta.delete(siteKey(id))
  })
}

/** Every item that names `sha`, the signature and the visit without an item apart. */
async function namedByItems(of: FieldDb, visit: string): Promise<Set<string>> {
  const answers = await of.answers.where('visit').equals(visit).toArray()
  return new Set(answers.flatMap((answer) => answer.photos ?? []))
}

/** The photos of an item, of a visit without an item, or of a site, in order. */
export async function photosOf(of: FieldDb, owner: string, linkId: string | null): Promise<string[]> {
  const id = idOf(owner)
  if (owner.startsWith('site:')) {
    const seen: SitePhotos = { ...(await seenSite(of, id))?.photos, ...(await sitePhotos(of, id)) }
    return Object.keys(seen).filter((sha) => seen[sha])
  }
  if (linkId !== null) return (await of.answers.get([id, linkId]))?.photos ?? []
  const capture = await of.captures.get(id)
  const elsewhere = await namedByItems(of, id)
  return Object.keys(capture?.photos ?? {}).filter((sha) => !elsewhere.has(sha) && sha !== capture?.signature?.photo)
}

/** What a visit names beside its drawn signature: who tells it anew signs it anew. */
export function withoutSignature({ photos = {}, signature }: Partial<Capture>): Capture['photos'] {
  return Object.fromEntries(Object.entries(photos).filter(([sha]) => sha !== signature?.photo))
}

/** The draft of this id. Raises PhotoError: gone, signed. */
export async function draftOf(of: FieldDb, visit: string): Promise<Capture> {
  const capture = await of.captures.get(visit)
  if (!capture) throw new PhotoError('gone')
  if (capture.status !== 'draft') throw new PhotoError('signed')
  return capture
}

/** Names a photo. Runs in the caller's transaction. Raises PhotoError: signed, gone, too-many. */
export async function namePhoto(of: FieldDb, owner: string, linkId: string | null, sha: string, known: PhotoCapture): Promise<void> {
  const id = idOf(owner)
  if (owner.startsWith('site:')) {
    const changes = await sitePhotos(of, id)
    const all = { ...(await seenSite(of, id))?.photos, ...changes, [sha]: known }
    if (Object.values(all).filter(Boolean).length > OF_SITE) throw new PhotoError('too-many')
    return of.keep(siteKey(id), { ...changes, [sha]: changes[sha] ?? known })
  }
  const capture = await draftOf(of, id)
  const all = { ...capture.photos, [sha]: capture.photos[sha] ?? known }
  if (Object.keys(all).length > OF_VISIT) throw new PhotoError('too-many')
  if (linkId !== null) {
    const answer = (await of.answers.get([id, linkId])) ?? { visit: id, link_id: linkId, at: known.at ?? '' }
    const list = answer.photos ?? []
    if (!list.includes(sha)) {
      if (list.length >= OF_ANSWER) throw new PhotoError('too-many')
      await of.answers.put({ ...answer, photos: [...list, sha] })
    }
  }
  await of.captures.update(id, { photos: all })
}

/** Adds the place of a photo that is named already, when it was found later. A signed visit stays as it is. */
export async function placePhoto(of: FieldDb, owner: string, sha: string, place: PhotoCapture['place']): Promise<void> {
  const id = idOf(owner)
  const capture = owner.startsWith('visit:') ? await of.captures.get(id) : undefined
  const photos: SitePhotos = capture?.photos ?? (await sitePhotos(of, id))
  const known = photos[sha]
  if (!known || known.place) return
  const found = { ...photos, [sha]: { ...known, place } }
  if (!capture) await of.keep(siteKey(id), found)
  else if (capture.status === 'draft') await of.captures.update(id, { photos: found as Capture['photos'] })
}

/** Takes an owner from a photo, in the caller's transaction. Its bytes go when nobody owns it and nothing of it was ever sent. */
export async function disown(of: FieldDb, owner: string, sha: string): Promise<void> {
  const photo: PhotoRow | undefined = await of.photos.get(sha)
  if (!photo) return
  const owners = photo.owners.filter((other) => other !== owner)
  if (owners.length || photo.state !== 'kept' || photo.sent_bytes || photo.upload_url) return void (await of.photos.update(sha, { owners }))
  await of.photos.delete(sha)
  await of.blobs.delete(sha)
}

async function takeFromSite(of: FieldDb, owner: string, sha: string): Promise<void> {
  const id = idOf(owner)
  const changes = await sitePhotos(of, id)
  // A saved one keeps its owner until the removal is saved.
  if ((await seenSite(of, id))?.photos?.[sha]) return of.keep(siteKey(id), { ...changes, [sha]: null })
  delete changes[sha]
  await of.keep(siteKey(id), changes)
  await disown(of, owner, sha)
}

async function takeFromVisit(of: FieldDb, owner: string, linkId: string | null, sha: string): Promise<void> {
  const id = idOf(owner)
  const capture = await draftOf(of, id)
  const answer = linkId === null ? undefined : await of.answers.get([id, linkId])
  if (answer) {
    const { photos = [], ...rest } = answer
    const left = photos.filter((other) => other !== sha)
    const empty = !left.length && rest.mark === undefined && rest.value === undefined && !rest.note
    if (empty) await of.answers.delete([id, answer.link_id])
    else await of.answers.put(left.length ? { ...rest, photos: left } : rest)
  }
  if ((await namedByItems(of, id)).has(sha) || capture.signature?.photo === sha) return
  const photos = { ...capture.photos }
  delete photos[sha]
  await of.captures.update(id, { photos })
  await disown(of, owner, sha)
}

/** Takes a photo from an item, a visit without an item (linkId null) or a site. Raises PhotoError of a signed visit. */
export async function removePhoto(owner: string, linkId: string | null, sha: string): Promise<void> {
  const of = db()
  await of.transaction('rw', [of.captures, of.answers, ...siteTables(of)], () =>
    owner.startsWith('site:') ? takeFromSite(of, owner, sha) : takeFromVisit(of, owner, linkId, sha))
}

/** Moves a photo of an answer to position `to` (from 0). Photos of a site or without an item have no order to keep. */
export async function movePhoto(owner: string, linkId: string | null, sha: string, to: number): Promise<void> {
  if (linkId === null || !owner.startsWith('visit:')) return
  const of = db()
  await of.transaction('rw', of.captures, of.answers, async () => {
    await draftOf(of, idOf(owner))
    const answer = await of.answers.get([idOf(owner), linkId])
    if (!answer?.photos?.includes(sha)) return
    const photos = answer.photos.filter((other) => other !== sha)
    photos.splice(Math.max(0, Math.min(to, photos.length)), 0, sha)
    await of.answers.put({ ...answer, photos })
  })
}
