// The form of a site: what it refuses, what it comes to, and that it outlives the page.
import { describe, expect, test } from 'vitest'

import { FieldDb } from '@/field/db/database'
import type { RegionRow, SiteRow } from '@/field/db/rows'
import { onMap } from '@/field/geo/tiles'
import { gridOf } from '@/field/geo/within'
import { namePhoto, photosOf, removePhoto } from '@/field/photos/naming'
import { madeSite } from '@/field/stores/overlay'
import { work, type Work } from '@/field/stores/session'
import { dropDraft, keepDraft, openDraft, saveDraft } from '@/field/stores/siteDraft'
import { createOf, errorsOf, formOf, patchOf } from '@/field/stores/siteForm'
import { holdsUnsent, unsent } from '@/field/stores/unsent'
import { forget } from '@/field/sync/forget'
import { photosToSend } from '@/field/sync/uploadPhotos'

const SQUARE = [[112, 35], [112.1, 35], [112.1, 35.1], [112, 35.1], [112, 35]]
const HOLE = [[112.04, 35.04], [112.06, 35.04], [112.06, 35.06], [112.04, 35.06], [112.04, 35.04]]
const grid = (code: string, boundary: RegionRow['boundary']): RegionRow => (
  { b: '', code, name: code, level: 'grid', parent: null, path: [], boundary, valid_from: null, valid_to: null }
)
const filled = { type: 'catering', name: '面馆', grid: 'g' }
let made = 0
const fresh = () => new FieldDb(`form-${++made}`)

test('a place is in the grid whose boundary holds it, not in its hole, and not where another datum would put it', () => {
  const grids = [grid('none', null), grid('a', { type: 'Polygon', coordinates: [SQUARE, HOLE] })]
  expect(gridOf({ lon: 112.01, lat: 35.01, crs: 'WGS84' }, grids)?.code).toBe('a')
  expect(gridOf({ lon: 112.05, lat: 35.05, crs: 'WGS84' }, grids)).toBeNull()
  expect(gridOf({ lon: 112.001, lat: 35.05, crs: 'WGS84' }, grids)?.code).toBe('a')
  expect(gridOf({ lon: 112.001, lat: 35.05, crs: 'GCJ02' }, grids)).toBeNull()
})

test('every part of a boundary counts', () => {
  const far = SQUARE.map(([lon, lat]) => [lon + 1, lat])
  const parts = grid('m', { type: 'MultiPolygon', coordinates: [[SQUARE], [far]] })
  expect(gridOf({ lon: 113.05, lat: 35.05, crs: 'WGS84' }, [parts])?.code).toBe('m')
})

test('a point moves only under tiles that are drawn in another system', () => {
  expect(onMap([112, 35], { url: '', crs: 'WGS84', attribution: '' })).toEqual([35, 112])
  const [lat, lon] = onMap([112, 35], { url: '', crs: 'GCJ02', attribution: '' })
  expect(Math.hypot(lat - 35, lon - 112)).toBeGreaterThan(0.002)
})

test('type, name, grid and a wrong code are told before anything is saved', () => {
  expect(Object.keys(errorsOf(formOf())).sort()).toEqual(['grid', 'name', 'type'])
  expect(Object.keys(errorsOf(formOf({ ...filled, name: '  ' })))).toEqual(['name'])
  expect(errorsOf(formOf({ ...filled, uscc: '9111000060003734' })).uscc).toContain('16')
  expect(Object.keys(errorsOf(formOf({ ...filled, uscc: '911100006000373410' })))).toEqual(['uscc'])
  expect(errorsOf(formOf({ ...filled, uscc: '91110000 600037341l' }))).toEqual({})
})

test('a new site carries what was filled in and nothing else', () => {
  const attributes = { online: false, products: [], filing_number: ' ' }
  const form = formOf({ ...filled, name: ' 面馆 ', uscc: '91110000600037341l', attributes })
  expect(createOf(form)).toEqual({ ...filled, uscc: '91110000600037341L', attributes: { online: false } })
})

test('an edit carries changed fields and members with what was seen, and null for what was taken away', () => {
  const before = formOf({ ...filled, phone: '1', licence_number: 'JY1', attributes: { online: true, scale: 'small' } })
  const form = { ...before, phone: '', licence_number: ' ', attributes: { scale: 'small', chain: true } }
  expect(patchOf(before, form)).toEqual({
    set: { phone: '', licence_number: null, attributes: { online: null, chain: true } },
    was: { phone: '1', licence_number: 'JY1', attributes: { online: true, chain: null } },
  })
  expect(patchOf(before, { ...before, name: ' 面馆 ' })).toBeNull()
})

test('an unfinished new site is the same site when the form is opened again, until it is saved', async () => {
  const db = fresh()
  const first = (await openDraft(db, undefined))!
  await keepDraft(db, { ...first.draft, form: formOf(filled) })
  const again = (await openDraft(db, undefined))!
  expect([again.left, again.draft.id, again.draft.form.name]).toEqual([true, first.draft.id, '面馆'])
  await saveDraft(db, again.draft)
  const sent = (await db.outbox.toArray()).map(({ operation: { t, id, kind, set } }) => ({ t, id, kind, set }))
  expect(sent).toEqual([{ t: 'site', id: first.draft.id, kind: 'create', set: filled }])
  const next = (await openDraft(db, undefined))!
  expect([next.left, next.draft.id === first.draft.id]).toEqual([false, false])
})

