// The app is killed between any two steps: opened again, everything is there and arrives once.
import { expect, test } from 'vitest'

import { lostAnswer, office, Phone } from './support'

test('killed before any transaction of a round, it goes on and every operation has its effect once', async () => {
  let [steps, killed] = [0, 0]
  for (; ; steps += 1) {
    const phone = await Phone.of()
    await phone.round()
    const id = await phone.found(`店${steps}`)
    await phone.enqueue({ t: 'site', id, kind: 'patch', base: null, was: { phone: '' }, set: { phone: '1' } })
    phone.db.close()
    const life = await phone.dying(steps)
    await phone.round().catch(() => undefined)
    phone.db.close()
    await phone.open()
    await phone.round()
    expect(await phone.states()).toEqual(['done', 'done'])
    const [here, there] = [await phone.db.sites.get(id), await (await office()).json<Record<string, unknown>>(`/api/v1/sites/${id}`)]
    expect([here!.rev, here!.phone, there.rev, there.phone]).toEqual([2, '1', 2, '1'])
    if (!life.died()) break
    killed += 1
  }
  expect(killed).toBeGreaterThan(4)
})

test('killed while the answer of a push is on its way, it hears the same answer again', async () => {
  const phone = await Phone.of()
  await phone.round()
  const id = await phone.found()
  phone.network.faults = [lostAnswer]
  await expect(phone.round()).rejects.toThrow()
  phone.db.close()
  await phone.open()
  await phone.round()
  expect([(await phone.db.outbox.get(1))!.status, (await phone.db.outbox.get(1))!.sent]).toEqual(['applied', 2])
  expect((await phone.db.sites.get(id))!.rev).toBe(1)
})

test('killed in the middle of a first pull, it goes on at its page', async () => {
  const whole = await Phone.of()
  await whole.round()
  const phone = await Phone.of()
  phone.session.limits.pull_changes = 3
  for (let steps = 2; ; steps += 3) {
    const life = await phone.dying(steps)
    await phone.round().catch(() => undefined)
    phone.db.close()
    if (!life.died()) break
  }
  await phone.open()
  for (const name of ['sites', 'regions', 'checklists', 'contents', 'plans'] as const) {
    const keys = async (one: Phone) => (await one.db.table(name).toCollection().primaryKeys()).map((key) => JSON.stringify(key)).sort()
    expect(await keys(phone)).toEqual(await keys(whole))
  }
})
