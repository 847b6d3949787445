// The lane of the photos: one at a time, beside answers and never in their way. It gives up on none.
import { Problem } from '@/shared/api/problem'

import type { FieldDb } from '../db/database'
import type { PhotoRow } from '../db/local'
import { idOf, unsavedPhotos } from '../photos/naming'
import { Backoff } from './backoff'
import { problemOf } from './failure'
import { syncState } from './state'
import { uploadPhoto } from './uploadPhoto'
import { lockName, type Wire } from './wire'

/** Photos that are to go up, of signed visits and of saved sites, oldest first. Those of a draft wait: the person may still remove them. */
export async function photosToSend(db: FieldDb, drafts = false): Promise<PhotoRow[]> {
  const kept = await db.photos.where('state').equals('kept').toArray()
  const signed = new Set((await db.captures.where('status').equals('signed').primaryKeys()).map((id) => `visit:${id}`))
  const sites = kept.flatMap(({ owners }) => owners.filter((owner) => owner.startsWith('site:')).map(idOf))
  const unsaved = sites.length ? await unsavedPhotos(db, [...new Set(sites)]) : {}
  const goes = (owner: string, sha: string) => drafts || signed.has(owner) || (owner.startsWith('site:') && !unsaved[idOf(owner)][sha])
  return kept.filter(({ sha256, owners }) => owners.some((owner) => goes(owner, sha256)))
    .sort((a, b) => a.taken_at.localeCompare(b.taken_at))
}

/** What the page shows: the stretch began when there was nothing to send. */
class Shown {
  private readonly sizes = new Map<string, number>()
  private readonly done = new Set<string>()

  show(waiting: PhotoRow[], current: PhotoRow | null = null, bytes = 0): void {
    const open = new Set(waiting.map(({ sha256 }) => sha256))
    for (const { sha256, bytes: size } of waiting) this.sizes.set(sha256, size)
    for (const sha256 of this.sizes.keys()) if (!open.has(sha256)) this.done.add(sha256)
    for (const sha256 of open) this.done.delete(sha256)
    const sum = (keys: Iterable<string>) => [...keys].reduce((total, sha256) => total + (this.sizes.get(sha256) ?? 0), 0)
    const part = current ? bytes : 0
    syncState.photos = {
      done: this.done.size, total: this.sizes.size, bytes_done: sum(this.done) + part, bytes_total: sum(this.sizes.keys()),
      current: current?.sha256 ?? null,
    }
  }
}

/** Why the lane ended: all photos are there, or the server refuses this phone for the reason given. */
export type LaneEnd = Problem | null

/** How the lane runs. */
export interface Lane {
  /** Photos of unfinished visits go up as well. */
  drafts?: boolean
  /** Unless it is, a refusal (403) of one photo leaves it for good. */
  stubborn?: boolean
  /** The signal that ends a pause early: the network is back. */
  nap?: () => AbortSignal
}

/** What concerns the line or the phone, and not this photo: no answer, too much at once, a server or a storage that is away or full. */
const OF_THE_LINE = [0, 429, 502, 503, 504, 507]

/**
 * Sends every photo that waits; one that fails for itself comes again behind the others. Ends when none is left, when `stop` is aborted,
 * or when the person has to log in. A phone that could not write something tries again, as after a lost connection.
 */
export async function uploadPhotos(wire: Wire, stop: AbortSignal, lane: Lane = {}): Promise<LaneEnd> {
  const { drafts = false, stubborn = true, nap = () => stop } = lane
  return wire.lock(lockName(wire, 'photos'), async () => {
    const shown = new Shown()
    const line = new Backoff(wire.chance)
    const own = new Map<string, { backoff: Backoff; until: number }>()
    const left = new Set<string>()
    while (!stop.aborted) {
      const waiting = (await photosToSend(wire.db, drafts)).filter(({ sha256 }) => !left.has(sha256))
      shown.show(waiting)
      if (!waiting.length) return null
      const clock = wire.now().getTime()
      const photo = waiting.find(({ sha256 }) => (own.get(sha256)?.until ?? 0) <= clock)
      if (!photo) {
        await wire.pause(Math.min(...waiting.map(({ sha256 }) => own.get(sha256)!.until)) - clock, nap())
        continue
      }
      try {
        await uploadPhoto(wire, photo, (bytes) => shown.show(waiting, photo, bytes), stop)
        line.reset()
        own.delete(photo.sha256)
      } catch (error) {
        if (stop.aborted) break
        const problem = problemOf(error)
        // The server had more than the time before: the line carries, though it does not hold for a whole photo. Waiting longer would
        // waste it.
        if (((await wire.db.photos.get(photo.sha256))?.sent_bytes ?? 0) > photo.sent_bytes) line.reset()
        if (problem.status === 401 || problem.status === 426) return problem
        // Goes on when all else has been handed in, see `revoked`: then this lane must not be in the way.
        if (problem.code === 'device-revoked' && stubborn) return problem
        if (problem.status === 403 && !stubborn) left.add(photo.sha256)
        else if (OF_THE_LINE.includes(problem.status)) await wire.pause(line.next(problem), nap())
        else {
          const mine = own.get(photo.sha256) ?? { backoff: new Backoff(wire.chance), until: 0 }
          own.set(photo.sha256, { ...mine, until: wire.now().getTime() + mine.backoff.next(problem) })
        }
      }
    }
    return null
  })
}