test('a form that was open while the site changed tells the revision and the values that its person saw', async () => {
  const db = fresh()
  const site = { ...madeSite('s', { ...filled, phone: '1' }), rev: 4 }
  await db.sites.put(site)
  const { draft } = (await openDraft(db, 's'))!
  await db.sites.put({ ...(site as SiteRow & { initials: string }), phone: '2', rev: 5 })
  await saveDraft(db, { ...draft, form: { ...draft.form, phone: '3' } })
  const [{ operation }] = await db.outbox.toArray()
  expect([operation.base, operation.was, operation.set]).toEqual([4, { phone: '1' }, { phone: '3' }])
})

test('a form in which nothing was changed tells nothing', async () => {
  const db = fresh()
  await db.sites.put(madeSite('s', filled))
  await saveDraft(db, (await openDraft(db, 's'))!.draft)
  expect(await db.outbox.count()).toBe(0)
  expect(await openDraft(db, 'unknown')).toBeUndefined()
})

const sends = async (db: FieldDb) => (await photosToSend(db)).map(({ sha256 }) => sha256)

describe('photos of a site', () => {
  const OLD = 'aa'.repeat(32), NEW = 'bb'.repeat(32), known = { source: 'camera' as const }

  /** A site with a saved photo whose bytes still wait, and a new one in the form. */
  async function site() {
    const db = fresh()
    work.value = { db, session: { offset_ms: 0 } } as Work
    await db.sites.put({ ...madeSite('s', filled), photos: { [OLD]: known } })
    const photo = {
      owners: ['site:s'], bytes: 1, mime: 'image/jpeg', width: 1, height: 1, state: 'kept' as const, sent_bytes: 0, upload_url: null,
      problem: null,
      taken_at: '', stored_at: null,
    }
    await db.photos.bulkPut([OLD, NEW].map((sha256) => ({ ...photo, sha256 })))
    await db.blobs.bulkPut([OLD, NEW].map((sha256) => ({ sha256, blob: new Blob(['x']) })))
    await namePhoto(db, 'site:s', null, NEW, known)
    await removePhoto('site:s', null, OLD)
    return { db, draft: (await openDraft(db, 's'))!.draft, bytes: async () => (await db.blobs.toCollection().primaryKeys()).sort() }
  }

  test('are told one by one when the form is saved, also when nothing else was changed', async () => {
    const { db, draft, bytes } = await site()
    expect(await photosOf(db, 'site:s', null)).toEqual([NEW])
    expect(await bytes()).toEqual([OLD, NEW])
    expect([await sends(db), holdsUnsent(await unsent(db))]).toEqual([[OLD], true])
    await saveDraft(db, draft)
    expect(await sends(db)).toEqual([NEW])
    const [{ operation }] = await db.outbox.toArray()
    expect(operation).toMatchObject({ t: 'site', id: 's', kind: 'patch', base: 1, set: { photos: { [NEW]: known, [OLD]: null } } })
    expect([await photosOf(db, 'site:s', null), await bytes()]).toEqual([[NEW], [NEW]])
  })

  test('are as they were before when the form is thrown away', async () => {
    const { db, draft, bytes } = await site()
    await dropDraft(db, draft)
    expect([await photosOf(db, 'site:s', null), await bytes(), await db.outbox.count()]).toEqual([[OLD], [OLD], 0])
  })
  test('are twenty at most', async () => {
    const { db } = await site()
    for (let n = 0; n < 19; n += 1) await namePhoto(db, 'site:s', null, n.toString(16).padStart(64, '0'), known)
    await expect(namePhoto(db, 'site:s', null, 'f'.repeat(64), known)).rejects.toThrow('too-many')
  })

  test('that nobody owns any more are forgotten, also when they went up already', async () => {
    const { db, bytes } = await site()
    await db.photos.update(NEW, { owners: [], state: 'stored' })
    await forget(db, Date.now())
    expect(await bytes()).toEqual([OLD])
  })
})

test('a new form that nothing was put into is not unsent; what was typed or photographed is, and finds its form again', async () => {
  const db = fresh()
  work.value = { db, session: { offset_ms: 0 } } as Work
  const { draft } = (await openDraft(db, undefined))!
  expect(holdsUnsent(await unsent(db))).toBe(false)
  await namePhoto(db, `site:${draft.id}`, null, 'cc'.repeat(32), { source: 'camera' })
  expect((await unsent(db)).forms).toBe(1)
  const again = (await openDraft(db, undefined))!
  expect([again.left, again.draft.id]).toEqual([true, draft.id])
  await dropDraft(db, again.draft)
  await keepDraft(db, { ...draft, form: formOf(filled) })
  expect([(await unsent(db)).forms, holdsUnsent(await unsent(db))]).toEqual([1, true])
  await saveDraft(db, { ...draft, form: formOf(filled) })
  expect((await unsent(db)).forms).toBe(0)
})

test('a photo that the server does not take is only on this phone', async () => {
  const db = fresh()
  await db.photos.put({
    sha256: 'dd'.repeat(32), owners: ['visit:v'], bytes: 1, mime: 'image/jpeg', width: 1, height: 1, state: 'refused', sent_bytes: 0,
    upload_url: null, problem: null, taken_at: '', stored_at: null,
  })
  expect(holdsUnsent(await unsent(db))).toBe(true)
})
