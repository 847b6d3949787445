// Answers, one row each. What is told as done is on the disk.
import type { AnswerRow, Capture } from '../db/local'
import type { Answer } from '../db/rows'
import { phoneTime } from '../stores/clock'
import { db } from '../stores/session'
import { changeDraft } from './draft'

/** Milliseconds after a tap at which the phone has time again. */
const LATER = 400
let timer: ReturnType<typeof setTimeout> | undefined

/** Keeps where the person is. Not in the way of the next tap: should the page die before, the latest answer tells the same (positionOf). */
function placeLater(visit: string, position: string, touched_at: string): void {
  const of = db()
  clearTimeout(timer)
  timer = setTimeout(() => {
    changeDraft(visit, (capture) => { Object.assign(capture, { position, touched_at }) }, of).catch(() => 0)
  }, LATER)
}

/**
 * Stores mark, value and note of one answer; null takes them away. Its photos stay: they are added and removed on
 * their own (photos/naming.ts). Answers what is stored now. Raises when the visit is signed or gone, or there is no room.
 */
export async function saveAnswer(visit: string, linkId: string, answer: Answer | null): Promise<Answer | undefined> {
  const of = db()
  const at = phoneTime()
  const kept = await of.transaction('rw', of.answers, of.captures, async () => {
    const [before, capture] = await Promise.all([of.answers.get([visit, linkId]), of.captures.get(visit)])
    if (capture?.status !== 'draft') throw new Error(`visit ${visit} is no draft`)
    const { mark, value, note } = answer ?? {}
    const stored: Answer = {
      ...(mark !== undefined && { mark }), ...(value !== undefined && { value }), ...(note && { note }),
      ...(before?.photos && { photos: before.photos }),
    }
    if (Object.keys(stored).length) await of.answers.put({ visit, link_id: linkId, at, ...stored })
    else await of.answers.delete([visit, linkId])
    return stored
  })
  placeLater(visit, linkId, at)
  return Object.keys(kept).length ? kept : undefined
}

/** Where to go on: the place that was kept, unless an answer is newer than it. */
export function positionOf(capture: Capture, rows: AnswerRow[]): string | null {
  const latest = rows.reduce<AnswerRow | null>((found, row) => (!found || Date.parse(row.at) > Date.parse(found.at) ? row : found), null)
  return latest && Date.parse(latest.at) > Date.parse(capture.touched_at) ? latest.link_id : capture.position
}
