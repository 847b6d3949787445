// What narrows a page (filters, tabs, the order) stands in its address, so that back, reload and a link that is sent on work.
import { useRoute, useRouter, type RouteLocationNormalizedLoaded } from 'vue-router'

/** One word of the address; empty when it is not there. */
export function wordOf(route: RouteLocationNormalizedLoaded, name: string): string {
  const value = route.query[name]
  return typeof value === 'string' ? value : ''
}

/** `told(name)` reads a word of the address, `narrow({name: word})` changes some of them; an empty word takes it out. */
export function useTold() {
  const route = useRoute()
  const router = useRouter()
  const narrow = (by: Record<string, string | null | undefined>) => router.replace({
    query: Object.fromEntries(Object.entries({ ...route.query, ...by }).filter(([, value]) => value)) })
  return { told: (name: string) => wordOf(route, name), narrow }
}
