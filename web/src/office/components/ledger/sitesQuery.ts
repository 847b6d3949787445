// How the ledger is narrowed: read from the address, written to it, and said as the server wants it.
import { computed } from 'vue'

import { useRegion } from '../../stores/region'
import { useTold } from '../../stores/told'

const PLAIN = ['text', 'type', 'risk_grade', 'licence_expires_within', 'never_visited', 'open_findings', 'has_place'] as const
type Plain = (typeof PLAIN)[number]

/** What is chosen, as the server's query (`asked`: without sort and page), and how to choose. */
export function useSitesQuery() {
  const { told, narrow } = useTold()
  const { region } = useRegion()
  const chosen = computed(() => ({
    ...(Object.fromEntries(PLAIN.map((name) => [name, told(name)])) as Record<Plain, string>), active: told('active'), sort: told('sort'),
  }))
  const filtered = computed(() => PLAIN.some((name) => chosen.value[name]) || !!chosen.value.active)
  const asked = computed(() => {
    const { active, sort: _, ...plain } = chosen.value
    return { region: region.value, ...plain, active: active === 'all' ? '' : active === 'closed' ? 'false' : 'true' }
  })
  const clear = () => narrow(Object.fromEntries([...PLAIN, 'active'].map((name) => [name, ''])))
  return { chosen, filtered, asked, narrow, clear }
}
