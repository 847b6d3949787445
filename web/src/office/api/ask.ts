// One answer of the server that a page shows, asked again whenever its address changes. The last question wins.
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'

import { Problem } from '@/shared/api/problem'

import { client } from '../stores/session'

export interface Asking<T> {
  /** The last answer; it stays while a newer one is on its way. */
  data: ShallowRef<T | null>
  problem: ShallowRef<Problem | null>
  loading: Ref<boolean>
  reload: () => Promise<void>
}

/** A problem of anything that was thrown. */
export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem(0, 'internal', '页面出错', error instanceof Error ? error.message : String(error))
}

/** A query string of what has a value. */
export function query(given: Record<string, string | number | boolean | null | undefined | string[]>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length)) continue
    search.set(name, Array.isArray(value) ? value.join(',') : String(value))
  }
  const text = search.toString()
  return text ? `?${text}` : ''
}

/** Asks `path()` now and whenever it changes; null asks nothing and shows nothing. */
export function useAsk<T>(path: () => string | null): Asking<T> {
  const data = shallowRef<T | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const loading = ref(false)
  let turn = 0
  async function reload(): Promise<void> {
    const mine = ++turn
    const asked = path()
    if (asked === null) {
      data.value = null
      loading.value = false
      return
    }
    loading.value = true
    try {
      const answer = await client.json<T>(asked)
      if (mine === turn) [data.value, problem.value] = [answer, null]
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error)
    } finally {
      if (mine === turn) loading.value = false
    }
  }
  watch(path, (now, before) => { if (now !== before) void reload() }, { immediate: true })
  onScopeDispose(() => { turn += 1 })
  return { data, problem, loading, reload }
}
