// What may go from this phone, and when: nothing before its receipt.
import type { FieldDb } from '../db/database'
import type { Capture, PhotoRow } from '../db/local'
import type { SiteRow } from '../db/rows'
import { idOf } from '../photos/naming'
import { receiptFits } from './takeReceipts'

/** Four weeks: a server that is restored from a backup gets the operations of the last weeks back. */
const KEPT = 28 * 86_400_000

function safe(capture: Capture | undefined, sha256: string): boolean {
  return capture !== undefined && receiptFits(capture) && capture.receipt!.photos.includes(sha256)
}

/** Whether everything that a photo belongs to is on the server with it. */
async function safePhoto(db: FieldDb, { sha256, owners }: PhotoRow): Promise<boolean> {
  if (!owners.length) return false
  for (const owner of owners) {
    const id = idOf(owner)
    if (owner.startsWith('visit:')) {
      if (!safe(await db.captures.get(id), sha256)) return false
    } else {
      const site: SiteRow | undefined = await db.sites.get(id)
      if (!site?.photos?.[sha256] || site.photos_missing?.includes(sha256)) return false
    }
  }
  return true
}

async function forgetBlobs(db: FieldDb): Promise<void> {
  for (const photo of await db.photos.where('state').equals('stored').toArray()) {
    await db.transaction('rw', [db.photos, db.blobs, db.captures, db.sites], async () => {
      const present = await db.photos.get(photo.sha256)
      if (present?.state === 'stored' && (await safePhoto(db, present))) await db.blobs.delete(photo.sha256)
    })
  }
}

/** Photos of visits that are forgotten, and those that the person took back after a part of them, or all, had gone up. */
async function forgetUnowned(db: FieldDb): Promise<void> {
  await db.transaction('rw', db.photos, db.blobs, async () => {
    const free = await db.photos.filter(({ owners }) => !owners.length).primaryKeys()
    await db.photos.bulkDelete(free)
    await db.blobs.bulkDelete(free)
  })
}

async function forgetCaptures(db: FieldDb, before: number): Promise<void> {
  const old = await db.captures.where('status').equals('signed')
    .filter((capture) => receiptFits(capture) && Date.parse(capture.receipt!.at) < before).primaryKeys()
  for (const id of old) {
    await db.transaction('rw', [db.captures, db.answers, db.photos], async () => {
      await db.captures.delete(id)
      await db.answers.where('visit').startsWith(id).delete() // with those that an older checklist asked for
      const own = `visit:${id}`
      await db.photos.where('owners').equals(own).modify((photo) => { photo.owners = photo.owners.filter((owner) => owner !== own) })
    })
  }
}

async function forgetOperations(db: FieldDb, before: number): Promise<void> {
  await db.transaction('rw', [db.outbox, db.captures], async () => {
    const held = new Set(await db.captures.toCollection().primaryKeys())
    const old = await db.outbox.where('state').anyOf('done', 'settled')
      .filter((row) => row.done_at !== null && Date.parse(row.done_at) < before && !(row.t === 'visit' && held.has(row.id))).primaryKeys()
    await db.outbox.bulkDelete(old)
  })
}

async function forgetContents(db: FieldDb): Promise<void> {
  await db.transaction('rw', [db.contents, db.checklists, db.captures, db.visits], async () => {
    const wanted = new Set<string>()
    await db.checklists.each(({ version }) => wanted.add(version))
    await db.captures.each(({ checklist }) => wanted.add(checklist))
    const open = db.visits.filter(({ status, review }) => status === 'draft' || review === 'returned')
    await open.each(({ checklist }) => wanted.add(checklist))
    await db.contents.where('version').noneOf([...wanted]).delete()
  })
}

/**
 * Forgets the bytes of photos once every visit and site that owns them has its receipt; visits, their answers and done operations four
 * weeks later; checklists that are neither in force nor needed by a visit. `now`: the server's time in milliseconds, as far as known.
 */
export async function forget(db: FieldDb, now: number): Promise<void> {
  await forgetBlobs(db)
  await forgetCaptures(db, now - KEPT)
  await forgetUnowned(db)
  await forgetOperations(db, now - KEPT)
  // In the middle of a pull that begins anew the checklists in force are not all there.
  if (!(await db.kept('marked', null))) await forgetContents(db)
}
