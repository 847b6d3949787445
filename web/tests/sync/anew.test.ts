// The cursor is of no use, the server was restored, numbers were given twice, the device was revoked.
import Dexie from 'dexie'
import { v7 as uuid } from 'uuid'
import { expect, test } from 'vitest'

import { FieldDb } from '@/field/db/database'
import { seenSite } from '@/field/stores/overlay'
import { gatherFormer } from '@/field/sync/reidentify'
import { revoked } from '@/field/sync/revoked'
import { uploadPhotos } from '@/field/sync/uploadPhotos'
import { wipe } from '@/field/sync/wipe'

import { answers, capture, flask, grid, logIn, lostAnswer, office, Phone, photo, school } from './support'

test('a cursor that the server does not know begins anew: the screen stays filled, what is gone goes, the outbox stays', async () => {
  const phone = await Phone.of()
  await phone.round()
  const count = await phone.db.sites.count()
  await phone.db.sites.put({ ...(await phone.db.sites.get(school))!, id: 'gone' })
  await phone.db.keep('cursor', 'WyJub25zZW5zZSJd')
  phone.session.limits.pull_changes = 3
  let least = Infinity
  phone.network.faults = Array.from({ length: 30 }, () => async (asked: () => Promise<Response>) => {
    least = Math.min(least, await phone.db.sites.count())
    return asked()
  })
  await phone.round()
  expect(least).toBeGreaterThanOrEqual(count)
  expect(await phone.db.sites.get('gone')).toBeUndefined()
  expect([await phone.db.sites.count(), await phone.db.kept('marked', null)]).toEqual([count, null])
})

test('after a restored backup everything is pushed again as it was, and has no second effect', async () => {
  const phone = await Phone.of()
  await phone.round()
  const id = await phone.found()
  await phone.round()
  const before = (await phone.db.outbox.get(1))!
  await flask('sync', 'new-epoch')
  await phone.round()
  const after = (await phone.db.outbox.get(1))!
  expect([after.operation, after.state, after.sent]).toEqual([before.operation, 'done', 2])
  expect((await seenSite(phone.db, id))!.rev).toBe(1)
})

test('a phone restored from a backup under its old id gets a new one, and loses none of its operations', async () => {
  const phone = await Phone.of()
  await phone.round()
  await phone.found('从前')
  await phone.round()
  // The backup knows nothing of that operation, and gives its number again.
  await phone.db.outbox.clear()
  await phone.db.keep('last_n', 0)
  const id = await phone.found('后来')
  await expect(phone.round()).rejects.toMatchObject({ code: 'op-reused' })
  expect(await phone.states()).toEqual(['waiting'])
  phone.db.close()
  const former = phone.session.device_id
  phone.session = await logIn('supervisor', uuid())
  await phone.open()
  await phone.db.keep('session', phone.session)
  expect(await gatherFormer(phone.wire)).toBeGreaterThanOrEqual(1)
  expect(await Dexie.exists(`field-${former}`)).toBe(false)
  await phone.round()
  const row = (await phone.db.outbox.where('[t+id]').equals(['site', id]).first())!
  expect(row.state).toBe('done')
  expect((await (await office()).json<{ name: string }>(`/api/v1/sites/${id}`)).name).toBe('后来')
})

test('a revoked phone hands in all it has, also unfinished visits and photos, and wipes itself', async () => {
  const phone = await Phone.of()
  await phone.round()
  phone.session.limits.push_operations = 2
  for (let number = 0; number < 5; number += 1) await phone.found(`街边店${number}`)
  const { id: draft } = await capture(phone, { note: '没有写完' })
  const sha256 = await photo(phone, `visit:${draft}`)
  await phone.db.captures.update(draft, { photos: { [sha256]: {} } })
  const desk = await office()
  await desk.ask(`/api/v1/devices/${phone.session.device_id}/revoke`, { method: 'POST', json: {} })
  await expect(phone.round()).rejects.toMatchObject({ code: 'device-revoked' })
  phone.network.faults = [lostAnswer]
  await expect(revoked(phone.wire)).rejects.toMatchObject({ status: 0 })
  expect(await revoked(phone.wire)).toBe(true)
  expect(await uploadPhotos(phone.wire, new AbortController().signal, { drafts: true, stubborn: false })).toBeNull()
  expect((await phone.db.photos.get(sha256))!.state).toBe('stored')
  const operations = (await phone.db.outbox.toArray()).map(({ op }) => op)
  const kept = await (await desk.ask(`/api/v1/sync/quarantine?region=${grid}&limit=200`)).text()
  expect([operations.length, operations.filter((op) => !kept.includes(op))]).toEqual([6, []])
  await wipe(phone.wire)
  expect(await Dexie.exists(phone.db.name)).toBe(false)
})

test('a phone that may not log in, or whose pull is refused, is wiped by nothing but a push that says so', async () => {
  const phone = await Phone.of()
  await phone.round()
  await phone.found()
  phone.network.faults = [answers(401, 'unauthorized')]
  await expect(revoked(phone.wire)).rejects.toMatchObject({ status: 401 })
  expect(await revoked(phone.wire)).toBe(false)
  expect(await phone.states()).toEqual(['done'])
  expect(await new FieldDb(phone.session.device_id).outbox.count()).toBe(1)
})
