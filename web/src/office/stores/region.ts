// The region that the whole desk looks at: the person's own, or one below it. It stands in the address, so that a page can be sent on.
import { computed, ref, shallowRef, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import { client, session } from './session'

export interface Region { code: string; name: string; level: 'province' | 'city' | 'county' | 'town' | 'village' | 'grid'; parent: string | null }

const known = shallowRef<Map<string, Region>>(new Map())
const below = new Map<string, Promise<Region[]>>()
const last = ref('')

function keep(regions: Region[]): void {
  const map = new Map(known.value)
  for (const region of regions) map.set(region.code, region)
  known.value = map
}

/** The regions directly below one ('' : the provinces), by code. Asked once. */
export function regionsBelow(code: string): Promise<Region[]> {
  const level = ({ 0: 'province', 2: 'city', 4: 'county', 6: 'town', 9: 'village', 12: 'grid' } as Record<number, string>)[code.length]
  if (!level) return Promise.resolve([])
  const asked = below.get(code) ?? (async () => {
    const found: Region[] = []
    for (let after: string | null = ''; after !== null;) {
      const page: { regions: Region[]; next: string | null } = await client.json(
        `/api/v1/regions?within=${code}&level=${level}&limit=1000${after ? `&after=${after}` : ''}`)
      found.push(...page.regions)
      after = page.next
    }
    keep(found)
    return found
  })()
  below.set(code, asked)
  asked.catch(() => below.delete(code))
  return asked
}

/** A region by its code, as far as it was read; asks for it in the background. */
export function regionOf(code: string): Region | undefined {
  const found = known.value.get(code)
  if (!found && code && !asked.has(code)) {
    asked.add(code)
    client.json<Region>(`/api/v1/regions/${code}`).then((region) => keep([region]), () => asked.delete(code))
  }
  return found
}
const asked = new Set<string>()

/** The names of a region and of those above it, inside the person's own. */
export function pathOf(code: string): string {
  const home = session.value?.regions.find((own) => code.startsWith(own)) ?? ''
  const lengths = [2, 4, 6, 9, 12, 14].filter((length) => length <= code.length && length >= Math.max(home.length, 6))
  return lengths.map((length) => regionOf(code.slice(0, length))?.name).filter(Boolean).join(' ')
}

/** The region of the address (`?region=`), else the one looked at last, else the person's own; and how to look at another. */
export function useRegion() {
  const route = useRoute()
  const router = useRouter()
  const home = computed(() => session.value?.regions[0] ?? '14')
  const inside = (code: string) => session.value?.role === 'admin' || !!session.value?.regions.some((own) => code.startsWith(own))
  const region = computed(() => {
    const given = typeof route.query.region === 'string' ? route.query.region : last.value
    return given && inside(given) ? given : home.value
  })
  watch(region, (code) => { last.value = code }, { immediate: true })
  const look = (code: string) => router.replace({ query: { ...route.query, region: code === home.value ? undefined : code } })
  return { region, home, look, county: computed(() => region.value.slice(0, 6)) }
}
