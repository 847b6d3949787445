// What the town of a grid is called, for lists of many grids: one question for a county, not one for each row.
import { shallowRef, watch } from 'vue'

import { regionOf, regionsBelow } from '../../stores/region'

/** `townOf(grid)` within the region looked at; above a county it tells the county. Empty until it is known. */
export function useTowns(region: () => string): (grid: string) => string {
  const towns = shallowRef<Map<string, string>>(new Map())
  watch(() => region().slice(0, 6), async (county) => {
    if (county.length < 6) return
    const found = await regionsBelow(county).catch(() => [])
    towns.value = new Map(found.map(({ code, name }) => [code, name]))
  }, { immediate: true })
  return (grid) => (region().length < 6 ? regionOf(grid.slice(0, 6))?.name ?? '' : towns.value.get(grid.slice(0, 9)) ?? '')
}
