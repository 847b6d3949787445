// What was typed and is not sent yet: nothing that closes, leaves or reloads throws it away without a question.
import { ElMessageBox } from 'element-plus/es/components/message-box/index'
import 'element-plus/es/components/message-box/style/css'
import { onScopeDispose } from 'vue'
import type { Router } from 'vue-router'

import { unsent as texts } from '../locales'

/** How the question is put; `go` throws away, `stay` goes on typing. */
export interface LeaveWords { title: string; text: string; go: string; stay: string }

export interface Unsent {
  /** Whether something is there that would be lost. */
  touched: () => boolean
  /** What stands in the form now is nothing to be lost: it was just filled, sent or put back. */
  rest: () => void
  /** Whether the form may be closed: at once when nothing is lost, else as the person says. */
  mayClose: () => Promise<boolean>
}

interface Held { touched: () => boolean; words: () => LeaveWords }
const held = new Set<Held>()

/** Esc and a click beside the question go on typing; so does the button that Enter presses. */
async function ask({ title, text, go, stay }: LeaveWords): Promise<boolean> {
  await new Promise((after) => setTimeout(after))  // the Esc that led here is over, and does not close the question as well
  return ElMessageBox.confirm(text, title, { confirmButtonText: stay, cancelButtonText: go, distinguishCancelAndClose: true,
    type: 'warning' }).then(() => false, (how) => how === 'cancel')
}

/** Whether anything that was typed would be lost now. */
export const anyTouched = (): boolean => [...held].some(({ touched }) => touched())

/** Whether all that is open may be left. */
export async function mayLeave(): Promise<boolean> {
  const one = [...held].find(({ touched }) => touched())
  return !one || ask(one.words())
}

/** Watches a form for as long as its component lives. `state`: what can be lost as plain data, null when nothing can. It rests as it is
 *  now. */
export function useUnsent(state: () => unknown, words: () => LeaveWords = () => texts.words): Unsent {
  let resting = JSON.stringify(state())
  const touched = () => {
    const now = state()
    return now !== null && JSON.stringify(now) !== resting
  }
  const one = { touched, words }
  held.add(one)
  onScopeDispose(() => held.delete(one))
  return { touched, rest: () => { resting = JSON.stringify(state()) }, mayClose: async () => !touched() || ask(words()) }
}

/** Other pages, and closing or reloading the window. A login that has ended can save nothing, and is not held up. */
export function guardUnsent(router: Router): void {
  router.beforeEach((to, from) => to.path === from.path || !!to.meta.open || mayLeave())
  window.addEventListener('beforeunload', (event) => { if (anyTouched()) event.preventDefault() })
}
