// What the page of one site shows beside the site itself, and what it tells the server of a task.
import type { FieldDb } from '../db/database'
import { enqueue } from '../sync/enqueue'
import { localDay } from './clock'
import { seenTasks } from './overlay'

/** One visit of a site's history: of the server's copy, of this phone, or of both. `day` is the phone's local day. */
export interface PastVisit {
  id: string; day: string; status: 'draft' | 'signed'; document_type: 'patrol' | 'inspection'; verdict: string | null; review: string | null
  /** Whether the server has it with all its photos; false while it waits. */
  received: boolean; photos_missing: number
  /** Whether this phone made it: then its summary can be opened. */
  mine: boolean
}

/** All visits of a site that the phone knows, newest first. */
export async function historyOf(db: FieldDb, siteId: string): Promise<PastVisit[]> {
  const [copies, captures] = await Promise.all([
    db.visits.where('site_id').equals(siteId).toArray(), db.captures.where('site_id').equals(siteId).toArray(),
  ])
  const mine = new Map(captures.map((capture) => [capture.id, capture]))
  const known = new Set(copies.map(({ id }) => id))
  const told = copies.map(({ id, at, status, document_type, verdict, review, receipt, photos_missing }): PastVisit & { at: number } => ({
    id, at: Date.parse(at), day: localDay(new Date(at)), status, document_type, verdict, review, received: !!receipt,
    photos_missing: photos_missing.length, mine: mine.has(id),
  }))
  const unknown = captures.filter(({ id }) => !known.has(id))
  const here = unknown.map(({ id, at, status, document_type, receipt }): PastVisit & { at: number } => ({
    id, at: Date.parse(at), day: at.slice(0, 10), status, document_type, verdict: null, review: null, received: !!receipt,
    photos_missing: 0, mine: true,
  }))
  return [...told, ...here].sort((a, b) => b.at - a.at).map(({ at: _, ...visit }) => visit)
}

/**
 * Marks a task done with what was done. The base is the copy's revision, `was` what the person saw. False when it is not open any more: the
 * office took it back, or it is done.
 */
export async function finishTask(db: FieldDb, id: string, result: string): Promise<boolean> {
  return db.transaction('rw', db.outbox, db.meta, db.tasks, async () => {
    const [copy, seen] = await Promise.all([db.tasks.get(id), seenTasks(db).then((tasks) => tasks.find((task) => task.id === id))])
    if (!copy || seen?.state !== 'open') return false
    const was = { state: seen.state, result: seen.result }
    await enqueue(db, { t: 'task', id, kind: 'patch', base: copy.rev, was, set: { state: 'done', result } })
    return true
  })
}
