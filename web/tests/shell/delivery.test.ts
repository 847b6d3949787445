// What 同步 tells: each thing under the heading where it belongs, by a name that a person knows.
import { v7 as uuid } from 'uuid'
import { expect, test } from 'vitest'

import { FieldDb } from '@/field/db/database'
import type { Capture, OutboxRow, PhotoRow } from '@/field/db/local'
import type { ConflictRow, QuarantineRow, VisitRow } from '@/field/db/rows'
import { deliveryOf } from '@/field/stores/delivery'
import { whenWords } from '@/field/stores/moments'
import { valueWords } from '@/field/stores/naming'
import { madeSite } from '@/field/stores/overlay'
import { refusedVisits, settle } from '@/field/stores/refused'
import { holdsUnsent, unsent } from '@/field/stores/unsent'
import { keepDraft, openDraft } from '@/field/stores/siteDraft'
import { isBusy } from '@/field/stores/update'
import { enqueue, type Change } from '@/field/sync/enqueue'

const SITE = 'site-1'

async function phone(): Promise<FieldDb> {
  const db = new FieldDb(uuid())
  await db.sites.put(madeSite(SITE, { name: '老王饭店', type: 'catering', grid: 'g', phone: '0356-1' }))
  return db
}

const capture = (id: string, more: Partial<Capture> = {}): Capture => ({
  id, site_id: SITE, checklist: 'c', document_type: 'patrol', status: 'signed', at: '2025-05-01T09:30:00.000+08:00', place: null,
  end_place: null, ended_at: null,
  note: '', operator_word: '', signature: null, officers: [], photos: {}, replaces: null, returned: null, recheck: [], position: null,
  touched_at: '', signed_at: null, sha256: 'a'.repeat(64), receipt: null, ...more,
})
const receipt = (visit: string, sha256 = 'a'.repeat(64)) => ({ visit, rev: 1, sha256, photos: [], at: '2025-05-01T02:00:00+00:00' })
const visit = (id: string, more: Partial<VisitRow> = {}): VisitRow => ({
  b: 'g', id, site_id: SITE, grid: 'g', document_type: 'patrol', checklist: 'c', status: 'signed', replaces: null, replaced_by: null,
  verdict: null, rev: 1,
  at: '2025-05-01T01:30:00+00:00', phone_at: '2025-05-01T01:30:00+00:00', offset_ms: 0, received_at: '2025-05-01T02:00:00+00:00',
  review: 'received',
  review_note: null, reviewer: null, reviewed_at: null, receipt: null, photos_missing: [], ...more,
})
const photo = (sha256: string, more: Partial<PhotoRow> = {}): PhotoRow => ({
  sha256, owners: ['visit:v1'], bytes: 250_000, mime: 'image/jpeg', width: 1, height: 1, state: 'kept', sent_bytes: 0, upload_url: null,
  problem: null,
  taken_at: '2025-05-01T09:31:00+08:00', stored_at: null, ...more,
})

async function sent(db: FieldDb, change: Change, after: Partial<OutboxRow>): Promise<number> {
  const { n } = await enqueue(db, change)
  await db.outbox.update(n, after)
  return n
}
const creates = (id: string): Change => ({ t: 'visit', id, kind: 'create', set: { site_id: SITE, at: '2025-05-01T09:30:00.000+08:00' } })

test('what waits is named by what it is, where and when, and an unfinished visit is told apart', async () => {
  const db = await phone()
  await enqueue(db, creates('v1'))
  await enqueue(db, { t: 'site', id: SITE, kind: 'patch', base: 1, was: {}, set: { phone: '0356-2', attributes: { online: true } } })
  await enqueue(db, { t: 'site', id: 'new', kind: 'create', set: { name: '街口面馆', type: 'catering' } })
  await db.captures.bulkPut([capture('v1'), capture('d1', { status: 'draft' })])
  await db.photos.bulkPut([photo('1'.repeat(64)), photo('2'.repeat(64), { owners: ['visit:d1'] })])
  const told = await deliveryOf(db, 10)
  expect(told.waiting.shown.map(({ name }) => name.split(' · ').slice(0, 2).join(' '))).toEqual(['检查 老王饭店', '主体修改 老王饭店', '新增主体 街口面馆'])
  expect(told.waiting.shown[1].name).toContain('电话、特征')
  expect([told.photos, told.drafts]).toEqual([{ count: 1, bytes: 250_000 }, 1])
  expect(await unsent(db)).toMatchObject({ waiting: 3, refused: 0, photos: 1, drafts: 1 })
})

