// What the sync does now, in words: the badge of every page and the head of 同步 say the same.
import { computed, onScopeDispose, ref, type ComputedRef, type Ref } from 'vue'

import { common } from '../locales/common'
import { syncpage as texts } from '../locales/syncpage'
import { syncState } from '../sync/loop'
import type { Unsent } from './unsent'

/** How it stands. `good`: nothing waits. `busy`: under way. `waits`: it goes on by itself. `stopped`: a person has to do something. */
export interface Standing { tone: 'good' | 'busy' | 'waits' | 'stopped'; icon: string; text: string }

/** The present second, for what counts down. Ends with the component. */
export function useSecond(): Ref<number> {
  const now = ref(Date.now())
  const clock = setInterval(() => { now.value = Date.now() }, 1_000)
  onScopeDispose(() => clearInterval(clock))
  return now
}

/** How the sync stands, with `counts` of what is unsent. */
export function useStanding(counts: () => Unsent | undefined, now: Ref<number>): ComputedRef<Standing> {
  return computed(() => {
    const { phase, push, photos, waiting_until } = syncState
    const seconds = waiting_until ? Math.max(1, Math.ceil((waiting_until.getTime() - now.value) / 1_000)) : 0
    if (phase === 'stopped') return { tone: 'stopped', icon: 'warning-o', text: texts.stopped }
    if (phase === 'offline') return { tone: 'waits', icon: 'clock-o', text: texts.offline }
    if (phase === 'waiting') return { tone: 'waits', icon: 'clock-o', text: seconds ? texts.again(seconds) : texts.waiting }
    if (phase === 'pushing') return { tone: 'busy', icon: 'upgrade', text: texts.pushing(Math.min(push.done + 1, push.total), push.total) }
    if (phase === 'uploading' && photos.total) return { tone: 'busy', icon: 'photo-o', text: texts.photos(Math.min(photos.done + 1,
      photos.total), photos.total) }
    if (phase === 'pulling') return { tone: 'busy', icon: 'replay', text: texts.pulling }
    const told = counts()
    // Nobody is told that all is well before it was looked at.
    if (!told) return { tone: 'busy', icon: 'replay', text: common.loading }
    const left = told.waiting + told.photos
    if (told.refused) return { tone: 'stopped', icon: 'warning-o', text: texts.toDo(told.refused) }
    return left ? { tone: 'waits', icon: 'clock-o', text: texts.waitingToGo(left) } : { tone: 'good', icon: 'passed',
      text: texts.allDelivered }
  })
}
