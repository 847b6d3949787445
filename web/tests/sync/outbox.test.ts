// Operations reach the server exactly once, whatever the network and the phone go through.
import { v7 as uuid } from 'uuid'
import { expect, test } from 'vitest'

import { FieldDb } from '@/field/db/database'
import { enqueue } from '@/field/sync/enqueue'
import { FewerOnTrouble } from '@/field/sync/limits'
import { pageLock } from '@/field/sync/lock'
import { round } from '@/field/sync/round'
import { knownFrequencies } from '@/field/stores/frequencies'
import { seenSite } from '@/field/stores/overlay'

import { answers, arrived, cutAnswer, doubled, grid, internal, late, lostAnswer, lostRequest, office, Phone, school, type Fault } from './support'

async function onServer(id: string): Promise<Record<string, unknown>> {
  return (await office()).json(`/api/v1/sites/${id}`)
}

test('a first round brings sites, checklists put together, and the regions', async () => {
  const phone = await Phone.of()
  await phone.round()
  const site = (await phone.db.sites.get(school))!
  expect([site.name, site.initials, site.b]).toEqual(['第一小学食堂', 'dyxxst', grid])
  const content = (await phone.db.contents.get(await phone.checklist()))!
  const items = content.sections.flatMap((section) => section.items)
  expect(items.length && items.every((item) => item.question && item.link_id && Array.isArray(item.citations))).toBe(true)
  expect(await phone.db.regions.get(grid)).toBeTruthy()
  await phone.round()
  expect(phone.network.requests.filter(({ path }) => path.includes('/push'))).toEqual([])
})

test('how often sites are visited comes with the next round after the county decided it', async () => {
  const phone = await Phone.of()
  await phone.round()
  const county = await office()
  const path = `/api/v1/counties/${grid.slice(0, 6)}/rules`
  const { rev, rules } = await county.json<{ rev: number; rules: Record<string, unknown> }>(path)
  const told = { A: 1, B: 2, C: 5, D: 7 + (rev % 2) } // another one than a test before may have left
  await county.json(path, { method: 'PUT', json: { rev, rules: { ...rules, frequencies: told } } })
  await phone.round()
  expect((await knownFrequencies(phone.db)).get(grid.slice(0, 6))).toEqual(told)
})

const FAULTS: Record<string, Fault[]> = {
  'lost requests': [lostRequest, lostRequest], 'lost answers': [lostAnswer, lostAnswer], doubled: [doubled, doubled, doubled],
  late: [late, late],
  'cut answers': [cutAnswer, cutAnswer], 'a server that fails': [internal, internal],
  all: [lostRequest, lostAnswer, cutAnswer, doubled, internal, lostAnswer],
  'a busy server': [answers(503, 'busy', {}, { 'Retry-After': '1' }), answers(429, 'too-many-requests')],
}

for (const [what, faults] of Object.entries(FAULTS)) {
  test(`with ${what} every operation has its effect once`, async () => {
    const phone = await Phone.of()
    await phone.round()
    const id = await phone.found()
    await phone.enqueue({ t: 'site', id, kind: 'patch', base: null, was: { address: '' }, set: { address: '中街1号' } })
    phone.network.faults = [...faults]
    await phone.until()
    while (phone.network.faults.length) await phone.until()
    await arrived()
    expect(await phone.states()).toEqual(['done', 'done'])
    const held = (await phone.db.sites.get(id))!
    const there = await onServer(id)
    expect([held.rev, held.address, held.b]).toEqual([2, '中街1号', grid])
    expect([there.rev, there.address]).toEqual([2, '中街1号'])
  })
}

test('an edit that is made while a push is on its way survives and follows', async () => {
  const phone = await Phone.of()
  await phone.round()
  const id = await phone.found()
  phone.network.faults = [async (asked) => {
    await phone.enqueue({ t: 'site', id, kind: 'patch', base: null, was: { phone: '' }, set: { phone: '0356-9' } })
    return asked()
  }]
  await phone.round()
  expect(await phone.states()).toEqual(['done', 'done'])
  expect((await onServer(id)).phone).toBe('0356-9')
})

