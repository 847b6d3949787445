// How much room is left on the phone: photos are what fills it, and answers must always fit.

export interface Room { used: number; quota: number; share: number; level: 'fine' | 'warn' | 'full' }

/** Bytes used and allowed by the browser. Warns from 80 %; from 95 % no new photos are taken, answers still are. Unknown counts as fine. */
export async function room(): Promise<Room> {
  const told = await navigator.storage?.estimate?.().catch(() => undefined)
  const used = told?.usage ?? 0
  const quota = told?.quota ?? 0
  const share = quota > 0 ? used / quota : 0
  return { used, quota, share, level: share >= 0.95 ? 'full' : share >= 0.8 ? 'warn' : 'fine' }
}

/** Whether a write failed because the phone is full; Dexie wraps the browser's error. */
export function isFull(error: unknown): boolean {
  const seen = error as { name?: string; inner?: { name?: string } } | null
  return seen?.name === 'QuotaExceededError' || seen?.inner?.name === 'QuotaExceededError'
}
