// Why a site is due: worked out on the phone, without a network.
import { afterEach, expect, test } from 'vitest'

import { FieldDb } from '@/field/db/database'
import type { Capture } from '@/field/db/local'
import type { VisitRow } from '@/field/db/rows'
import { dueList } from '@/field/stores/due'
import { keepFrequencies } from '@/field/stores/frequencies'
import { madeSite } from '@/field/stores/overlay'
import { settle } from '@/field/stores/refused'
import { enqueue } from '@/field/sync/enqueue'

const TODAY = '2025-06-10'
const databases: FieldDb[] = []
afterEach(async () => { for (const db of databases.splice(0)) await db.delete() })

async function phone(...sites: Record<string, unknown>[]): Promise<FieldDb> {
  const db = new FieldDb(`due-${Math.random()}`)
  databases.push(db)
  await db.sites.bulkPut(sites.map((set) => (
    { ...madeSite(String(set.id), { type: 'catering', name: String(set.id), grid: 'g', ...set }), ...set }
  )))
  return db
}
const kinds = async (db: FieldDb) => Object.fromEntries(
  (await dueList(db, TODAY, null)).map(({ site, reasons }) => [site.id, reasons.map(({ kind }) => kind)]),
)
const finding = (due_on: string) => [{ id: 'f', item: 'i', key: true, visit: 'v', action: '', opened_on: '2025-05-01', due_on }]

test('a returned visit comes first, then what is overdue, then what is near', async () => {
  const at = (lon: number) => ({ lon, lat: 35, crs: 'WGS84' })
  const db = await phone(
    { id: 'far', findings: finding('2025-07-01'), place: at(112.9) }, { id: 'near', findings: finding('2025-07-01'), place: at(112.1) },
    { id: 'late', findings: finding('2025-06-01'), place: at(113) }, { id: 'back', place: at(114) },
  )
  await db.visits.put({ id: 'v', site_id: 'back', review: 'returned', replaced_by: null, b: 'g' } as VisitRow)
  const due = await dueList(db, TODAY, { lon: 112, lat: 35, crs: 'WGS84' })
  expect(due.map(({ site }) => site.id)).toEqual(['back', 'late', 'near', 'far'])
})

test('a paper is told from thirty days before it ends', async () => {
  const db = await phone(
    { id: 'soon', licence_until: '2025-07-10' }, { id: 'later', licence_until: '2025-07-11' }, { id: 'past', licence_until: '2024-01-01' },
  )
  expect(await kinds(db)).toEqual({ soon: ['paper'], past: ['paper'] })
})

test('a risk grade asks for its visits a year', async () => {
  const seen = (at: string) => ({ id: 'v', at: `${at}T04:00:00Z` })
  const db = await phone(
    { id: 'a', risk_grade: 'A', last_visit: seen('2024-12-01') }, { id: 'd', risk_grade: 'D', last_visit: seen('2024-12-01') },
    { id: 'never', risk_grade: 'B' },
  )
  expect(await kinds(db)).toEqual({ d: ['risk'], never: ['risk'] })
})

test('a county decides how often its sites are visited, and that a grade asks for nothing', async () => {
  const last_visit = { id: 'v', at: '2025-02-10T04:00:00Z' } // 120 days ago
  const db = await phone(...['140525', '140802'].map((org) => ({ id: org, risk_grade: 'C', last_visit, grid: `${org}10020001` })))
  expect(await kinds(db)).toEqual({})
  await keepFrequencies(db, '140525', { A: 1, B: 2, C: 4, D: 6 })
  expect(await kinds(db)).toEqual({ 140525: ['risk'] })
  await keepFrequencies(db, '140525', { A: 1, B: 2, C: 0, D: 6 })
  expect(await kinds(db)).toEqual({})
})

test('only a window that holds today makes an indicator due', async () => {
  const db = await phone({ id: 'a', due: ['p|i|now', 'p|i|past', 'p|gone|now'] })
  const windows = [
    { key: 'now', title: '', start: '2025-06-10', end: '2025-06-10' }, { key: 'past', title: '', start: '2025-01-01', end: '2025-06-09' },
  ]
  await db.plans.put({ b: 'o', id: 'p', title: '计划', region: '', period: ['2025-01-01', '2025-12-31'],
    indicators: [{ id: 'i', clause: '', article: '三', title: '覆盖', measure: 'inspected', level: null, site_types: [], items: [],
      windows }] })
  expect((await dueList(db, TODAY, null))[0].reasons).toMatchObject([{ kind: 'indicator', title: '覆盖', due_on: '2025-06-10' }])
})

test('what a signed visit settles is not asked for again while it waits for a network', async () => {
  const db = await phone({ id: 'a', findings: finding('2025-06-01'), risk_grade: 'D' })
  await db.captures.put({
    id: 'c', site_id: 'a', status: 'signed', at: '2025-06-10T09:00:00+08:00', recheck: ['i'], receipt: null, replaces: null,
  } as unknown as Capture)
  expect(await kinds(db)).toEqual({})
})

test('what a refused visit wanted to settle is asked for as before', async () => {
  const db = await phone({ id: 'a', findings: finding('2025-06-01'), risk_grade: 'D' })
  await db.captures.put({
    id: 'c', site_id: 'a', status: 'signed', at: '2025-06-10T09:00:00+08:00', recheck: ['i'], receipt: null, replaces: null,
  } as unknown as Capture)
  const { n } = await enqueue(db, { t: 'visit', id: 'c', kind: 'create', set: {} })
  expect(await kinds(db)).toEqual({})
  await db.outbox.update(n, { state: 'rejected' })
  expect(await kinds(db)).toEqual({ a: ['finding', 'risk'] })
  await settle(db, n)
  expect(await kinds(db)).toEqual({ a: ['finding', 'risk'] })
})

test('a returned visit is asked for once: not its own findings as well, neither before nor after it was corrected', async () => {
  const own = { id: 'f', item: 'i', key: true, visit: 'v', action: '', opened_on: '2025-05-01', due_on: '2025-06-01' }
  const db = await phone({ id: 'a', findings: [own, { ...own, id: 'g', item: 'j', visit: 'older' }] })
  await db.visits.put({ id: 'v', site_id: 'a', review: 'returned', replaced_by: null, b: 'g' } as VisitRow)
  const titles = async () => (await dueList(db, TODAY, null)).flatMap(({ reasons }) => reasons.map(({ kind, title }) => `${kind} ${title}`))
  expect(await titles()).toEqual(['returned 检查被退回，请修改', 'finding 复查：j'])
  await db.captures.put({
    id: 'c', site_id: 'a', status: 'signed', at: '2025-06-10T09:00:00+08:00', recheck: [], receipt: null, replaces: 'v',
  } as unknown as Capture)
  expect(await titles()).toEqual(['finding 复查：j'])
})

test('the list of what is due needs nothing that Chrome 80 lacks', async () => {
  const db = await phone({ id: 'a', risk_grade: 'D', last_visit: { id: 'v', at: '2024-12-01T04:00:00Z' } })
  const { at } = Array.prototype
  Reflect.deleteProperty(Array.prototype, 'at')
  try {
    expect(await kinds(db)).toEqual({ a: ['risk'] })
  } finally {
    Object.defineProperty(Array.prototype, 'at', { value: at, writable: true, configurable: true })
  }
})
