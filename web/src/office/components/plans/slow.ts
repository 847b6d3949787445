// What the server needs minutes for: sent once, the time told, and looked after when no answer comes back.
import { onScopeDispose, ref, shallowRef } from 'vue'

import type { Problem } from '@/shared/api/problem'

import { asProblem } from '../../api/ask'
import { client } from '../../stores/session'

/** A large county's numbers may take so long; a proxy in between often gives up before. */
const LONGEST = 3_600_000
const LOOK_EVERY = 3_000

/** Whether a problem says nothing of what the server did: no answer, or a proxy's. */
const untold = ({ status, code }: Problem) => status === 0 || ([502, 504].includes(status) && code.startsWith('http-'))

/**
 * `run` sends, and answers what the server said. When no answer came it asks `standing` again and again until that tells that it is done,
 * or until `giveUp`; then, and with a `problem`, the answer is undefined.
 */
export function useSlow() {
  const busy = ref(false)
  const lost = ref(false)
  const stopped = ref(false)
  const seconds = ref(0)
  const problem = shallowRef<Problem | null>(null)
  let alive = true
  let wait: ReturnType<typeof setTimeout> | undefined
  let awake: (() => void) | undefined

  async function run<T>(path: string, json: unknown, standing: () => Promise<T | null>): Promise<T | undefined> {
    if (busy.value) return undefined
    ;[busy.value, lost.value, stopped.value, seconds.value, problem.value] = [true, false, false, 0, null]
    const begun = performance.now()
    const clock = setInterval(() => { seconds.value = Math.floor((performance.now() - begun) / 1000) }, 500)
    try {
      return (await client.told<T>(path, { json, timeout: LONGEST })).json as T
    } catch (error) {
      const told = asProblem(error)
      if (untold(told)) return await look(standing)
      problem.value = told
      return undefined
    } finally {
      clearInterval(clock)
      seconds.value = Math.round((performance.now() - begun) / 1000)
      busy.value = lost.value = false
    }
  }

  async function look<T>(standing: () => Promise<T | null>): Promise<T | undefined> {
    lost.value = true
    while (alive && lost.value) {
      await new Promise<void>((done) => { awake = done; wait = setTimeout(done, LOOK_EVERY) })
      if (!alive || !lost.value) break
      const found = await standing().catch(() => null)
      if (found) return found
    }
    stopped.value = true
    return undefined
  }

  function giveUp(): void {
    lost.value = false
    clearTimeout(wait)
    awake?.()
  }

  const leaving = (event: BeforeUnloadEvent) => { if (busy.value) event.preventDefault() }
  window.addEventListener('beforeunload', leaving)
  onScopeDispose(() => {
    alive = false
    giveUp()
    window.removeEventListener('beforeunload', leaving)
  })
  return { busy, lost, stopped, seconds, problem, run, giveUp }
}
