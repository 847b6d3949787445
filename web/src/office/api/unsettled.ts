// What the server answers about values that conflict and operations that were set aside (docs/api.md, "Conflicts", "Quarantine").
import { computed, type ComputedRef } from 'vue'

import { query, useAsk } from './ask'
import type { ToldProblem } from './review'

export type Kind = 'conflicts' | 'quarantine'
/** What is told beside both: which site, where, whose phone, and how it was settled. */
interface Told {
  /** `id` is null while the site is none yet. */
  site: { id: string | null; name: string } | null
  checklist: string | null; region: string; grid_name: string | null; town_name: string | null
  device: { label: string; revoked_at: string | null } | null
  user: string | null; at: string; state: string; note: string; settler: string | null; settled_at: string | null
}
export interface Conflict extends Told {
  id: string; type: string; row_id: string; field: string; kept: unknown; theirs: unknown; current: unknown; rev: number | null
}
/** An operation as its phone sent it; it may lack anything. */
export interface Payload {
  t?: string; kind?: string; at?: string; visit?: string; set?: Record<string, unknown>; was?: Record<string, unknown>
}
export interface Quarantined extends Told {
  op: string; payload: unknown; problem: ToldProblem; row_id: string; waits_for: string; offset_ms: number; arrived: boolean
}
export interface Counted { count: number; more: boolean }

/** The payload as far as it is one. */
export const payloadOf = ({ payload }: Quarantined): Payload => (payload && typeof payload === 'object' ? (payload as Payload) : {})

/** The list of what is open of a kind, newest first, with its query. */
export const listOf = (kind: Kind, given: { region: string; state?: string; row?: string; limit?: number; counted?: boolean }): string =>
  `/api/v1/sync/${kind}${query({ sort: 'newest', limit: 50, ...given })}`

/** How many of both are open in a region: asked once, and again when `reload` is called. */
export function useUnsettledCounts(region: () => string): {
  counts: Record<Kind, ComputedRef<Counted | null>>; reload: () => Promise<unknown>
} {
  const one = (kind: Kind) => useAsk<Counted>(() => listOf(kind, { region: region(), limit: 1, counted: true }))
  const asked = { conflicts: one('conflicts'), quarantine: one('quarantine') }
  return {
    counts: { conflicts: computed(() => asked.conflicts.data.value), quarantine: computed(() => asked.quarantine.data.value) },
    reload: () => Promise.all([asked.conflicts.reload(), asked.quarantine.reload()]),
  }
}
