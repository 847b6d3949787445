// The sync by itself: it runs when something was captured, waits when it must, and the bundle holds what it could not send.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { v7 as uuid } from 'uuid'
import { afterEach, expect, test, vi } from 'vitest'

import { Backoff } from '@/field/sync/backoff'
import { exportBundle } from '@/field/sync/bundle'
import { startSync, syncNow, syncState } from '@/field/sync/loop'
import { Problem } from '@/shared/api/problem'

import { answers, capture, flask, grid, jpeg, office, Phone, photo, signed } from './support'
import { unzip } from './unzip'

let stop = () => {}
afterEach(() => stop())

async function started(phone: Phone): Promise<void> {
  const { db, session, client, ...given } = phone.wire
  stop = startSync({ db, session, client }, given)
}

const settled = (what: () => Promise<boolean> | boolean) =>
  vi.waitFor(async () => expect(await what()).toBe(true), { timeout: 10_000, interval: 20 })

test('what is captured goes by itself, with its photos, and the visit has its receipt', async () => {
  const phone = await Phone.of()
  await started(phone)
  await settled(async () => (await phone.db.sites.count()) > 0 && syncState.phase === 'idle')
  const id = uuid()
  const sha256 = await photo(phone, `visit:${id}`)
  await signed(phone, [sha256], id)
  await settled(async () => Boolean((await phone.db.captures.get(id))!.receipt))
  expect(await phone.states()).toEqual(['done'])
})

test('a login that ended is told, captures go on, and pressing tries again', async () => {
  const phone = await Phone.of()
  phone.network.faults = [answers(401, 'unauthorized')]
  phone.wire.pause = (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
  await started(phone)
  await settled(() => syncState.phase === 'stopped')
  expect(syncState.problem!.code).toBe('unauthorized')
  await phone.found()
  syncNow()
  await settled(async () => (await phone.states())[0] === 'done')
  await settled(() => syncState.problem === null)
})

test('without a server it waits, says until when, and goes on by itself', async () => {
  const phone = await Phone.of()
  phone.network.faults = Array(6).fill(answers(503, 'busy', {}, { 'Retry-After': '7' }))
  await phone.found()
  const seen = new Set<string>()
  phone.wire.pause = async (milliseconds) => {
    seen.add(`${syncState.phase} ${milliseconds >= 7_000}`)
    if (syncState.phase === 'idle' || syncState.phase === 'uploading') await new Promise((resolve) => setTimeout(resolve, 200))
  }
  await started(phone)
  await settled(async () => (await phone.states())[0] === 'done')
  expect(seen).toContain('waiting true')
})

test('pauses grow to two minutes, have chance in them, and never fall below what the server asks', () => {
  const backoff = new Backoff(() => 0.5)
  const pauses = Array.from({ length: 12 }, () => backoff.next(null))
  expect(pauses.slice(0, 3)).toEqual([750, 1_500, 3_000])
  expect(Math.max(...pauses)).toBe(90_000)
  expect(backoff.next(new Problem(503, 'busy', '', '', '', null, 300))).toBeGreaterThanOrEqual(300_000)
  backoff.reset()
  expect(backoff.next(null)).toBe(750)
})

test('a bundle holds what was not sent: operations as they travel, unfinished visits, photos', async () => {
  const phone = await Phone.of()
  await phone.round()
  await phone.found('已送达')
  await phone.round()
  await phone.found('未送达')
  const { id: draft, at } = await capture(phone, { note: '未完' })
  await phone.db.answers.put({ visit: draft, link_id: 'kitchen.bright', at, mark: 'pass' })
  const sha256 = await photo(phone, `visit:${draft}`, 1_000)
  const bundle = await exportBundle(phone.db)
  expect([bundle.operations, bundle.drafts, bundle.photos]).toEqual([1, 1, 1])
  const files = unzip(Buffer.from(await bundle.blob.arrayBuffer()))
  expect(Object.keys(files)).toEqual(['bundle.json', `photos/${sha256}.jpg`])
  const content = JSON.parse(files['bundle.json'].toString()) as Record<string, unknown>
  const { device_id, login } = phone.session
  expect(content).toMatchObject({ format: 'field-bundle', version: 1, device_id, login, schema: 2, acked: 1 })
  expect(content.ops).toEqual([(await phone.db.outbox.get(2))!.operation])
  const set = expect.objectContaining({ status: 'draft', note: '未完', answers: { 'kitchen.bright': { mark: 'pass' } } }) as unknown
  expect(content.drafts).toEqual([{ id: draft, at, set }])
  expect(files[`photos/${sha256}.jpg`].equals(Buffer.from(await (await phone.db.blobs.get(sha256))!.blob.arrayBuffer()))).toBe(true)
})

test('a bundle takes pictures along that are no photos yet, so that the server loads them, and tells of what it cannot hold', async () => {
  const phone = await Phone.of()
  await phone.round()
  const { id: draft, at } = await capture(phone)
  const { blob, sha256 } = jpeg()
  await phone.db.intake.add({
    id: uuid(), owner: `visit:${draft}`, link_id: 'kitchen.bright', blob, at, source: 'camera', place: null, failed: null,
  })
  await phone.db.keep('site_draft:new', { id: uuid(), base: null, before: null, form: { name: '没有保存' } })
  const bundle = await exportBundle(phone.db)
  expect([bundle.drafts, bundle.photos, bundle.left]).toEqual([1, 1, 1])
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'))
  try {
    await writeFile(join(folder, bundle.name), Buffer.from(await bundle.blob.arrayBuffer()))
    await flask('sync', 'load-bundle', join(folder, bundle.name))
  } finally {
    await rm(folder, { recursive: true })
  }
  const told = await (await (await office()).ask(`/api/v1/sync/quarantine?region=${grid}&limit=200`)).text()
  expect(told).toContain(`"photos":["${sha256}"]`)
  const stored = await phone.wire.client.ask(`/api/v1/blobs/${sha256}`, { method: 'HEAD', accept: [404] })
  expect(stored.status).toBe(200)
})
