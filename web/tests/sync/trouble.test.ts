// The phone itself has trouble, or its neighbours have: the sync goes on, and tells only what is true.
import Dexie from 'dexie'
import { v7 as uuid } from 'uuid'
import { afterEach, expect, test, vi } from 'vitest'

import { FieldDb } from '@/field/db/database'
import { fillGaps } from '@/field/sync/fillGaps'
import { startSync, syncState } from '@/field/sync/loop'
import { uploadPhotos } from '@/field/sync/uploadPhotos'

import { internal, Phone, photo, signed } from './support'

let stop = () => {}
afterEach(() => stop())

function start(phone: Phone): void {
  const { db, session, client, ...given } = phone.wire
  stop = startSync({ db, session, client }, given)
}

const settled = (what: () => Promise<boolean> | boolean) =>
  vi.waitFor(async () => expect(await what()).toBe(true), { timeout: 10_000, interval: 20 })

/** Opens the phone's database so that nothing can be written into it while `full.now` is above 0; each attempt takes one off. */
async function filling(phone: Phone): Promise<{ now: number }> {
  const full = { now: 0 }
  phone.db.close()
  phone.db = new FieldDb(phone.session.device_id)
  phone.db.use({
    stack: 'dbcore', name: 'full',
    create: (core) => ({
      ...core,
      table: (name) => ({
        ...core.table(name),
        mutate: (asked) => {
          if (asked.type !== 'put' || !asked.values.length || full.now-- <= 0) return core.table(name).mutate(asked)
          return Promise.reject(new DOMException('no room', 'QuotaExceededError'))
        },
      }),
    }),
  })
  await phone.db.open()
  phone.wire = phone.wireOn(phone.db)
  return full
}

test('on a full phone the sync says so, sends all the same, and goes on by itself when there is room', async () => {
  const phone = await Phone.of()
  await phone.round()
  const full = await filling(phone)
  await phone.found()
  full.now = Infinity
  const phases = new Set<string>()
  const { pause } = phone.wire
  phone.wire.pause = (milliseconds, signal) => {
    phases.add(syncState.phase)
    return pause(milliseconds, signal)
  }
  start(phone)
  await settled(() => syncState.problem?.code === 'full')
  expect(phone.network.requests.some(({ path }) => path.includes('/push'))).toBe(true)
  full.now = 0
  await settled(async () => (await phone.states())[0] === 'done' && syncState.problem === null)
  expect(phases).not.toContain('stopped')
})

test('a photo whose progress the full phone cannot write down goes up all the same', async () => {
  const phone = await Phone.of()
  await phone.round()
  const id = uuid()
  const sha256 = await photo(phone, `visit:${id}`)
  await signed(phone, [sha256], id)
  const full = await filling(phone)
  full.now = 3
  expect(await uploadPhotos(phone.wire, new AbortController().signal)).toBeNull()
  expect((await phone.db.photos.get(sha256))!.state).toBe('stored')
})

test('a database on this phone that cannot be read stops nobody\'s sync', async () => {
  const phone = await Phone.of()
  await new Promise((resolve) => { indexedDB.open('field-broken', 10).onsuccess = ({ target }) => {
    (target as IDBOpenDBRequest).result.close()
    resolve(null)
  } })
  await phone.found()
  start(phone)
  await settled(async () => (await phone.states())[0] === 'done')
  expect(await Dexie.exists('field-broken')).toBe(true)
})

test('one photo on which the server fails holds up no other', async () => {
  const phone = await Phone.of()
  await phone.round()
  const id = uuid()
  const [bad, good] = [await photo(phone, `visit:${id}`), await photo(phone, `visit:${id}`)]
  await phone.db.photos.update(bad, { taken_at: '2000-01-01T00:00:00Z' })
  await signed(phone, [bad, good], id)
  phone.network.on = (path) => path.includes(bad)
  phone.network.faults = Array(5_000).fill(internal) as typeof phone.network.faults
  const end = new AbortController()
  const lane = uploadPhotos(phone.wire, end.signal)
  try {
    await settled(async () => (await phone.db.photos.get(good))!.state === 'stored')
    expect((await phone.db.photos.get(bad))!.state).toBe('kept')
  } finally {
    end.abort()
    await lane
  }
})

test('of numbers that the server lacks only those are told as lost that the phone lacks as well', async () => {
  const phone = await Phone.of()
  for (const name of ['一', '二', '三', '四', '五', '六', '七']) await phone.found(name)
  await phone.db.outbox.toCollection().modify({ state: 'done' })
  await phone.db.outbox.bulkDelete([3, 5, 6])
  await phone.db.transaction('rw', phone.db.outbox, phone.db.meta, () => fillGaps(phone.db, [[2, 7]]))
  expect(await phone.db.kept('lost_numbers', [])).toEqual([[3, 3], [5, 6]])
  expect(await phone.states()).toEqual(['done', 'waiting', 'waiting', 'waiting'])
})

test('an answer that was long on its way makes no clock wrong', async () => {
  const phone = await Phone.of()
  phone.network.faults = [async (asked) => {
    const answer = await asked()
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    return answer
  }]
  await phone.round()
  expect(Math.abs(phone.session.offset_ms)).toBeLessThan(500)
})

test('when the server was last heard is told in the phone\'s own time, also when nothing was new', async () => {
  const phone = await Phone.of()
  await phone.round()
  await phone.db.keep('last_contact', null)
  phone.network.faults = [async () => new Response(null, { status: 304 })]
  await phone.round()
  expect(await phone.db.kept('last_contact', '')).toMatch(/T.*[+-]\d\d:\d\d$/)
})