test('a list is named only as far as it is shown, and counted whole', async () => {
  const db = await phone()
  for (let i = 0; i < 5; i++) await enqueue(db, creates(`v${i}`))
  const { waiting } = await deliveryOf(db, 2)
  expect([waiting.shown.length, waiting.count]).toEqual([2, 5])
})

test('what was refused says why and what the office did, until the person has dealt with it', async () => {
  const db = await phone()
  await db.captures.put(capture('v1'))
  const n = await sent(db, creates('v1'), { state: 'rejected', problem: { code: 'answers-invalid', title: '有检查项的答案不符合要求' } })
  const { op } = (await db.outbox.get(n))!
  const row: QuarantineRow = { b: 'g', op, n, row_id: 'v1', problem: { code: 'answers-invalid' }, state: 'dismissed', note: '请重做', at: '',
    settled_at: '' }
  await db.quarantine.bulkPut([row, { ...row, op: 'from another phone', state: 'open', n: 7, row_id: 'unknown',
  problem: { code: 'device-revoked' } }])
  const told = await deliveryOf(db, 10)
  expect(told.refused).toMatchObject([{ n, to: '/visits/v1/summary', office: { state: 'dismissed', note: '请重做' },
  problem: { title: '有检查项的答案不符合要求' } }])
  expect(told.elsewhere.map(({ name }) => name)).toEqual(['第 7 号操作'])
  await settle(db, n)
  expect((await deliveryOf(db, 10)).refused).toEqual([])
  expect(await db.outbox.get(n)).toMatchObject({ state: 'settled', status: 'settled' })
  expect(holdsUnsent(await unsent(db))).toBe(false)
})

test('an unfinished visit that an office keeps is counted and is no refusal', async () => {
  const db = await phone()
  const row: QuarantineRow = {
    b: 'g', op: 'o1', n: Number.MAX_SAFE_INTEGER, row_id: 'made by the server', problem: { code: 'unfinished-draft' }, state: 'open',
    note: null, at: '', settled_at: null,
  }
  await db.quarantine.bulkPut([row, { ...row, op: 'o2' }, { ...row, op: 'o3', state: 'dismissed' }])
  const told = await deliveryOf(db, 10)
  expect([told.unfinished, told.elsewhere, told.refused]).toEqual([2, [], []])
})

test('a photo that the server cannot use and a receipt for something else have to be looked at', async () => {
  const db = await phone()
  await db.captures.bulkPut([capture('v1', { receipt: receipt('v1', 'b'.repeat(64)) })])
  await db.photos.put(photo('1'.repeat(64), { state: 'refused', problem: { code: 'bad-photo', title: '不是可以使用的照片' } }))
  const { refused, arrived } = await deliveryOf(db, 10)
  expect(refused.map(({ problem }) => problem.title)).toEqual(['不是可以使用的照片', '回执与手机上的内容不一致'])
  expect(arrived.count).toBe(0)
})

test('a visit has arrived with its receipt; before that it is there but for its photos', async () => {
  const db = await phone()
  await db.captures.bulkPut([capture('v1', { receipt: receipt('v1') }), capture('v2'), capture('v3')])
  await sent(db, creates('v1'), { state: 'done' })
  await sent(db, creates('v2'), { state: 'done' })
  await enqueue(db, creates('v3'))
  await db.visits.put(visit('v2', { photos_missing: ['x', 'y'] }))
  const { arrived } = await deliveryOf(db, 10)
  expect(arrived.shown.map(({ id, at, missing }) => [id, at !== null, missing])).toEqual([['v2', false, 2], ['v1', true, 0]])
})

