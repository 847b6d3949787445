// Where people answer for, in words: a grid's or village's own name says too little without its town.
import { ref, watch } from 'vue'

import { regionOf, regionsBelow } from '../../stores/region'

/** `name(code, own)`: the town and the region's own name. The towns of each county among `codes()` are read once. */
export function usePlaces(codes: () => string[]) {
  const ready = ref(new Set<string>())
  watch(codes, (now) => {
    for (const county of new Set(now.filter((code) => code.length >= 9).map((code) => code.slice(0, 6)))) {
      if (!ready.value.has(county)) regionsBelow(county).then(() => ready.value.add(county), () => undefined)
    }
  }, { immediate: true })
  const name = (code: string, own: string | null | undefined) => {
    const town = code.length > 9 && ready.value.has(code.slice(0, 6)) ? regionOf(code.slice(0, 9))?.name : ''
    return [town, own || code].filter(Boolean).join(' ')
  }
  return { name }
}
