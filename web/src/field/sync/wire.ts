// Everything that the sync needs of the world: the database, the server, the clock, a lock. Tests give worse ones.
import type { UploadOptions } from 'tus-js-client'

import type { Client } from '@/shared/api/client'

import type { FieldDb } from '../db/database'
import type { SessionRow } from '../db/local'
import type { Work } from '../stores/session'
import { webLock, type Lock } from './lock'

/** The app's version as the server is told it; tests run unbuilt. */
export const APP = typeof __APP_VERSION__ === 'string' ? __APP_VERSION__ : 'test'

export interface Wire {
  db: FieldDb
  session: SessionRow
  client: Client
  lock: Lock
  /** The phone's clock, which may be wrong. */
  now: () => Date
  /** Waits so many milliseconds, or until `signal` is aborted. Never fails. */
  pause: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** From 0 to 1. */
  chance: () => number
  app: string
  /** Told when unfinished work came here from a former device id. */
  gathered: () => void
  /** How photos travel where there is no XMLHttpRequest and no browser Blob. */
  upload: Partial<UploadOptions>
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
}

/** The world as it is, with what `given` replaces. */
export function wireOf(work: Work, given: Partial<Wire> = {}): Wire {
  return {
    db: work.db, session: work.session, client: work.client, lock: webLock, now: () => new Date(), pause, chance: Math.random,
    app: APP, gathered: () => undefined, upload: {}, ...given,
  }
}

/** The name of the lock that a push and a pull hold; photos have one of their own. */
export function lockName({ session }: Pick<Wire, 'session'>, lane: 'sync' | 'photos' = 'sync'): string {
  return `field-${lane}-${session.device_id}`
}
