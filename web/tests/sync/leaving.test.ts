// A phone leaves its device id, or the server: what was begun on it goes along, to the last word.
import Dexie, { type Table } from 'dexie'
import { v7 as uuid } from 'uuid'
import { afterEach, expect, test, vi } from 'vitest'

import type { AnswerRow } from '@/field/db/local'
import { startSync, syncState } from '@/field/sync/loop'
import { gatherFormer } from '@/field/sync/reidentify'
import { revoked } from '@/field/sync/revoked'

import { capture, grid, logIn, lostAnswer, lostRequest, office, password, Phone, photo, server } from './support'

let stop = () => {}
afterEach(() => {
  stop()
  vi.unstubAllGlobals()
})

const quarantine = async () => (await (await office()).ask(`/api/v1/sync/quarantine?region=${grid}&limit=200`)).text()
const revoke = async (phone: Phone) =>
  (await office()).ask(`/api/v1/devices/${phone.session.device_id}/revoke`, { method: 'POST', json: {} })

/** The phone is given a new device id; what lay under the old one is not gathered yet. */
async function renamed(phone: Phone): Promise<string> {
  phone.db.close()
  const former = phone.session.device_id
  phone.session = await logIn('supervisor', uuid())
  await phone.open()
  await phone.db.keep('session', phone.session)
  return former
}

test('work that goes on while a revoked phone hands in is handed in as well', async () => {
  const phone = await Phone.of()
  await phone.round()
  const { id } = await capture(phone, { note: '写到一半' })
  await revoke(phone)
  phone.network.faults = [(asked) => asked(), lostAnswer]
  await expect(revoked(phone.wire)).rejects.toMatchObject({ status: 0 })
  const later = `后来又写了${id}`
  await phone.db.captures.update(id, { note: later })
  expect(await revoked(phone.wire)).toBe(true)
  expect(await quarantine()).toContain(later)
})

test('a revoked phone wipes itself though one of its photos is refused for ever, and not before the last picture and word', async () => {
  const phone = await Phone.of()
  await phone.round()
  await photo(phone, `site:${uuid()}`)
  const { id } = await capture(phone)
  const kept = await photo(phone, `visit:${id}`)
  await phone.db.captures.update(id, { photos: { [kept]: {} } })
  const at = new Date().toISOString()
  await phone.db.intake.add({
    id: uuid(), owner: `visit:${id}`, link_id: null, blob: new Blob(['x']), at, source: 'camera', place: null, failed: null,
  })
  let late = ''
  setTimeout(() => void (async () => {
    late = await photo(phone, `visit:${id}`)
    await phone.db.captures.update(id, { photos: { [kept]: {}, [late]: {} } })
    await phone.db.intake.clear()
  })(), 300)
  await revoke(phone)
  const last = `最后一句${id}`
  phone.network.on = (path) => path.endsWith('/push') || path.includes(kept)
  phone.network.faults = [lostRequest]
  const once = phone.network.fetch
  let written = false
  const client = Object.assign(phone.wire.client, { fetching: async (input: RequestInfo | URL, init?: RequestInit) => {
    if (String(input).includes(`/blobs/${kept}`) && !written) {
      written = true
      await phone.db.captures.update(id, { note: last })
    }
    return once(input, init)
  } })
  const { db, session, client: _, ...given } = phone.wire
  stop = startSync({ db, session, client }, given)
  await vi.waitFor(async () => expect([syncState.phase, await Dexie.exists(db.name)]).toEqual(['stopped', false]), { timeout: 15_000 })
  const text = await quarantine()
  expect([text.includes(last), text.includes(late), late !== '']).toEqual([true, true, true])
})

