// A visit from its beginning to the outbox, on a database in memory.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { Client } from '../../src/shared/api/client'
import { FieldDb } from '../../src/field/db/database'
import type { Checklist, Item, VisitRow } from '../../src/field/db/rows'
import { madeSite } from '../../src/field/stores/overlay'
import { work } from '../../src/field/stores/session'
import { saveAnswer } from '../../src/field/visit/answers'
import { beginVisit } from '../../src/field/visit/begin'
import { assemble } from '../../src/field/visit/content'
import { discardVisit } from '../../src/field/visit/discard'
import { changeDraft } from '../../src/field/visit/draft'
import { openVisit } from '../../src/field/visit/open'
import { registeredOf } from '../../src/field/visit/registered'
import { signVisit } from '../../src/field/visit/sign'
import { keepSignature, putSignature } from '../../src/field/visit/signature'
import { takeChecklist } from '../../src/field/visit/version'

const SITE = '00000000-0000-4000-8000-000000000001'
const SHA = 'ab'.repeat(32)

function item(link_id: string, more: Partial<Item> = {}): Item {
  return {
    link_id, question: `问 ${link_id}`, kind: 'mark', key: false, polarity: 'positive', advisory: false, photo: { when: 'never', min: 0 },
    guidance: null, basis: [], remedy: { action: '改', days: 7 }, enable_when: null, citations: [], ...more,
  }
}
const checklist = (version: string, items: Item[]): Checklist => (
  { version, site_type: 'catering', title: '餐饮', sections: [{ id: 's', title: '节', items }] }
)
const OLD = checklist('a'.repeat(64), [item('one'), item('two'), item('three', { enable_when: { item: 'one', in: ['fail'] } })])
const NEW = checklist('b'.repeat(64), [item('one'), item('two', { kind: 'text', remedy: null })])

let db: FieldDb
let number = 0

beforeEach(async () => {
  db = new FieldDb(`visit-test-${(number += 1)}`)
  const limits = { push_operations: 100, push_bytes: 1_000_000, pull_changes: 500, schema: 2, oldest_schema: 1 }
  const session = {
    login: 'a', name: '甲', role: 'supervisor', regions: [], user_id: 'u', device_id: 'd', token: null, limits, offset_ms: 60_000,
  }
  work.value = { db, session, client: new Client(null) }
  await db.sites.put({ ...madeSite(SITE, { name: '王记饭店', type: 'catering', grid: '14052510020001' }), b: '14052510020001' })
  await db.contents.bulkPut([OLD, NEW])
  await inForce(OLD)
})
afterEach(async () => { work.value = null; await db.delete() })

const inForce = ({ version }: Checklist) => (
  db.checklists.put({ b: '140525/*', id: 'catering', site_type: 'catering', region: '140525', version, title: '餐饮' })
)
const stored = async (id: string) => Object.fromEntries(
  (await db.answers.where('visit').equals(id).toArray()).map((row) => [row.link_id, row]),
)

it('goes on with the open draft of a site instead of beginning another', async () => {
  const id = await beginVisit(SITE)
  expect(await beginVisit(SITE)).toBe(id)
  expect(await db.captures.get(id)).toMatchObject({ checklist: OLD.version, site_name: '王记饭店' })
})

it('stores an answer and leaves its photos alone', async () => {
  const id = await beginVisit(SITE)
  await db.answers.put({ visit: id, link_id: 'one', at: '2025-05-01T09:00:00.000+08:00', photos: [SHA] })
  await saveAnswer(id, 'one', { mark: 'fail', note: '油污' })
  expect((await stored(id)).one).toMatchObject({ mark: 'fail', note: '油污', photos: [SHA] })
  expect(await saveAnswer(id, 'one', null)).toEqual({ photos: [SHA] })
})

it('shows items that depend on an answer, and keeps their answers when they go', async () => {
  const id = await beginVisit(SITE)
  const visit = await openVisit(db, id)
  const slot = (link: string) => visit!.slots.get(link)!
  expect(slot('three').state.value.enabled).toBe(false)
  await visit!.give(slot('one'), { mark: 'fail' })
  expect(slot('three').state.value.enabled).toBe(true)
  expect(slot('one').state.value.due_on).not.toBeNull()
  await visit!.give(slot('three'), { mark: 'pass' })
  await visit!.give(slot('one'), { mark: 'pass' })
  expect(slot('three').state.value.enabled).toBe(false)
  expect((await stored(id)).three.mark).toBe('pass')
  visit!.stop()
})

it('shows what another page wrote to an answer, and nothing of another visit', async () => {
  const id = await beginVisit(SITE)
  const visit = await openVisit(db, id)
  const [one, two] = ['one', 'two'].map((link_id) => visit!.slots.get(link_id)!)
  await visit!.give(one, { mark: 'pass' })
  await db.answers.bulkPut(['two', 'three'].map((link_id) => ({ visit: 'other', link_id, at: '', mark: 'fail' as const })))
  await db.answers.update([id, 'one'], { photos: [SHA] })
  await vi.waitFor(() => expect(one.answer.value).toEqual({ mark: 'pass', photos: [SHA] }), 5_000)
  await db.answers.delete([id, 'one'])
  await vi.waitFor(() => expect(one.answer.value).toBeUndefined(), 5_000)
  expect(two.answer.value).toBeUndefined()
  visit!.stop()
})

