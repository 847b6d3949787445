// What a device is, as far as it told.
import type { Device } from '../../api/people'
import { devices as texts } from '../../locales'

/** The clock of a phone may differ by so much before anybody is told. */
const CLOCK_MS = 5 * 60_000

/** Whether it is an office's browser, which never has anything to send. */
export const isBrowser = ({ kind }: Device): boolean => kind === 'browser'

/** How wrong its clock was, in words; empty when it was right or never told. */
export function clockWords({ offset_ms }: Device): string {
  if (offset_ms === null || Math.abs(offset_ms) < CLOCK_MS) return ''
  const span = texts.minutes(Math.round(Math.abs(offset_ms) / 60_000))
  return texts.clock(offset_ms < 0 ? texts.fast(span) : texts.slow(span))
}

/** How many of its operations never arrived. */
export const missing = ({ gaps }: Device): number => gaps.reduce((sum, [first, last]) => sum + last - first + 1, 0)