test('a phone that is restored twice asks for another device id instead of pushing without end', async () => {
  const phone = await Phone.of()
  await phone.round()
  const restore = async () => {
    await phone.db.outbox.clear()
    await phone.db.keep('last_n', 0)
    await phone.found(`后来${uuid()}`)
  }
  await phone.found('从前')
  await phone.round()
  await restore()
  await expect(phone.round()).rejects.toMatchObject({ code: 'op-reused' })
  await renamed(phone)
  await gatherFormer(phone.wire)
  await phone.round()
  expect(await phone.states()).toEqual(['done'])
  await restore()
  phone.network.requests = []
  await expect(phone.round()).rejects.toMatchObject({ code: 'op-reused' })
  expect(phone.network.requests.filter(({ path }) => path.endsWith('/push')).length).toBe(1)
  // Restored to the moment after the new id was given: each operation is renewed once, and that is all.
  await phone.db.keep('renewed', [])
  phone.network.requests = []
  await expect(phone.round()).rejects.toMatchObject({ code: 'op-reused' })
  expect(phone.network.requests.filter(({ path }) => path.endsWith('/push')).length).toBe(2)
})

test('unfinished forms, and all else that pages keep, go along to a new device id; what is copied is gone at its source', async () => {
  const phone = await Phone.of()
  const kept = {
    'site_draft:new': { id: '1' }, 'site_photos:1': { a: null }, 'kept_checklist:1': 'v', 'intake_tries:1': 2, 'task_result:1': '办了',
  }
  for (const [key, value] of Object.entries(kept)) await phone.db.keep(key, value)
  await photo(phone, 'site:1')
  await photo(phone, 'site:1')
  await renamed(phone)
  let least = Infinity
  const put = phone.db.blobs.put.bind(phone.db.blobs)
  const former = new Dexie((await Dexie.getDatabaseNames()).find((name) => name !== phone.db.name && /^field-[0-9a-f]/.test(name))!)
  vi.spyOn(phone.db, 'table').mockImplementation(((name: string) => {
    const table = Dexie.prototype.table.call(phone.db, name) as Table
    if (name !== 'blobs') return table
    return Object.assign(Object.create(table) as Table, { put: async (row: never) => {
      await former.open()
      least = Math.min(least, await former.table('blobs').count())
      former.close()
      return put(row)
    } })
  }) as never)
  expect(await gatherFormer(phone.wire)).toBe(1)
  vi.restoreAllMocks()
  for (const [key, value] of Object.entries(kept)) expect(await phone.db.kept(key, null)).toEqual(value)
  expect([least, await phone.db.blobs.count()]).toEqual([1, 2])
})

test('after a login for a new device id the open visit is there at once, with every answer that another tab stored', async () => {
  const through = globalThis.fetch
  vi.stubGlobal('navigator', { userAgent: 'test (phone)' })
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => through(path.startsWith('/') ? server + path : path, init))
  const here = await import('@/field/stores/session')
  const first = await here.logIn('supervisor', password)
  const answer = (visit: string, link_id: string): AnswerRow => ({ visit, link_id, at: '', mark: 'pass' })
  await first.db.captures.put({ id: 'v', status: 'draft', site_id: 's' } as never)
  await first.db.answers.bulkPut(Array.from({ length: 100 }, (_, number) => answer('v', `old${number}`)))
  for (let number = 0; number < 40; number += 1) await first.db.blobs.put({ sha256: `b${number}`, blob: new Blob(['x']) })
  vi.resetModules()
  const there = await import('@/field/stores/session')
  const tab = (await there.resume())!
  const stored: string[] = []
  const writing = (async () => {
    for (let number = 0; ; number += 1) {
      await tab.db.answers.put(answer('v', `new${number}`))
      stored.push(`new${number}`)
    }
  })().catch((error: Error) => error.name)
  const again = await here.logIn('supervisor', password, true)
  expect(await writing).toBe('DatabaseClosedError')
  expect(there.work.value).toBeNull()
  expect(again.session.device_id).not.toBe(first.session.device_id)
  expect((await again.db.captures.get('v'))!.status).toBe('draft')
  const arrived = new Set((await again.db.answers.toArray()).map(({ link_id }) => link_id))
  expect([stored.length > 0, stored.filter((link_id) => !arrived.has(link_id))]).toEqual([true, []])
  again.db.close()
})
