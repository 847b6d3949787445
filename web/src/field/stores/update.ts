// A newer version of the app: it is fetched behind the person's back, and taken when they say so. Without a service worker the app works
// as well.
import { ref } from 'vue'
import { Workbox } from 'workbox-window'

/** A newer version waits on this phone. */
export const offered = ref(false)
/** The person said so: the newer version is being put in place. */
export const taking = ref(false)
/** Another tab took the newer version: this one goes on with the old one until it is free to load anew. */
export const outdated = ref(false)

const EVERY = 3_600_000
/** Milliseconds in which a newer version is mostly in place. */
const SOON = 3_000
/** Says in the session's storage that the page was loaded anew to bring a newer version into place. */
const PUSHED = 'update-pushed'
let worker: Workbox | null = null

/** Whether a page holds what is not stored yet, or a visit: then nothing is asked and nothing loads anew. */
export function isBusy(path: string): boolean {
  return path.startsWith('/visits/') || path === '/sites/new' || path.endsWith('/edit')
}

/** Loads anew, or as soon as it may, when a newer version took over. */
function follow(container: ServiceWorkerContainer): void {
  // The very first worker takes over a page that has none; each later one comes only after somebody took the newer version.
  let controlled = !!container.controller
  container.addEventListener('controllerchange', () => {
    if (taking.value) location.reload()
    else outdated.value = controlled
    controlled = true
  })
}

// At once, and not when the app has started: it may happen while the page loads.
if (import.meta.env.PROD && 'serviceWorker' in navigator) follow(navigator.serviceWorker)

/** A load that brought a newer version into place may itself have been answered by the older one. */
async function followPush(): Promise<void> {
  if (!sessionStorage.getItem(PUSHED)) return
  sessionStorage.removeItem(PUSHED)
  const registration = await navigator.serviceWorker.getRegistration(import.meta.env.BASE_URL)
  if (!registration?.waiting) location.reload()
}

/** Registers the service worker where there may be one, and looks for newer versions while the app is open. */
export function watchUpdates(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  void followPush().catch(() => undefined)
  worker = new Workbox(`${import.meta.env.BASE_URL}sw.js`, { scope: import.meta.env.BASE_URL, updateViaCache: 'none' })
  worker.addEventListener('waiting', () => { offered.value = true })
  void worker.register().catch(() => undefined)
  const look = () => void worker?.update().catch(() => undefined)
  setInterval(look, EVERY)
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') look() })
}

/** Takes the newer version: the page loads anew as soon as it is in place. */
export function takeUpdate(): void {
  taking.value = true
  worker?.messageSkipWaiting()
  // A request at the wrong moment makes Chromium put the change off, for minutes; a page that loads brings it about.
  setTimeout(() => {
    try {
      sessionStorage.setItem(PUSHED, 'yes')
    } finally {
      location.reload()
    }
  }, SOON)
}
