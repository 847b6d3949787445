// Which plan the pages look at: those that hold in the region, the nearest and newest first.
import { computed } from 'vue'

import { useAsk } from '../../api/ask'
import type { PlanHead } from '../../api/indicators'
import { useRegion } from '../../stores/region'

/** The plans of the region (all of them for who looks at more than a plan covers), and the region that a plan is asked for. */
export function usePlans() {
  const { region } = useRegion()
  const { data, problem, loading, reload } = useAsk<{ plans: PlanHead[] }>(() => '/api/v1/plans')
  const plans = computed(() => (data.value?.plans ?? [])
    .filter((plan) => region.value.startsWith(plan.region) || plan.region.startsWith(region.value))
    .sort((a, b) => b.region.length - a.region.length || b.period.to.localeCompare(a.period.to)))
  /** The region looked at where the plan holds in it, else the plan's own. */
  const within = (plan: PlanHead): string => (region.value.startsWith(plan.region) ? region.value : plan.region)
  return { plans, problem, loading, reload, within, known: computed(() => data.value !== null) }
}
