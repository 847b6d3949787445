// The grids of a region with their simplified boundaries, for maps.
import { onScopeDispose, ref, shallowRef, watch } from 'vue'

import type { RegionRow } from '@/field/db/rows'

import { client, session } from '../../stores/session'

export interface Grid { code: string; name: string; boundary: RegionRow['boundary']; sites?: number }
/** More than a county has; a city's grids are no longer read on a map. */
const MOST = 3000
/** Milliseconds for which boundaries are taken as they were read: somebody may be drawing them. */
const FRESH = 60_000
const cache = new Map<string, { at: number; asked: Promise<Grid[] | null> }>()

async function all(region: string): Promise<Grid[] | null> {
  const found: Grid[] = []
  for (let after: string | null = ''; after !== null;) {
    const page: { regions: Grid[]; next: string | null } = await client.json(
      `/api/v1/regions?within=${region}&level=grid&boundary=simplified&counts=sites&limit=1000${after ? `&after=${after}` : ''}`)
    found.push(...page.regions)
    after = page.next
    if (after && found.length >= MOST) return null
  }
  return found
}

/** The region whose grids are drawn around a code: its county, or the smaller one that the person has; '' above a county. */
export function around(code: string): string {
  const home = session.value?.regions.find((own) => code.startsWith(own)) ?? ''
  return code.length < 6 ? '' : code.slice(0, Math.max(6, home.length))
}

/** The grids of `region()`; null where there are too many to draw. Read anew after a minute. */
export function useGrids(region: () => string) {
  const grids = shallowRef<Grid[] | null>([])
  const failed = ref(false)
  let turn = 0
  watch(region, async (code) => {
    const mine = ++turn
    grids.value = []
    failed.value = false
    if (!code) return
    const kept = cache.get(code)
    const one = kept && Date.now() - kept.at < FRESH ? kept : { at: Date.now(), asked: all(code) }
    cache.set(code, one)
    try {
      const found = await one.asked
      if (mine === turn) grids.value = found
    } catch {
      cache.delete(code)
      if (mine === turn) failed.value = true
    }
  }, { immediate: true })
  onScopeDispose(() => { turn += 1 })
  return { grids, failed }
}
