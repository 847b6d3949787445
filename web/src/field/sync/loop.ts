// The sync as a whole: it runs by itself while the app is open, and has no end. Pages show `syncState` and may say `syncNow()`.
import type { Problem } from '@/shared/api/problem'

import type { Work } from '../stores/session'
import { Backoff } from './backoff'
import { problemOf } from './failure'
import { anotherChance } from './fillGaps'
import { forget } from './forget'
import { FewerOnTrouble } from './limits'
import { gatherFormer } from './reidentify'
import { draftsIntoOutbox, revoked } from './revoked'
import { round } from './round'
import { restState, syncState } from './state'
import { watch } from './triggers'
import { uploadPhotos } from './uploadPhotos'
import { wipe } from './wipe'
import { lockName, wireOf, type Wire } from './wire'

export { syncState } from './state'

const EVERY = 180_000
/** Operations on which the server failed get another chance so often, without anybody asking. */
const STUCK_AGAIN = 21_600_000

/** How long a revoked phone waits for a picture that is being made ready, milliseconds, and how often it looks. */
const PICTURE = 60_000
const LOOK = 1_000

/** What sending again cannot mend: a person has to log in, to update, or to tell somebody. */
function stops(problem: Problem): boolean {
  return !problem.passing && problem.code !== 'device-revoked'
}

/** One run of the sync: two lanes and what wakes them. */
class Run {
  private readonly ended = new AbortController()
  private nap = new AbortController()
  private photoNap = new AbortController()
  private awaited = false
  private readonly trouble = new FewerOnTrouble()
  private readonly backoff: Backoff
  private photos: Promise<void> | null = null
  private photoEnd = new AbortController()
  private readonly unwatch: () => void

  constructor(private readonly wire: Wire) {
    this.backoff = new Backoff(wire.chance)
    this.unwatch = watch(wire.db, (why) => this.wake(why))
    void this.answers()
  }

  stop(): void {
    this.ended.abort()
    this.nap.abort()
    this.photoNap.abort()
    this.photoEnd.abort()
    this.unwatch()
  }

  /** A pause after a failure is cut short only by a person or the network; the three minutes between rounds by anything. */
  wake(why: 'asked' | 'changed'): void {
    this.awaited = true
    if (why === 'asked') {
      this.photoNap.abort()
      this.photoNap = new AbortController()
    }
    if (why === 'asked' || syncState.phase === 'idle' || syncState.phase === 'uploading') this.nap.abort()
  }

  /** What a person pressed also gives operations on which the server failed another chance. */
  async again(): Promise<void> {
    await anotherChance(this.wire.db)
    this.wake('asked')
  }

  private forget(): Promise<void> {
    return forget(this.wire.db, this.wire.now().getTime() + this.wire.session.offset_ms)
  }

  private async sleep(milliseconds: number): Promise<void> {
    await this.wire.pause(milliseconds, this.nap.signal)
  }

  private async answers(): Promise<void> {
    const { wire } = this
    const over = () => this.ended.signal.aborted
    let [gathered, chances] = [false, -Infinity]
    while (!over()) {
      this.awaited = false
      this.nap = new AbortController()
      try {
        if (!gathered && (await wire.lock(lockName(wire), () => gatherFormer(wire)))) wire.gathered()
        gathered = true
        if (wire.now().getTime() - chances > STUCK_AGAIN) {
          await anotherChance(wire.db)
          chances = wire.now().getTime()
        }
        await round(wire, this.trouble)
        if (over()) return
        this.backoff.reset()
        Object.assign(syncState, { problem: null, waiting_until: null, phase: 'idle' })
        this.sendPhotos()
        await this.forget()
        if (!this.awaited) await this.sleep(EVERY)
      } catch (error) {
        if (over()) return
        const problem = problemOf(error)
        if (problem.code === 'device-revoked' && (await this.leave(problem))) return
        if (over()) return
        // What the phone need not keep any more may be the room that was wanting.
        if (problem.code === 'full') await this.forget().catch(() => undefined)
        await this.afterFailure(problem)
      }
    }
  }

