// The phone's own time, with its offset, as everything captured carries it; and today, by which deadlines are told.
import { ref, watch } from 'vue'

import { work } from './session'

/** `2025-05-01T09:30:00.000+08:00`: the phone's clock now, or at `at`. */
export function phoneTime(at: Date = new Date()): string {
  const minutes = -at.getTimezoneOffset()
  const two = (value: number) => String(Math.floor(Math.abs(value))).padStart(2, '0')
  const local = new Date(at.getTime() + minutes * 60_000).toISOString().slice(0, -1)
  return `${local}${minutes < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`
}

/** The local day of `at`, `2025-05-01`. */
export function localDay(at: Date = new Date()): string {
  return phoneTime(at).slice(0, 10)
}

/** `day` moved by `days`. */
export function addDays(day: string, days: number): string {
  const moved = new Date(`${day}T00:00:00Z`)
  moved.setUTCDate(moved.getUTCDate() + days)
  return moved.toISOString().slice(0, 10)
}

/** A phone two days ahead would call overdue what is not: the day is told by its clock as the server corrected it last. */
const dayNow = () => localDay(new Date(Date.now() + (work.value?.session.offset_ms ?? 0)))
const EVERY = 30_000

/** The present day, `2025-05-01`. It moves on at midnight, and when the page is shown again after the phone slept. */
export const today = ref(dayNow())
const look = () => { today.value = dayNow() }
watch(work, look)
setInterval(look, EVERY)
if (typeof document !== 'undefined') document.addEventListener('visibilitychange', look)
