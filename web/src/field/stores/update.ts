// A newer version of the app: it is fetched behind the person's back, and taken when they say so. Without a service worker the app works
// as well.
import { ref } from 'vue'
import { Workbox } from 'workbox-window'

/** A newer version waits on this phone. */
export const offered = ref(false)
/** Another tab took the newer version: this one goes on with the old one until it is free to load anew. */
export const outdated = ref(false)

const EVERY = 3_600_000
let worker: Workbox | null = null

/** Whether a page holds what is not stored yet, or a visit: then nothing is asked and nothing loads anew. */
export function isBusy(path: string): boolean {
  return path.startsWith('/visits/') || path === '/sites/new' || path.endsWith('/edit')
}

/** Registers the service worker where there may be one, and looks for newer versions while the app is open. */
export function watchUpdates(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  worker = new Workbox(`${import.meta.env.BASE_URL}sw.js`, { scope: import.meta.env.BASE_URL, updateViaCache: 'none' })
  worker.addEventListener('waiting', () => { offered.value = true })
  // The very first worker takes over a page that has none; each later one comes only after somebody took the newer version.
  let controlled = !!navigator.serviceWorker.controller
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    outdated.value = controlled
    controlled = true
  })
  void worker.register().catch(() => undefined)
  const look = () => void worker?.update().catch(() => undefined)
  setInterval(look, EVERY)
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') look() })
}

/** Takes the newer version: the page loads anew as soon as it is in place. */
export function takeUpdate(): void {
  worker?.messageSkipWaiting()
}
