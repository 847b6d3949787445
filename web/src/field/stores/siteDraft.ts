// The unfinished form of a site, kept at every change: a killed page loses nothing, and goes on with the photos that it had.
import { v7 as uuid } from 'uuid'

import type { FieldDb } from '../db/database'
import { dropIntake } from '../photos/intake'
import { dropSitePhotos, savedSitePhotos, sitePhotos, siteTables } from '../photos/naming'
import { enqueue } from '../sync/enqueue'
import { seenSite } from './overlay'
import { createOf, formOf, patchOf, type SiteForm } from './siteForm'

/** A form at work. `before` and `base`: what the person saw when it was opened, null of a new site. */
export interface SiteDraft { id: string; base: number | null; before: SiteForm | null; form: SiteForm }

/** There is one form of a new site at a time, and one of each known site. */
const keyOf = ({ id, before }: Pick<SiteDraft, 'id' | 'before'>) => `site_draft:${before ? id : 'new'}`

/** The form of the site `id` (undefined: of a new one) where it was left, else a fresh one; undefined when there is no such site. */
export async function openDraft(db: FieldDb, id: string | undefined): Promise<{ draft: SiteDraft; left: boolean } | undefined> {
  const kept = await db.kept<SiteDraft | null>(`site_draft:${id ?? 'new'}`, null)
  if (kept) return { draft: kept, left: true }
  if (id === undefined) {
    const grids = (await db.regions.toArray()).filter(({ level }) => level === 'grid')
    return { draft: { id: uuid(), base: null, before: null, form: formOf({ grid: grids.length === 1 ? grids[0].code : '' }) }, left: false }
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
  const { id, base, before, form } = draft
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
    await db.meta.delete(keyOf(draft))
  })
}
