// What makes the sync run: the network comes back, the app is looked at again, something was captured.
import { liveQuery } from 'dexie'

import type { FieldDb } from '../db/database'
import { photosToSend } from './uploadPhotos'

/** Why the sync should run. `asked`: a person or the network says that now may be better than later, so a pause ends. */
export type Wake = (why: 'asked' | 'changed') => void

/** Calls `wake` whenever something happened. Returns how to stop. */
export function watch(db: FieldDb, wake: Wake): () => void {
  const back = () => wake('asked')
  const seen = () => {
    if (document.visibilityState === 'visible') wake('asked')
  }
  if (typeof window !== 'undefined') window.addEventListener('online', back)
  if (typeof document !== 'undefined') document.addEventListener('visibilitychange', seen)
  // Only what is new wakes: an operation or photo that goes off the list because it was sent is no reason to run again.
  let [last, known] = [0, new Set<string>()]
  const captured = liveQuery(async () => {
    const [numbers, photos] = await Promise.all([db.outbox.where('state').equals('waiting').primaryKeys(), photosToSend(db)])
    return { last: Math.max(0, ...numbers), photos: new Set(photos.map(({ sha256 }) => sha256)) }
  }).subscribe({
    next: (found) => {
      const grown = found.last > last || [...found.photos].some((sha256) => !known.has(sha256))
      last = Math.max(last, found.last)
      known = found.photos
      if (grown) wake('changed')
    },
    error: () => undefined,
  })
  return () => {
    if (typeof window !== 'undefined') window.removeEventListener('online', back)
    if (typeof document !== 'undefined') document.removeEventListener('visibilitychange', seen)
    captured.unsubscribe()
  }
}
