// Today, by which deadlines are told: on a phone that lies there overnight, and on one whose clock is wrong.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'

import type { Work } from '@/field/stores/session'

const page = new EventTarget()

beforeEach(() => {
  vi.resetModules()
  vi.useFakeTimers({ now: new Date('2025-06-10T23:59:00') })
  vi.stubGlobal('document', page)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('moves on at midnight while a page stays open', async () => {
  const { today } = await import('@/field/stores/clock')
  expect(today.value).toBe('2025-06-10')
  vi.advanceTimersByTime(120_000)
  expect(today.value).toBe('2025-06-11')
})

test('moves on when the page is shown again after the phone slept', async () => {
  const { today } = await import('@/field/stores/clock')
  expect(today.value).toBe('2025-06-10')
  vi.setSystemTime(new Date('2025-06-12T08:00:00')) // no timer ran meanwhile
  page.dispatchEvent(new Event('visibilitychange'))
  expect(today.value).toBe('2025-06-12')
})

test('is what the server corrected, not what a phone two days ahead believes', async () => {
  const { today } = await import('@/field/stores/clock')
  const { work } = await import('@/field/stores/session')
  work.value = { session: { offset_ms: -2 * 86_400_000 } } as Work
  await nextTick()
  expect(today.value).toBe('2025-06-08')
})
