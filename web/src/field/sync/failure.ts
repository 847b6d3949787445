// What failed on the phone itself as a Problem: it is shown and tried again like a connection that was lost.
import { Problem } from '@/shared/api/problem'

import { syncing } from '../locales/syncing'
import { isFull } from '../photos/room'

/** `error` as it is, or as one of this phone: full, or `broken`. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (isFull(error)) return new Problem(0, 'full', syncing.full, '', syncing.fullRemedy)
  console.error(error)
  return new Problem(0, 'broken', syncing.broken, '', syncing.brokenRemedy)
}