test('a result is stored by its operation: one that is not named keeps waiting', async () => {
  const phone = await Phone.of()
  await phone.round()
  await phone.found('甲')
  await phone.found('乙')
  phone.network.faults = [async (asked) => {
    const answer = (await (await asked()).json()) as { results: unknown[] }
    return Response.json({ ...answer, results: answer.results.slice(1) })
  }, lostRequest]
  await expect(phone.round()).rejects.toThrow()
  expect(await phone.states()).toEqual(['waiting', 'done'])
  await phone.until()
  expect(await phone.states()).toEqual(['done', 'done'])
})

test('two tabs push everything once and give no number twice', async () => {
  const lock = pageLock()
  const phone = await Phone.of('supervisor', { lock })
  await phone.round()
  const second = new FieldDb(phone.session.device_id)
  const tab = phone.wireOn(second)
  const make = (db: FieldDb, name: string) =>
    enqueue(db, { t: 'site', id: uuid(), kind: 'create', set: { type: 'small_shop', name, grid } })
  await Promise.all(Array.from({ length: 20 }, (_, number) => make(number % 2 ? second : phone.db, `店${number}`)))
  await Promise.all([phone.round(), round(tab, new FewerOnTrouble())])
  const rows = await phone.db.outbox.orderBy('n').toArray()
  expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 20 }, (_, number) => number + 1))
  expect(rows.every(({ state, sent, status }) => state === 'done' && sent === 1 && status === 'applied')).toBe(true)
})

for (const days of [3, -3]) {
  test(`a clock that is ${days} days off changes the visit's time to the true one`, async () => {
    const phone = await Phone.of('supervisor', { clock: days * 86_400_000 })
    await phone.round()
    const id = uuid()
    const at = new Date(Date.now() + phone.clock).toISOString()
    const checklist = await phone.checklist()
    const set = { site_id: school, checklist, document_type: 'patrol', status: 'signed', at, answers: {} }
    await phone.enqueue({ t: 'visit', id, kind: 'create', set })
    await phone.round()
    const visit = (await phone.db.visits.get(id))!
    expect(Math.abs(Date.parse(visit.at) - Date.now())).toBeLessThan(60_000)
    expect(Math.abs(phone.session.offset_ms + phone.clock)).toBeLessThan(60_000)
  })
}

test('a conflict keeps both values and the copy shows what stands', async () => {
  const [mine, theirs] = [await Phone.of(), await Phone.of()]
  await mine.round()
  const id = await mine.found()
  await mine.round()
  await theirs.round()
  const base = (await mine.db.sites.get(id))!.rev
  await theirs.enqueue({ t: 'site', id, kind: 'patch', base, was: { phone: '' }, set: { phone: '1' } })
  await theirs.round()
  await mine.enqueue({ t: 'site', id, kind: 'patch', base, was: { phone: '' }, set: { phone: '2' } })
  expect((await seenSite(mine.db, id))!.phone).toBe('2')
  await mine.round()
  const row = (await mine.db.outbox.orderBy('n').last())!
  expect([row.status, row.conflicts[0].kept, row.conflicts[0].theirs]).toEqual(['conflict', '1', '2'])
  expect((await seenSite(mine.db, id))!.phone).toBe('1')
  expect((await mine.db.conflicts.where('row_id').equals(id).first())!.theirs).toBe('2')
})

