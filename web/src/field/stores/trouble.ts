// What went wrong in the app itself: a calm word instead of a white page. What was stored is stored, whatever a page does.
import { showToast } from 'vant'
import 'vant/es/toast/style'
import { ref, type App } from 'vue'
import type { Router } from 'vue-router'

import { shell } from '../locales/shell'
import { isFull } from '../photos/room'

/** The present page could not be drawn: the frame shows a way out in its place. */
export const pageBroken = ref(false)

/** Where Vue says that an error happened while a page was drawn; the build shortens the words to numbers. */
const DRAWING = /setup function|render function|component update|runtime-(0|1|15)$/

/** The browser ended it because another person works here now, or the page goes. Nothing is lost by that. */
function harmless(error: unknown): boolean {
  const name = (error as { name?: string } | null)?.name
  return name === 'DatabaseClosedError' || name === 'AbortError'
}

function say(error: unknown): void {
  if (harmless(error)) return
  console.error(error)
  showToast({ message: isFull(error) ? shell.full : shell.stepFailed, wordBreak: 'break-all' })
}

/** Catches what nobody else caught, for the app's whole life. */
export function catchTrouble(app: App, router: Router): void {
  app.config.errorHandler = (error, _instance, info) => {
    if (!harmless(error) && DRAWING.test(info)) pageBroken.value = true
    say(error)
  }
  window.addEventListener('unhandledrejection', (event) => {
    say(event.reason)
    event.preventDefault()
  })
  router.onError((error) => {
    console.error(error)
    // Without a page before it there is nothing to stay on.
    if (!router.currentRoute.value.matched.length) pageBroken.value = true
    showToast({ message: shell.chunkLost, wordBreak: 'break-all' })
  })
  router.afterEach(() => { pageBroken.value = false })
}