it('tells that an answer was not stored, and keeps it for another try', async () => {
  const id = await beginVisit(SITE)
  const visit = await openVisit(db, id)
  const slot = visit!.slots.get('one')!
  const full = () => { throw new DOMException('full', 'QuotaExceededError') }
  db.answers.hook('creating', full)
  await visit!.give(slot, { mark: 'pass' })
  expect(slot.answer.value).toBeUndefined()
  expect(slot.failed.value).toEqual({ answer: { mark: 'pass' } })
  db.answers.hook('creating').unsubscribe(full)
  await visit!.give(slot, slot.failed.value!.answer)
  expect(slot.answer.value).toEqual({ mark: 'pass' })
  expect(slot.failed.value).toBeNull()
  visit!.stop()
})

it('signs once: status, hash and operation together, and nothing changes afterwards', async () => {
  const id = await beginVisit(SITE)
  await saveAnswer(id, 'one', { mark: 'pass' })
  const { set, sha256 } = await assemble(db, id)
  await signVisit(id)
  const rows = await db.outbox.toArray()
  expect(rows.map(({ operation }) => operation.set)).toEqual([JSON.parse(JSON.stringify(set))])
  expect(await db.captures.get(id)).toMatchObject({ status: 'signed', sha256 })
  await expect(signVisit(id)).rejects.toThrow()
  await expect(saveAnswer(id, 'one', { mark: 'fail' })).rejects.toThrow()
  expect(await db.outbox.count()).toBe(1)
})

it('does not sign while a picture is still made ready', async () => {
  const id = await beginVisit(SITE)
  await db.intake.put({
    id: 'x', owner: `visit:${id}`, link_id: null, blob: new Blob(['x']), at: '2025-05-01T09:00:00.000+08:00', source: 'camera',
    place: null, failed: null,
  })
  await expect(signVisit(id)).rejects.toThrow('photos-working')
  expect((await db.captures.get(id))?.status).toBe('draft')
})

it('goes on with a new checklist without losing or sending what that one does not take', async () => {
  const id = await beginVisit(SITE)
  await saveAnswer(id, 'one', { mark: 'fail' })
  await saveAnswer(id, 'two', { mark: 'pass', note: '干净' })
  await takeChecklist(id, NEW.version)
  const capture = await db.captures.get(id)
  expect(capture?.checklist).toBe(NEW.version)
  expect(Object.keys(await stored(id))).toEqual(['one'])
  expect(capture?.note).toBe('原检查表：问 two 符合 干净')
  expect((await stored(`${id}@${OLD.version}`)).two).toMatchObject({ mark: 'pass', note: '干净' })
  expect((await assemble(db, id)).set.answers).toEqual({ one: { mark: 'fail' } })
})

it('begins the correction of a returned visit with its answers, at the first item that the office named', async () => {
  const row = {
    b: 'x', id: '01968a3e-0000-7000-8000-000000000001', site_id: SITE, grid: '14052510020001', document_type: 'patrol',
    checklist: OLD.version, status: 'signed', at: '2025-05-01T01:31:00+00:00', review: 'returned',
    review_note: { reason: '照片不清', items: { two: '看不清' } }, answers: { one: { mark: 'pass' }, two: { mark: 'fail', photos: [SHA] } },
    details: { note: '旧备注', photos: { [SHA]: { source: 'camera' } } },
  } as unknown as VisitRow
  await inForce(NEW)
  const id = await beginVisit(SITE, { replaces: row })
  const capture = await db.captures.get(id)
  expect(capture).toMatchObject({ replaces: row.id, checklist: OLD.version, position: 'two', note: '旧备注', returned: row.review_note })
  // The phone is a minute behind the server: the server will come to the time of the old visit again.
  expect(Date.parse(capture!.at)).toBe(Date.parse('2025-05-01T01:30:00Z'))
  expect((await stored(id)).two).toMatchObject({ mark: 'fail', photos: [SHA] })
  expect((await assemble(db, id)).set).toMatchObject({ replaces: row.id, photos: { [SHA]: { source: 'camera' } } })
})

it('opens a correction at the first returned item of the checklist, and does not recheck what the returned visit found itself', async () => {
  const row = {
    b: 'x', id: '01968a3e-0000-7000-8000-000000000003', site_id: SITE, grid: '14052510020001', document_type: 'patrol', checklist: OLD.version,
    status: 'signed', at: '2025-05-01T01:31:00+00:00', review: 'returned', review_note: { reason: '', items: { two: '看不清', one: '没拍全' } },
    answers: {}, details: {},
  } as unknown as VisitRow
  const finding = { key: false, action: '改', opened_on: '2025-05-01', due_on: '2025-05-08' }
  await db.sites.update(SITE, { findings: [
    { ...finding, id: 'f1', item: 'one', visit: row.id }, { ...finding, id: 'f2', item: 'two', visit: '01968a3e-0000-7000-8000-000000000004' },
  ] })
  expect(await db.captures.get(await beginVisit(SITE, { replaces: row }))).toMatchObject({ position: 'one', recheck: ['two'] })
})