test('a rejected operation is kept with its reason and the copy is as it was', async () => {
  const phone = await Phone.of()
  await phone.round()
  const before = await phone.db.sites.get(school)
  await phone.enqueue({ t: 'site', id: school, kind: 'patch', base: before!.rev, was: {}, set: { uscc: 'not a code' } })
  await phone.round()
  const row = (await phone.db.outbox.get(1))!
  expect([row.state, typeof row.problem!.title]).toEqual(['rejected', 'string'])
  expect(await phone.db.sites.get(school)).toEqual(before)
  expect((await phone.db.quarantine.get(row.op))!.state).toBe('open')
})

test('an answer that is older than the copy does not put it back', async () => {
  const phone = await Phone.of()
  await phone.round()
  const id = await phone.found()
  await phone.round()
  const held = (await phone.db.sites.get(id))!
  await phone.db.sites.put({ ...held, rev: held.rev + 5, name: '新' })
  await phone.db.outbox.toCollection().modify({ state: 'waiting' })
  phone.network.faults = [async (asked) => asked(), lostRequest]
  await expect(phone.round()).rejects.toThrow()
  expect((await phone.db.sites.get(id))!.name).toBe('新')
})

test('numbers that the server lost are pushed again; those that the phone lost too are told', async () => {
  const phone = await Phone.of()
  await phone.round()
  await phone.found('一')
  await phone.round()
  const second = await phone.found('二')
  await phone.found('三')
  await phone.found('四')
  await phone.db.outbox.where('n').equals(2).modify({ state: 'done', status: 'applied' })
  await phone.db.outbox.delete(3)
  await phone.round()
  expect((await phone.db.outbox.get(2))!.sent).toBe(1)
  expect((await onServer(second)).name).toBe('二')
  expect(await phone.db.kept('lost_numbers', [])).toEqual([[3, 3]])
})

test('a server that allows less gets less', async () => {
  const phone = await Phone.of()
  await phone.round()
  for (let number = 0; number < 9; number += 1) await phone.found(`店${number}`)
  const sizes: number[] = []
  const small: Fault = async (asked, _url, init) => {
    const text = await new Response((init.body as Blob).stream().pipeThrough(new DecompressionStream('gzip'))).text()
    const { ops } = JSON.parse(text) as { ops: unknown[] }
    sizes.push(ops.length)
    return ops.length > 4 ? answers(413, 'batch-too-large', { limit: 4 })(asked, _url, init) : asked()
  }
  phone.network.on = (path) => path.includes('/push')
  phone.network.faults = Array(9).fill(small) as Fault[]
  await phone.until()
  expect(sizes).toEqual([9, 4, 4, 1])
  expect(new Set(await phone.states())).toEqual(new Set(['done']))
  const again = new FieldDb(phone.session.device_id)
  expect((await again.kept<{ limits: { push_operations: number } }>('session', null as never)).limits.push_operations).toBe(4)
})

test('one operation on which the server fails is found, kept and shown; what does not need its row goes on', async () => {
  const phone = await Phone.of()
  await phone.round()
  const ids: string[] = []
  for (let number = 0; number < 5; number += 1) ids.push(await phone.found(number === 2 ? '坏店' : `好店${number}`))
  await phone.enqueue({ t: 'site', id: ids[2], kind: 'patch', base: null, was: { phone: '' }, set: { phone: '1' } })
  phone.network.on = (path) => path.includes('/push')
  const fails: Fault = async (asked, url, init) => {
    const text = await new Response((init.body as Blob).stream().pipeThrough(new DecompressionStream('gzip'))).text()
    return text.includes('坏店') ? internal(asked, url, init) : asked()
  }
  phone.network.faults = Array(60).fill(fails) as Fault[]
  await phone.until(60)
  expect(await phone.states()).toEqual(['done', 'done', 'stuck', 'done', 'done', 'waiting'])
  expect((await phone.db.outbox.get(3))!.problem!.title).toBeTruthy()
  phone.network.faults = []
  await phone.db.outbox.where('state').equals('stuck').modify({ state: 'waiting' })
  await phone.round()
  expect(new Set(await phone.states())).toEqual(new Set(['done']))
})
