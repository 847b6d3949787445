// Photos: resumed where they were, beside the answers, never given up, and forgotten only after the receipt.
import { webcrypto } from 'node:crypto'

import { v7 as uuid } from 'uuid'
import { expect, test } from 'vitest'

import { forget } from '@/field/sync/forget'
import { receiptFits } from '@/field/sync/takeReceipts'
import { uploadPhotos } from '@/field/sync/uploadPhotos'
import { assemble } from '@/field/visit/content'

import { answers, capture, line, Phone, photo, signed } from './support'

const going = () => new AbortController().signal

test('the hash that a receipt is held to is the one of the protocol', async () => {
  const phone = await Phone.of()
  const id = '01968a3e-0000-7000-8000-000000000001'
  await capture(phone, {
    id, site_id: '00000000-0000-4000-8000-000000000001', checklist: 'a'.repeat(64), at: '2025-05-01T09:30:00.000+08:00', note: '已查',
    place: { crs: 'WGS84', lat: 35.5, lon: 112 },
  })
  await phone.db.answers.put({ visit: id, link_id: 'kitchen.bright', at: '', mark: 'pass' })
  expect((await assemble(phone.db, id)).sha256).toBe('51bac1ccd3ab712461a8d6e3da7ee0eaa6a41bb1e2f7af9a3f3ec8025eab76d3')
})

test('answers go first; the last photo brings the receipt with the phone\'s own hash, then the bytes are forgotten', async () => {
  const phone = await Phone.of()
  await phone.round()
  const id = uuid()
  const photos = [await photo(phone, `visit:${id}`), await photo(phone, `visit:${id}`)]
  await signed(phone, photos, id)
  await phone.round()
  expect((await phone.db.visits.get(id))!.photos_missing.sort()).toEqual([...photos].sort())
  expect((await phone.db.captures.get(id))!.receipt).toBeNull()
  await forget(phone.db, Date.now())
  expect(await phone.db.blobs.count()).toBe(2)
  expect(await uploadPhotos(phone.wire, going())).toBeNull()
  await forget(phone.db, Date.now())
  expect(await phone.db.blobs.count()).toBe(2)
  await phone.round()
  const capture = (await phone.db.captures.get(id))!
  expect(receiptFits(capture)).toBe(true)
  await forget(phone.db, Date.now())
  const left = [phone.db.blobs, phone.db.photos, phone.db.captures, phone.db.outbox].map((table) => table.count())
  expect(await Promise.all(left)).toEqual([0, 2, 1, 1])
  await forget(phone.db, Date.now() + 29 * 86_400_000)
  expect([await phone.db.photos.count(), await phone.db.captures.count(), await phone.db.contents.count() > 0]).toEqual([0, 0, true])
  await forget(phone.db, Date.now() + 29 * 86_400_000)
  expect(await phone.db.outbox.count()).toBe(0)
})

test('a receipt for something else is kept and frees nothing', async () => {
  const phone = await Phone.of()
  await phone.round()
  const id = uuid()
  const sha256 = await photo(phone, `visit:${id}`)
  await signed(phone, [sha256], id)
  await phone.db.captures.update(id, { sha256: 'f'.repeat(64) })
  await uploadPhotos(phone.wire, going())
  await phone.round()
  const capture = (await phone.db.captures.get(id))!
  expect([capture.receipt!.photos, receiptFits(capture)]).toEqual([[sha256], false])
  await forget(phone.db, Date.now() + 100 * 86_400_000)
  expect([await phone.db.blobs.count(), await phone.db.captures.count()]).toEqual([1, 1])
})

test('a photo that two visits own is kept until both have their receipts', async () => {
  const phone = await Phone.of()
  await phone.round()
  const [first, second] = [uuid(), uuid()]
  const sha256 = await photo(phone, `visit:${first}`)
  await phone.db.photos.update(sha256, { owners: [`visit:${first}`, `visit:${second}`] })
  await signed(phone, [sha256], first)
  await uploadPhotos(phone.wire, going())
  await phone.round()
  await forget(phone.db, Date.now())
  expect(await phone.db.blobs.count()).toBe(1)
  await signed(phone, [sha256], second)
  await phone.round()
  await forget(phone.db, Date.now())
  expect(await phone.db.blobs.count()).toBe(0)
})

test('cuts cost only what was in flight: the rest goes on from where the server is', async () => {
  const phone = await Phone.of()
  await phone.round()
  const id = uuid()
  const size = 1_500_000
  const sha256 = await photo(phone, `visit:${id}`, size)
  await signed(phone, [sha256], id)
  const network = await line(500_000, 500_000)
  try {
    phone.base = network.url
    phone.wire = phone.wireOn(phone.db)
    expect(await uploadPhotos(phone.wire, going())).toBeNull()
  } finally {
    network.close()
  }
  expect((await phone.db.photos.get(sha256))!.state).toBe('stored')
  expect(network.connections()).toBeGreaterThan(2)
  expect(network.up()).toBeLessThan(size + 800_000) // from the start again at each cut would be a million more
})

