// What the sync is doing, for every page that shows it.
import { reactive } from 'vue'

import type { Problem } from '@/shared/api/problem'

export type Phase = 'idle' | 'pushing' | 'pulling' | 'uploading' | 'waiting' | 'offline' | 'stopped'

/** `total` operations and photos are those of the present stretch: from when something began to wait until nothing does. */
export interface SyncState {
  phase: Phase
  /** When the next attempt is, while `phase` is waiting. */
  waiting_until: Date | null
  /** Why it waits or stopped; null when all is well. */
  problem: Problem | null
  push: { done: number; total: number }
  photos: { done: number; total: number; bytes_done: number; bytes_total: number; current: string | null }
}

const atRest = (): SyncState => ({
  phase: 'idle', waiting_until: null, problem: null,
  push: { done: 0, total: 0 }, photos: { done: 0, total: 0, bytes_done: 0, bytes_total: 0, current: null },
})

export const syncState = reactive<SyncState>(atRest())

/** Back to the beginning: another person works on this phone now, or nobody. */
export function restState(): void {
  Object.assign(syncState, atRest())
}
