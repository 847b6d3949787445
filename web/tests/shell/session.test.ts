// Who works on this phone, without any network: nothing here reaches a server.
import Dexie from 'dexie'
import { v7 as uuid } from 'uuid'
import { beforeEach, expect, test, vi } from 'vitest'

import { FieldDb } from '@/field/db/database'
import type { SessionRow } from '@/field/db/local'
import { goOn, logOut, people, peopleHere, renew, resume, work } from '@/field/stores/session'

vi.stubGlobal('navigator', { userAgent: 'Mozilla/5.0 (Linux; Android 8.1.0; a phone)', onLine: false }) // Node 20 has none

async function worked(login: string, last_at: string, token: string | null = 'token'): Promise<string> {
  const device_id = uuid()
  const limits = { push_operations: 1, push_bytes: 1, pull_changes: 1, schema: 2, oldest_schema: 1 }
  const session: SessionRow = { login, name: login, role: 'supervisor', regions: [], user_id: login, device_id, token, limits,
    offset_ms: 0 }
  const db = new FieldDb(device_id)
  await db.keep('session', session)
  db.close()
  await people.people.put({ login, device_id, name: login, last_at })
  return device_id
}

beforeEach(async () => {
  work.value?.db.close()
  work.value = null
  await people.people.clear()
})

test('whoever worked here last goes on without a network', async () => {
  await worked('earlier', '2025-05-01')
  const device = await worked('later', '2025-05-02')
  expect((await resume())?.session.device_id).toBe(device)
})

test('another one is one tap away, and is the last one then', async () => {
  await worked('earlier', '2025-05-01')
  await worked('later', '2025-05-02')
  const [, earlier] = await peopleHere()
  expect((await goOn(earlier))?.session.login).toBe('earlier')
  expect((await peopleHere()).map(({ login }) => login)).toEqual(['earlier', 'later'])
})

test('who logged out has to log in again; what they captured stays', async () => {
  const device = await worked('leaves', '2025-05-01')
  await resume()
  await work.value!.db.keep('kept', 'all')
  await logOut()
  expect(work.value).toBeNull()
  expect(await peopleHere()).toMatchObject([{ login: 'leaves', ready: false }])
  expect(await resume()).toBeNull()
  expect(await new FieldDb(device).kept('kept', '')).toBe('all')
})

test('looking at the people of this phone makes no database of one that was wiped', async () => {
  const device = await worked('wiped', '2025-05-01')
  await Dexie.delete(`field-${device}`)
  expect(await peopleHere()).toMatchObject([{ login: 'wiped', ready: false }])
  expect(await resume()).toBeNull()
  expect(await Dexie.exists(`field-${device}`)).toBe(false)
})

test('a new login that does not get through leaves everything as it was', async () => {
  await worked('expired', '2025-05-01')
  await resume()
  const before = work.value
  await expect(renew('secret')).rejects.toMatchObject({ status: 0 })
  expect(work.value).toBe(before)
  expect(work.value?.client.token).toBe('token')
})