it('knows which certificate the site has registered', () => {
  const papers = { licence_number: 'JY1', licence_until: '2024-09-20', registration_number: 'D2' }
  expect(registeredOf(papers, 'common.licence')).toEqual({ held: true, number: 'JY1', until: '2024-09-20' })
  expect(registeredOf(papers, 'three_small.shop-registration')).toEqual({ held: true, number: 'D2' })
  const small = { ...papers, licence_number: null }
  expect(registeredOf(small, 'common.licence')).toEqual({ held: true, number: 'D2', until: '2024-09-20' })
  expect(registeredOf(small, 'three_small.stall-card')).toEqual({ held: true, number: 'D2', until: '2024-09-20' })
  expect(registeredOf(papers, 'rural_banquet.cook-health')).toBeNull()
  expect(registeredOf({ licence_number: null, licence_until: null, registration_number: null }, 'common.licence')).toBeNull()
})

it('throws a draft away with its answers and photos, but not a photo that something else names', async () => {
  const id = await beginVisit(SITE)
  const photo = {
    bytes: 1, mime: 'image/jpeg', width: 1, height: 1, state: 'kept' as const, sent_bytes: 0, upload_url: null, problem: null,
    taken_at: '', stored_at: null,
  }
  const other = 'cd'.repeat(32)
  const both = [`visit:${id}`, `site:${SITE}`]
  await db.photos.bulkPut([{ ...photo, sha256: SHA, owners: [`visit:${id}`] }, { ...photo, sha256: other, owners: both }])
  await db.blobs.bulkPut([SHA, other].map((sha256) => ({ sha256, blob: new Blob(['x']) })))
  await db.captures.update(id, { photos: { [SHA]: {}, [other]: {} } })
  await saveAnswer(id, 'one', { mark: 'pass' })
  await discardVisit(id)
  expect([await db.captures.count(), await db.answers.count(), await db.outbox.count()]).toEqual([0, 0, 0])
  expect((await db.blobs.toCollection().primaryKeys())).toEqual([other])
  expect((await db.photos.get(other))?.owners).toEqual([`site:${SITE}`])
})

const drawing = (ink: string) => new Blob([ink], { type: 'image/png' })

it('carries one drawn signature: one that is drawn anew, refused or taken back leaves nothing behind', async () => {
  const id = await beginVisit(SITE)
  const signed = async () => {
    const { signature, photos } = (await db.captures.get(id))!
    return { kind: signature?.kind, named: signature?.photo, photos: Object.keys(photos), kept: await db.blobs.toCollection().primaryKeys() }
  }
  await keepSignature(id, drawing('first'), '王')
  const first = (await signed()).named!
  expect(await signed()).toEqual({ kind: 'signed', named: first, photos: [first], kept: [first] })
  await keepSignature(id, drawing('second'), '王')
  const second = (await signed()).named!
  expect(second).not.toBe(first)
  expect(await signed()).toEqual({ kind: 'signed', named: second, photos: [second], kept: [second] })
  await putSignature(id, { kind: 'signed', name: '王五', photo: second })
  expect((await signed()).kept).toEqual([second])
  await putSignature(id, { kind: 'refused', reason: '不愿签' })
  expect(await signed()).toEqual({ kind: 'refused', named: undefined, photos: [], kept: [] })
})

it('does not carry the drawn signature of the visit that it corrects', async () => {
  const drawn = 'cd'.repeat(32)
  const row = {
    b: 'x', id: '01968a3e-0000-7000-8000-000000000002', site_id: SITE, grid: '14052510020001', document_type: 'patrol', checklist: OLD.version,
    status: 'signed', at: '2025-05-01T01:31:00+00:00', review: 'returned', review_note: { reason: '', items: {} }, answers: {},
    details: { photos: { [SHA]: {}, [drawn]: {} }, signature: { kind: 'signed', photo: drawn } },
  } as unknown as VisitRow
  const capture = await db.captures.get(await beginVisit(SITE, { replaces: row }))
  expect([Object.keys(capture!.photos), capture!.signature]).toEqual([[SHA], null])
})

it('is not changed by a field that is left, or another tab, after it was signed', async () => {
  const id = await beginVisit(SITE)
  expect(await changeDraft(id, (row) => { row.note = '早' })).toBe(1)
  await signVisit(id)
  expect(await changeDraft(id, (row) => { row.note = '晚' })).toBe(0)
  await expect(putSignature(id, null)).rejects.toThrow('signed')
  expect((await db.captures.get(id))?.note).toBe('早')
})
