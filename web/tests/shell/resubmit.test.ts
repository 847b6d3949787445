// What the server refused is mended on the phone and handed in anew: nothing of it has to be typed twice.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { Client } from '@/shared/api/client'
import { FieldDb } from '@/field/db/database'
import type { PhotoRow } from '@/field/db/local'
import type { Checklist, Item, VisitRow } from '@/field/db/rows'
import { deliveryOf } from '@/field/stores/delivery'
import { madeSite } from '@/field/stores/overlay'
import { canResubmit, resubmit } from '@/field/stores/resubmit'
import { work } from '@/field/stores/session'
import { openDraft, saveDraft } from '@/field/stores/siteDraft'
import { enqueue } from '@/field/sync/enqueue'
import { amendable, amendVisit } from '@/field/visit/amend'
import { saveAnswer } from '@/field/visit/answers'
import { beginVisit } from '@/field/visit/begin'
import { signVisit } from '@/field/visit/sign'

const SITE = 'site-1', SHA = 'ab'.repeat(32), SIGNED = 'cd'.repeat(32)
const item = (link_id: string): Item => ({
  link_id, question: link_id, kind: 'mark', key: false, polarity: 'positive', advisory: false, photo: { when: 'never', min: 0 },
  guidance: null, basis: [], remedy: { action: '改', days: 7 }, enable_when: null, citations: [],
})
const checklist: Checklist = {
  version: 'a'.repeat(64), site_type: 'catering', title: '餐饮', sections: [{ id: 's', title: '节', items: [item('one'), item('two')] }],
}
const photo = (sha256: string, owners: string[]): PhotoRow => ({
  sha256, owners, bytes: 1, mime: 'image/jpeg', width: 1, height: 1, state: 'kept', sent_bytes: 0, upload_url: null, problem: null,
  taken_at: '', stored_at: null,
})
let db: FieldDb
let number = 0

beforeEach(async () => {
  vi.stubGlobal('navigator', { onLine: false })
  db = new FieldDb(`resubmit-${(number += 1)}`)
  const limits = { push_operations: 1, push_bytes: 1, pull_changes: 1, schema: 2, oldest_schema: 1 }
  const session = { login: 'a', name: '甲', role: 'supervisor', regions: [], user_id: 'u', device_id: 'd', token: null, limits,
    offset_ms: 0 }
  work.value = { db, session, client: new Client(null) }
  await db.sites.put({ ...madeSite(SITE, { name: '王记饭店', type: 'catering', grid: 'g', phone: '1' }), rev: 3 })
  await db.contents.put(checklist)
  await db.checklists.put({ b: 'o', id: 'catering', site_type: 'catering', region: '', version: checklist.version, title: '' })
})
afterEach(async () => { work.value = null; vi.unstubAllGlobals(); await db.delete() })

const refuse = (n: number, errors: Record<string, unknown>[] = [], waits_for?: string) => (
  db.outbox.update(n, { state: 'rejected', status: 'rejected',
    problem: { code: waits_for ? 'waits' : 'answers-invalid', errors, waits_for } })
)
const waiting = async () => (await db.outbox.where('state').equals('waiting').sortBy('n')).map(({ operation }) => operation)

/** A signed visit with two answers, a photo and a signature. */
async function signedVisit(): Promise<string> {
  const id = await beginVisit(SITE)
  await saveAnswer(id, 'one', { mark: 'pass' })
  await saveAnswer(id, 'two', { mark: 'fail', note: '脏' })
  const place = { lon: 112, lat: 35, crs: 'WGS84' } as const
  await db.answers.update([id, 'two'], { photos: [SHA] })
  await db.captures.update(id, {
    place, photos: { [SHA]: { source: 'camera' }, [SIGNED]: {} }, signature: { kind: 'signed', name: '王', photo: SIGNED } as never,
  })
  await db.photos.bulkPut([photo(SHA, [`visit:${id}`]), photo(SIGNED, [`visit:${id}`])])
  await signVisit(id)
  return id
}

