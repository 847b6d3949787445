// A task that is done is told once, with what was done; one that the office took back meanwhile is not told at all.
import { expect, it } from 'vitest'

import { FieldDb } from '@/field/db/database'
import type { TaskRow } from '@/field/db/rows'
import { finishTask } from '@/field/stores/sites'

const task = (state: string) => ({
  b: '14052510020001', id: 't', rev: 3, grid: '14052510020001', site_id: null, title: '走访', note: '', due_on: null, reason: null, state, result: '',
}) as unknown as TaskRow

it('tells a task of a whole grid done, and not twice', async () => {
  const db = new FieldDb('task-done')
  await db.tasks.put(task('open'))
  expect(await finishTask(db, 't', '都走访了')).toBe(true)
  expect(await finishTask(db, 't', '又一次')).toBe(false)
  const [{ operation }, ...more] = await db.outbox.toArray()
  expect(operation).toMatchObject({ t: 'task', kind: 'patch', base: 3, was: { state: 'open', result: '' }, set: { state: 'done', result: '都走访了' } })
  expect(more).toEqual([])
})

it('says when the office took the task back', async () => {
  const db = new FieldDb('task-withdrawn')
  await db.tasks.put(task('withdrawn'))
  expect(await finishTask(db, 't', '做完了')).toBe(false)
  expect(await db.outbox.count()).toBe(0)
})
