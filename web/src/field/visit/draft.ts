// Changes of a visit that is not signed yet. A late write (a field that is left, another tab) never reaches a signed one.
import type { Capture } from '../db/local'
import { db } from '../stores/session'

/** Changes a draft; one that was signed meanwhile stays as it is. Answers how many were changed, 0 or 1. */
export function changeDraft(id: string, change: (capture: Capture) => void, of = db()): Promise<number> {
  return of.captures.where('id').equals(id).and(({ status }) => status === 'draft').modify((capture) => change(capture))
}
