// Dexie's live queries as Vue refs: a page shows what the database holds, whoever writes it (a page, the sync, another tab).
import { liveQuery } from 'dexie'
import { onScopeDispose, shallowRef, watch, type ShallowRef, type WatchSource } from 'vue'

/**
 * What `query` gives, again whenever a row that it read changes or one of `on` does. `undefined` until the first answer. Once a live
 * query failed it is over, so the error goes to the page's own handler.
 */
export function useLive<T>(query: () => Promise<T> | T, on: WatchSource[] = []): Readonly<ShallowRef<T | undefined>> {
  const found = shallowRef<T>()
  let stop = () => {}
  const start = () => {
    stop()
    const running = liveQuery(query).subscribe({ next: (value) => (found.value = value), error: (error: unknown) => { throw error } })
    stop = () => running.unsubscribe()
  }
  if (on.length) watch(on, start, { immediate: true })
  else start()
  onScopeDispose(() => stop())
  return found
}
