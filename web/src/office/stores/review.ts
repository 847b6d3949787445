// The queue that a clerk works through: what the address asks of it, and which visit comes before and after the one on the desk.
import { computed, ref, shallowRef } from 'vue'
import { useRoute, useRouter, type LocationQuery } from 'vue-router'

import { query } from '../api/ask'
import type { Queued, QueuePage } from '../api/review'
import { useRegion } from './region'
import { client, session } from './session'

/** What stands in the address of the queue, and goes along to a visit that is opened from it. */
export const FILTERS = ['tab', 'flag', 'site_type', 'document_type', 'verdict', 'inspector', 'text', 'sort'] as const
export type Filter = (typeof FILTERS)[number]
export const TABS = ['all', 'new', 'again', 'second', 'overdue', 'returned'] as const
export type Tab = (typeof TABS)[number]

/** What narrows the queue beyond its tab and order. */
const NARROWING = ['flag', 'site_type', 'document_type', 'verdict', 'inspector', 'text'] as const

const text = (value: LocationQuery[string] | undefined) => (typeof value === 'string' ? value : '')

/** The visits of the queue as they were last read, and of which question they are the answer. */
const walk = shallowRef<{ asked: string; visits: Queued[] }>({ asked: '', visits: [] })
/** What was opened and in which revision, by whom: a person looks once. */
const seen = ref<Record<string, number>>({})
let seenBy = ''

/** Remembers that the person who works here looked at a visit. */
export function markSeen(id: string, rev: number): void {
  if (seenBy !== (session.value?.id ?? '')) [seenBy, seen.value] = [session.value?.id ?? '', {}]
  seen.value[id] = rev
}
/** Whether it was looked at as it stands now. */
export const wasSeen = (id: string, rev: number): boolean => seenBy === session.value?.id && seen.value[id] === rev

export function useReviewQueue() {
  const route = useRoute()
  const router = useRouter()
  const { region } = useRegion()
  const chosen = computed(() => Object.fromEntries(FILTERS.map((name) => [name, text(route.query[name])])) as Record<Filter, string>)
  const tab = computed<Tab>(() => (TABS.find((one) => one === chosen.value.tab) ?? 'all'))
  const path = computed(() => {
    const { flag, site_type, document_type, verdict, inspector, text: words, sort } = chosen.value
    return `/api/v1/review/queue${query({
      region: region.value, queue: tab.value === 'all' || tab.value === 'overdue' ? '' : tab.value,
        overdue: tab.value === 'overdue' ? 'true' : '',
      flagged: flag === 'any' ? 'true' : flag === 'none' ? 'false' : '', flag: flag === 'any' || flag === 'none' ? '' : flag,
      site_type, document_type, verdict, inspector, text: words, sort: sort === 'newest' ? sort : '', limit: 50,
    })}`
  })
  const narrow = (change: Partial<Record<Filter, string>>) => {
    const next = { ...route.query, ...change }
    return router.replace({ query: Object.fromEntries(Object.entries(next).filter(([, value]) => value)) as LocationQuery })
  }
  const filtered = computed(() => NARROWING.some((name) => chosen.value[name]))
  const clear = () => narrow(Object.fromEntries(NARROWING.map((name) => [name, ''])))
  return { region, chosen, tab, path, filtered, narrow, clear }
}

/** Keeps what the queue shows, for the way from visit to visit. */
export function keepWalk(asked: string, visits: Queued[]): void {
  walk.value = { asked, visits }
}

/** The way through the queue from one visit. */
export function useWalk(id: () => string) {
  const { path } = useReviewQueue()
  const visits = computed(() => (walk.value.asked === path.value ? walk.value.visits : []))
  const place = computed(() => visits.value.findIndex((visit) => visit.id === id()))
  const before = computed(() => visits.value[place.value - 1]?.id ?? null)
  const after = computed(() => visits.value[place.value + 1]?.id ?? null)

  async function read(): Promise<void> {
    const { visits: found } = await client.json<QueuePage>(path.value)
    keepWalk(path.value, found)
  }
  /** Reads the queue where the visit was opened by its address and not from the list. */
  const begin = async () => { if (walk.value.asked !== path.value) await read() }
  const mayDecide = (visit: Queued) => visit.id !== id() && visit.inspector.id !== session.value?.id
    && visit.first_approval?.by !== session.value?.id
  /** The next one that waits for this person, after one was decided; null when none is left. */
  async function leave(): Promise<string | null> {
    const following = visits.value.slice(place.value + 1).find(mayDecide)
    keepWalk(path.value, visits.value.filter((visit) => visit.id !== id()))
    if (following) return following.id
    await read().catch(() => undefined)
    return walk.value.visits.find(mayDecide)?.id ?? null
  }
  return { visits, place, before, after, begin, leave }
}
