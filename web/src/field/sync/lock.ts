// One at a time, over all tabs: giving numbers twice or pushing twice would be `op-reused`.

/** Runs `run` while nobody else holds the lock `name`. */
export type Lock = <T>(name: string, run: () => Promise<T>) => Promise<T>

/** One at a time within this page, where the browser has no locks between tabs. */
export function pageLock(): Lock {
  const last = new Map<string, Promise<unknown>>()
  return (name, run) => {
    const mine = (last.get(name) ?? Promise.resolve()).then(run, run)
    last.set(name, mine.catch(() => undefined))
    return mine
  }
}

const fallback = pageLock()

/** The browser's own lock, which it takes from a tab that died. */
export const webLock: Lock = (name, run) => {
  const locks = typeof navigator === 'undefined' ? undefined : navigator.locks
  return (locks ? locks.request(name, run) : fallback(name, run)) as ReturnType<typeof run>
}