test('a returned visit is shown until its correction is signed', async () => {
  const db = await phone()
  await db.visits.put(visit('v1', { review: 'returned', review_note: { reason: '补照片', items: { 'kitchen.bright': '看不清' } } }))
  expect((await deliveryOf(db, 10)).returned).toMatchObject([{ reason: '补照片', items: 1 }])
  await db.captures.put(capture('v2', { replaces: 'v1', status: 'draft' }))
  expect((await deliveryOf(db, 10)).returned).toHaveLength(1)
  await db.captures.update('v2', { status: 'signed' })
  expect((await deliveryOf(db, 10)).returned).toEqual([])
})

test('a refused correction leaves the returned visit where it can be answered, also when it was dealt with', async () => {
  const db = await phone()
  await db.visits.put(visit('v1', { review: 'returned' }))
  await db.captures.put(capture('v2', { replaces: 'v1' }))
  const n = await sent(db, creates('v2'), { state: 'rejected', problem: { code: 'answers-invalid' } })
  expect((await deliveryOf(db, 10)).returned).toHaveLength(1)
  await settle(db, n)
  expect((await deliveryOf(db, 10)).returned).toHaveLength(1)
})

test('a visit is not refused any more once an office released it or it was sent anew', async () => {
  const db = await phone()
  for (const id of ['v1', 'v2', 'v3']) await sent(db, creates(id), { state: 'rejected' })
  expect(await refusedVisits(db)).toEqual(new Set(['v1', 'v2', 'v3']))
  await db.visits.put(visit('v1'))
  await enqueue(db, creates('v2'))
  expect(await refusedVisits(db)).toEqual(new Set(['v3']))
})

test('an unsaved form and a photo that the server cannot use are on this phone only', async () => {
  const db = await phone()
  expect(holdsUnsent(await unsent(db))).toBe(false)
  const { draft } = (await openDraft(db, SITE))!
  await keepDraft(db, { ...draft, form: { ...draft.form, phone: '0356-9' } })
  expect(holdsUnsent(await unsent(db))).toBe(true)
  await db.meta.delete(`site_draft:${SITE}`)
  expect(holdsUnsent(await unsent(db))).toBe(false)
  await db.photos.put(photo('1'.repeat(64), { state: 'refused', problem: { code: 'bad-photo' } }))
  expect(holdsUnsent(await unsent(db))).toBe(true)
})

test('a conflict shows both values in words, once, whoever told of it first', async () => {
  const db = await phone()
  const conflict = { id: 'c1', field: 'phone', base: 1, kept: '0356-1', theirs: '' }
  await sent(db, { t: 'site', id: SITE, kind: 'patch', base: 1, was: {}, set: { phone: '' } }, { state: 'done', conflicts: [conflict] })
  const shown = { name: '主体修改 · 老王饭店', field: '电话', kept: '0356-1', mine: '未填' }
  expect((await deliveryOf(db, 10)).conflicts).toMatchObject([{ ...shown, state: 'open' }])
  const row: ConflictRow = { ...conflict, b: 'g', type: 'site', row_id: SITE, op: 'o', state: 'theirs', note: '已核实', at: '',
    settled_at: '' }
  await db.conflicts.put(row)
  expect((await deliveryOf(db, 10)).conflicts).toMatchObject([{ ...shown, state: 'theirs', note: '已核实' }])
})

test('values are said in words', () => {
  expect(valueWords('active', false)).toBe('否')
  expect(valueWords('type', 'catering')).toBe('餐饮服务单位')
  expect(valueWords('attributes.scale', 'small')).toBe('小型')
  expect(valueWords('answers.kitchen.bright', { mark: 'fail', note: '大屏不亮' })).toBe('不符合 · 大屏不亮')
  expect(valueWords('place', null)).toBe('未填')
  expect(whenWords(new Date().toISOString())).toMatch(/^今天 \d\d:\d\d$/)
  expect(whenWords('no time')).toBe('no time')
})

test('an update waits while a visit or a form is open, and nowhere else', () => {
  expect(['/visits/1', '/visits/1/finish', '/sites/new', '/sites/1/edit'].every(isBusy)).toBe(true)
  expect(['/today', '/sites', '/sites/1', '/sync', '/me'].some(isBusy)).toBe(false)
})
