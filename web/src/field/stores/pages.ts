// Every page is fetched soon after the start, also where there is no service worker: who logged in at the office opens the first visit in
// a cellar.
import { routes } from '../router'

const AFTER = 3_000

/** Fetches what is missing; false when the network went away meanwhile. What has come is kept by the browser as long as the app is open. */
export async function fetchPages(): Promise<boolean> {
  for (const { component } of routes) {
    if (typeof component !== 'function') continue
    try {
      await (component as () => Promise<unknown>)()
    } catch {
      return false
    }
  }
  return true
}

/** Fetches all pages once the first one had its turn, and again whenever the network comes back, until all are there. */
export function fetchPagesSoon(): void {
  const go = async () => {
    if (await fetchPages()) window.removeEventListener('online', go)
  }
  window.addEventListener('online', go)
  setTimeout(go, AFTER)
}
