// The sync runs as long as somebody works here, and ends with them.
import { shallowRef, watch } from 'vue'

import { resumeIntake } from '../photos/intake'
import { startSync, syncState } from '../sync/loop'
import { wipe } from '../sync/wipe'
import { work } from './session'

/** Why the last one left, when it was not their own will: the login page says it. */
export const farewell = shallowRef<'revoked' | null>(null)

/**
 * Starts the sync and goes on with pictures of an earlier page load, now and whenever another person begins to work. For the app's whole
 * life.
 */
export function attend(): void {
  let stop = () => {}
  watch(work, (now) => {
    stop()
    stop = () => {}
    if (now) {
      farewell.value = null
      stop = startSync(now, { gathered: () => void resumeIntake() })
      void resumeIntake()
    } else if (syncState.problem?.code === 'device-revoked') {
      farewell.value = 'revoked'
    }
  }, { immediate: true, flush: 'sync' })
}

/** Removes everything of the one who works now from this phone. Nothing can be brought back. */
export async function wipeHere(): Promise<void> {
  const now = work.value
  if (!now) return
  work.value = null // ends the sync first
  await wipe(now)
  // Without a network the server learns nothing of it: the login ends there by itself.
  void now.client.ask('/api/v1/sessions/current', { method: 'DELETE', timeout: 5_000 }).catch(() => undefined)
}