test('a line that never holds for a whole photo is used at once each time: pauses grow only while nothing gets through', async () => {
  const phone = await Phone.of()
  await phone.round()
  const id = uuid()
  const sha256 = await photo(phone, `visit:${id}`, 2_000_000)
  await signed(phone, [sha256], id)
  const network = await line(...Array<number>(6).fill(300_000))
  const pauses: number[] = []
  try {
    phone.base = network.url
    phone.wire = { ...phone.wireOn(phone.db), chance: () => 1 }
    const { pause } = phone.wire
    phone.wire.pause = (milliseconds, signal) => {
      pauses.push(milliseconds)
      return pause(Math.min(milliseconds, 200), signal)
    }
    expect(await uploadPhotos(phone.wire, going())).toBeNull()
  } finally {
    network.close()
  }
  expect((await phone.db.photos.get(sha256))!.state).toBe('stored')
  expect(pauses.length).toBeGreaterThanOrEqual(5)
  expect(Math.max(...pauses)).toBeLessThanOrEqual(2_000)
})

test('an upload that was begun goes on after the app was killed', async () => {
  const phone = await Phone.of()
  await phone.round()
  const id = uuid()
  const sha256 = await photo(phone, `visit:${id}`, 1_000_000)
  await signed(phone, [sha256], id)
  const network = await line(600_000)
  phone.base = network.url
  phone.wire = phone.wireOn(phone.db)
  const stop = new AbortController()
  phone.wire.pause = async () => stop.abort()
  await uploadPhotos(phone.wire, stop.signal)
  network.close()
  phone.db.close()
  await phone.open()
  expect((await phone.db.photos.get(sha256))!.state).toBe('kept')
  const rest = await line()
  phone.base = rest.url
  phone.wire = phone.wireOn(phone.db)
  await phone.db.photos.update(sha256, { upload_url: (await phone.db.photos.get(sha256))!.upload_url!.replace(network.url, rest.url) })
  await uploadPhotos(phone.wire, going())
  rest.close()
  expect((await phone.db.photos.get(sha256))!.state).toBe('stored')
  expect(rest.up()).toBeLessThan(900_000) // how much of the first part the server had read is its own affair
})

test('a photo that the server cannot use is shown, and holds up no other', async () => {
  const phone = await Phone.of()
  await phone.round()
  const id = uuid()
  const bad = new Blob([Buffer.from(`no picture ${uuid()}`)])
  const sha256 = Buffer.from(await webcrypto.subtle.digest('SHA-256', await bad.arrayBuffer())).toString('hex')
  const good = await photo(phone, `visit:${id}`)
  await phone.db.blobs.put({ sha256, blob: bad })
  await phone.db.photos.put({ ...(await phone.db.photos.get(good))!, sha256, bytes: bad.size, taken_at: '2000-01-01T00:00:00Z' })
  await signed(phone, [sha256, good], id)
  await uploadPhotos(phone.wire, going())
  const [shown, other] = [await phone.db.photos.get(sha256), await phone.db.photos.get(good)]
  expect([shown!.state, shown!.problem!.code, other!.state]).toEqual(['refused', 'bad-photo', 'stored'])
  expect(await phone.db.blobs.count()).toBe(2)
})

test('an upload that the server no longer knows is created anew, and a photo that it has already costs no bytes', async () => {
  const phone = await Phone.of()
  await phone.round()
  const id = uuid()
  const sha256 = await photo(phone, `visit:${id}`, 200_000)
  await signed(phone, [sha256], id)
  await phone.db.photos.update(sha256, { upload_url: `${phone.base}/api/v1/files/${uuid()}` })
  await uploadPhotos(phone.wire, going())
  expect((await phone.db.photos.get(sha256))!.state).toBe('stored')
  await phone.db.photos.update(sha256, { state: 'kept' })
  const network = await line()
  phone.base = network.url
  phone.wire = phone.wireOn(phone.db)
  await uploadPhotos(phone.wire, going())
  network.close()
  expect((await phone.db.photos.get(sha256))!.state).toBe('stored')
  expect(phone.network.requests.at(-1)!.path).toContain('/api/v1/blobs/')
})

test('a photo that the server lost goes up again', async () => {
  const phone = await Phone.of()
  await phone.round()
  const id = uuid()
  const sha256 = await photo(phone, `visit:${id}`)
  await phone.db.photos.update(sha256, { state: 'stored' })
  await signed(phone, [sha256], id)
  await phone.round()
  expect((await phone.db.photos.get(sha256))!.state).toBe('kept')
})

test('a login that ended stops the lane and keeps the photo', async () => {
  const phone = await Phone.of()
  await phone.round()
  const id = uuid()
  const sha256 = await photo(phone, `visit:${id}`)
  await signed(phone, [sha256], id)
  phone.network.on = () => true
  phone.network.faults = [answers(401, 'unauthorized')]
  expect((await uploadPhotos(phone.wire, going()))!.status).toBe(401)
  expect((await phone.db.photos.get(sha256))!.state).toBe('kept')
})
