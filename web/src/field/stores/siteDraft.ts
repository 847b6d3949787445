// The unfinished form of a site, kept at every change: a killed page loses nothing, and goes on with the photos that it had.
import { v7 as uuid } from 'uuid'

import type { FieldDb } from '../db/database'
import { dropIntake } from '../photos/intake'
import { dropSitePhotos, savedSitePhotos, siteOfKey, sitePhotos, siteTables } from '../photos/naming'
import { enqueue } from '../sync/enqueue'
import { seenSite } from './overlay'
import { mended } from './refused'
import { createOf, formOf, patchOf, type SiteForm } from './siteForm'

/**
 * A form at work. `before` and `base`: what the person saw when it was opened, null of a new site. `mends`: the refused operation that it
 * hands in anew.
 */
export interface SiteDraft { id: string; base: number | null; before: SiteForm | null; form: SiteForm; mends?: number }

/** There is one form of a new site at a time, and one of each known site. */
const keyOf = ({ id, before }: Pick<SiteDraft, 'id' | 'before'>) => `site_draft:${before ? id : 'new'}`

/** A form of a new site in which nothing was filled in. */
async function blankForm(db: FieldDb): Promise<SiteForm> {
  const grids = (await db.regions.toArray()).filter(({ level }) => level === 'grid')
  return formOf({ grid: grids.length === 1 ? grids[0].code : '' })
}

/** Whether something was typed into a form, or a picture taken for it, that is not saved. */
async function isBegun(db: FieldDb, { id, before, form }: SiteDraft): Promise<boolean> {
  const same = JSON.stringify(form) === JSON.stringify(before ?? (await blankForm(db)))
  return !same || Object.keys(await sitePhotos(db, id)).length > 0 || (await db.intake.where('owner').equals(`site:${id}`).count()) > 0
}

/** The ids of sites whose forms hold what was never saved: on this phone only. */
export async function begunForms(db: FieldDb): Promise<string[]> {
  const kept = await db.meta.toArray()
  const drafts = kept.filter(({ key }) => key.startsWith('site_draft:')).map(({ value }) => value as SiteDraft)
  const begun = await Promise.all(drafts.map(async (draft) => ((await isBegun(db, draft)) ? draft.id : undefined)))
  const photographed = kept.filter(({ value }) => value && Object.keys(value).length).map(({ key }) => siteOfKey(key))
  return [...new Set([...begun, ...photographed])].filter((id) => id !== undefined)
}

/** The form of the site `id` (undefined: of a new one) where it was left, else a fresh one; undefined when there is no such site. */
export async function openDraft(db: FieldDb, id: string | undefined): Promise<{ draft: SiteDraft; left: boolean } | undefined> {
  const kept = await db.kept<SiteDraft | null>(`site_draft:${id ?? 'new'}`, null)
  if (kept) return { draft: kept, left: await isBegun(db, kept) }
  if (id === undefined) {
    const draft = { id: uuid(), base: null, before: null, form: await blankForm(db) }
    await keepDraft(db, draft) // at once: a photo that is taken before anything is typed finds its form again
    return { draft, left: false }
  }
  const [copy, seen] = await Promise.all([db.sites.get(id), seenSite(db, id)])
  // A row that the phone itself made is at revision 1 until it hears otherwise.
  return seen && { draft: { id, base: copy?.rev ?? 1, before: formOf(seen), form: formOf(seen) }, left: false }
}

/** Keeps the form as it stands. */
export function keepDraft(db: FieldDb, draft: SiteDraft): Promise<void> {
  return db.keep(keyOf(draft), JSON.parse(JSON.stringify(draft)))
}

/** Throws the form away, and what was done to the site's photos since it was opened. */
export async function dropDraft(db: FieldDb, draft: SiteDraft): Promise<void> {
  for (const picture of await db.intake.where('owner').equals(`site:${draft.id}`).primaryKeys()) await dropIntake(picture)
  await dropSitePhotos(db, draft.id)
  await db.meta.delete(keyOf(draft))
}

/** The form becomes an operation and is gone, in one transaction. Nothing is told when nothing was changed. */
export function saveDraft(db: FieldDb, draft: SiteDraft): Promise<void> {
  const { id, base, before, form, mends } = draft
  return db.transaction('rw', siteTables(db), async () => {
    const waiting = await sitePhotos(db, id)
    const photos = Object.keys(waiting).length ? { photos: waiting } : {}
    if (before === null) await enqueue(db, { t: 'site', id, kind: 'create', set: { ...createOf(form), ...photos } })
    else {
      const patch = patchOf(before, form)
      const set = { ...patch?.set, ...photos }
      if (Object.keys(set).length) await enqueue(db, { t: 'site', id, kind: 'patch', base, was: patch?.was ?? {}, set })
    }
    if (photos.photos) await savedSitePhotos(db, id)
    if (mends !== undefined) await mended(db, mends, id)
    await db.meta.delete(keyOf(draft))
  })
}
