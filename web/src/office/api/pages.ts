// A list of the server that is read page by page: `after` of the next page is `next` of the last one.
import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'

import type { Problem } from '@/shared/api/problem'

import { client } from '../stores/session'
import { asProblem } from './ask'

export interface Paging<T, A> {
  rows: ShallowRef<T[]>
  /** The newest first page as it came, with what stands beside its rows (counts). */
  first: ShallowRef<A | null>
  problem: ShallowRef<Problem | null>
  loading: Ref<boolean>
  more: ComputedRef<boolean>
  /** Reads the next page. */
  next: () => Promise<void>
  /** Reads from the start again; what was shown stays until the answer is there. */
  reload: () => Promise<void>
  /** Asks quietly whether the first page has changed (ETag), and shows it when nothing but the first page is shown. */
  peek: () => Promise<boolean>
}

interface Page { next?: string | number | null }

/** Reads the list at `path()`, whose rows stand under `key`. The path ends with its query, without `after`. */
export function usePages<T, A extends object = Page & Record<string, unknown>>(path: () => string | null, key: string): Paging<T, A> {
  const rows = shallowRef<T[]>([])
  const first = shallowRef(null) as ShallowRef<A | null>
  const problem = shallowRef<Problem | null>(null)
  const loading = ref(false)
  const cursor = ref<string | number | null>(null)
  const more = computed(() => cursor.value !== null)
  let turn = 0
  let pages = 0
  let etag: string | null = null

  const told = (address: string, headers: Record<string, string> = {}) =>
    client.told<A & Page>(address, { headers, accept: [304] })

  async function reload(): Promise<void> {
    const mine = ++turn
    const address = path()
    if (address === null) {
      rows.value = []
      return
    }
    loading.value = true
    try {
      const { answer, json } = await told(address)
      if (mine !== turn || !json) return
      show(json, answer.headers.get('ETag'))
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error)
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  function show(page: A & Page, tag: string | null): void {
    rows.value = (page as unknown as Record<string, T[]>)[key]
    first.value = page
    cursor.value = page.next ?? null
    pages = 1
    etag = tag
    problem.value = null
  }

  async function next(): Promise<void> {
    const address = path()
    if (cursor.value === null || address === null || loading.value) return
    const mine = turn
    loading.value = true
    try {
      const joined = `${address}${address.includes('?') ? '&' : '?'}after=${encodeURIComponent(cursor.value)}`
      const { json } = await told(joined)
      if (mine !== turn || !json) return
      rows.value = [...rows.value, ...(json as unknown as Record<string, T[]>)[key]]
      cursor.value = json.next ?? null
      pages += 1
      problem.value = null
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error)
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  async function peek(): Promise<boolean> {
    const address = path()
    if (address === null || loading.value || pages === 0) return false
    const mine = turn
    const { answer, json } = await told(address, etag ? { 'If-None-Match': etag } : {})
    if (mine !== turn || !json) return false
    if (pages === 1) show(json, answer.headers.get('ETag'))
    else first.value = json
    return true
  }

  watch(path, (now, before) => { if (now !== before) void reload() }, { immediate: true })
  onScopeDispose(() => { turn += 1 })
  return { rows, first, problem, loading, more, next, reload, peek }
}