  private async afterFailure(problem: Problem): Promise<void> {
    syncState.problem = problem
    if (stops(problem)) {
      syncState.phase = 'stopped'
      await this.sleep(EVERY) // the server may have changed its mind: asking costs nothing
      return
    }
    // Photos have a lane of their own: an answer that the server fails on does not hold them up. Those of a revoked phone go last.
    if (problem.code !== 'device-revoked') this.sendPhotos()
    const wait = this.backoff.next(problem)
    syncState.waiting_until = new Date(this.wire.now().getTime() + wait)
    syncState.phase = problem.status === 0 && typeof navigator !== 'undefined' && navigator.onLine === false ? 'offline' : 'waiting'
    await this.sleep(wait)
    syncState.waiting_until = null
  }

  private sendPhotos(): void {
    this.photos ??= this.photoLane().catch((error: unknown) => {
      if (this.ended.signal.aborted) return
      syncState.problem = problemOf(error)
      if (syncState.phase === 'uploading') syncState.phase = 'idle'
    }).finally(() => (this.photos = null))
  }

  private async photoLane(): Promise<void> {
    if (syncState.phase === 'idle') syncState.phase = 'uploading'
    this.photoEnd = new AbortController()
    const problem = await uploadPhotos(this.wire, this.photoEnd.signal, { nap: () => this.photoNap.signal })
    if (problem) syncState.problem = problem
    if (syncState.phase === 'uploading') syncState.phase = problem ? 'stopped' : 'idle'
    // The visits that waited for these photos have their receipts now.
    if (!problem && !this.ended.signal.aborted && syncState.photos.total) this.wake('changed')
  }

  /** Ends the lane of the photos, which holds their lock. */
  private async endPhotos(): Promise<void> {
    this.photoEnd.abort()
    this.photoNap.abort()
    this.photoNap = new AbortController()
    await this.photos
  }

  /** Waits while pictures become photos; one that gets no further for a minute is given up. */
  private async pictures(): Promise<void> {
    const left = () => this.wire.db.intake.filter(({ failed }) => !failed).count()
    let [most, waited] = [Infinity, 0]
    for (let now = await left(); now && waited < PICTURE && !this.ended.signal.aborted; now = await left()) {
      waited = now < most ? 0 : waited + LOOK
      most = now
      await this.wire.pause(LOOK, this.ended.signal)
    }
  }

  /** The device was revoked. True when everything has been handed in and the phone was wiped. */
  private async leave(problem: Problem): Promise<boolean> {
    const { wire } = this
    syncState.problem = problem
    syncState.phase = 'pushing'
    try {
      await this.endPhotos()
      await this.pictures()
      if (!(await wire.lock(lockName(wire), () => revoked(wire)))) return false
      syncState.phase = 'uploading'
      if (await uploadPhotos(wire, this.ended.signal, { drafts: true, stubborn: false })) return false
      // Somebody who went on with a visit meanwhile has it handed in as well.
      if (await draftsIntoOutbox(wire.db)) return false
    } catch {
      return false
    }
    if (this.ended.signal.aborted) return true
    this.stop()
    await wipe({ db: wire.db, session: wire.session })
    syncState.phase = 'stopped'
    return true
  }
}

let running: Run | null = null

/** Starts the sync of `work`, instead of whichever ran. Returns how to stop it. `given` replaces parts of the world (tests). */
export function startSync(work: Work, given: Partial<Wire> = {}): () => void {
  running?.stop()
  restState()
  const mine = (running = new Run(wireOf(work, given)))
  return () => {
    mine.stop()
    if (running === mine) running = null
  }
}

/** A person wants it now: no pause is waited for. */
export function syncNow(): void {
  void running?.again()
}