test('a refused visit becomes a draft with all it held, open at what was wrong, and is answered once it is signed', async () => {
  const old = await signedVisit()
  const before = (await db.captures.get(old))!
  await refuse(1, [{ link_id: 'two', code: 'out-of-range' }])
  expect((await deliveryOf(db, 10)).refused).toMatchObject([{ n: 1, mendable: true }])
  const id = (await resubmit(db, 1)).split('/')[2]
  expect(await resubmit(db, 1)).toBe(`/visits/${id}`)
  const made = (await db.captures.get(id))!
  expect(made).toMatchObject({ status: 'draft', at: before.at, place: before.place, position: 'two',
    signature: null, sha256: null, receipt: null })
  expect(Object.keys(made.photos)).toEqual([SHA])
  expect((await db.photos.get(SHA))!.owners).toEqual([`visit:${old}`, `visit:${id}`])
  expect((await db.photos.get(SIGNED))!.owners).toEqual([`visit:${old}`])
  expect((await deliveryOf(db, 10)).refused).toHaveLength(1)
  await saveAnswer(id, 'two', { mark: 'pass' })
  await signVisit(id)
  expect((await deliveryOf(db, 10)).refused).toEqual([])
  expect(await waiting()).toMatchObject([{ n: 2, t: 'visit', id,
    set: { answers: { one: { mark: 'pass' }, two: { mark: 'pass', photos: [SHA] } } } }])
  expect(await db.captures.get(old)).toEqual(before)
})

test('refused values of a site stand in its form again, and saving them answers the refusal', async () => {
  const { n } = await enqueue(db, { t: 'site', id: SITE, kind: 'patch', base: 3, was: { phone: '1' }, set: { phone: '2', uscc: 'wrong' } })
  await refuse(n)
  expect(await resubmit(db, n)).toBe(`/sites/${SITE}/edit`)
  const { draft, left } = (await openDraft(db, SITE))!
  expect([left, draft.form.phone, draft.form.uscc, draft.before?.phone]).toEqual([true, '2', 'wrong', '1'])
  await saveDraft(db, { ...draft, form: { ...draft.form, uscc: '' } })
  expect(await waiting()).toMatchObject([{ kind: 'patch', base: 3, set: { phone: '2' } }])
  expect(await db.outbox.get(n)).toMatchObject({ state: 'settled' })
})

test('a refused new site is handed in again under its own id, and the visit that waited for it follows', async () => {
  const { n } = await enqueue(db, { t: 'site', id: 'new', kind: 'create',
    set: { name: '面馆', type: 'catering', grid: 'x', photos: { [SHA]: {} } } })
  await db.photos.put(photo(SHA, ['site:new']))
  const visit = await enqueue(db, { t: 'visit', id: 'v', kind: 'create', set: { site_id: 'new' } })
  await refuse(n)
  await refuse(visit.n, [], 'new')
  expect(await resubmit(db, n)).toBe('/sites/new')
  const { draft } = (await openDraft(db, undefined))!
  expect([draft.id, draft.form.name]).toEqual(['new', '面馆'])
  await saveDraft(db, { ...draft, form: { ...draft.form, grid: 'g' } })
  expect(await waiting()).toMatchObject([
    { t: 'site', id: 'new', kind: 'create', set: { grid: 'g', photos: { [SHA]: {} } } }, { t: 'visit', id: 'v', set: { site_id: 'new' } },
  ])
  expect((await deliveryOf(db, 10)).refused).toEqual([])
})

test('another unsaved form is not written over', async () => {
  const { n } = await enqueue(db, { t: 'site', id: SITE, kind: 'patch', base: 3, was: { phone: '1' }, set: { phone: '2' } })
  await refuse(n)
  const { draft } = (await openDraft(db, SITE))!
  await db.keep(`site_draft:${SITE}`, { ...draft, form: { ...draft.form, phone: '3' } })
  await expect(resubmit(db, n)).rejects.toMatchObject({ trouble: 'form-open' })
  expect((await openDraft(db, SITE))!.draft.form.phone).toBe('3')
})

test('what left the phone cannot be mended here', async () => {
  await signedVisit()
  await refuse(1)
  await db.sites.clear()
  expect(await canResubmit(db, (await db.outbox.get(1))!)).toBe(false)
})

test('a visit that no office approved can be told better with all that it held; an approved and an amended one cannot', async () => {
  const old = await signedVisit()
  const row = {
    b: 'g', id: old, site_id: SITE, checklist: checklist.version, document_type: 'patrol', status: 'signed',
    at: (await db.captures.get(old))!.at,
    review: 'received', review_note: null, replaced_by: null, photos_missing: [],
  } as unknown as VisitRow
  await db.visits.put(row)
  const id = await amendVisit(db, (await amendable(db, old))!)
  const made = (await db.captures.get(id))!
  expect(made).toMatchObject({ replaces: old, status: 'draft', place: { lon: 112 }, signature: null })
  expect(Object.keys(made.photos)).toEqual([SHA])
  expect(await db.answers.get([id, 'two'])).toMatchObject({ mark: 'fail', note: '脏', photos: [SHA] })
  await db.visits.update(old, { review: 'approved' })
  expect(await amendable(db, old)).toBeUndefined()
  await db.visits.update(old, { review: 'received' })
  await signVisit(id)
  expect(await amendable(db, old)).toBeUndefined()
})
