// What the server answers about reports (docs/api.md, "Frozen reports"), and how the desk waits for what may take minutes.
import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'

import type { Problem } from '@/shared/api/problem'

import { client } from '../stores/session'
import { asProblem } from './ask'
import type { Target } from './numbers'

export type Basis = 'received' | 'approved'
export const BASES: Basis[] = ['received', 'approved']

/** A day on which a plan asks for a report. */
export interface Deadline {
  plan: string; plan_title: string; report: string; title: string; article: string; quote: string; kind: string
  window: { from: string; to: string; title: string }; due_on: string; days_left: number
  state: 'due' | 'done' | 'overdue'; snapshot: { id: string; revision: number; as_of: string } | null
}
export interface Calendar { region: string; deadlines: Deadline[] }

/** A frozen report as it stands in the list. */
export interface Frozen {
  id: string; revision: number; plan: string; plan_title: string; report: string; title: string; region: string; region_name: string
  as_of: string; open_rows: number; changed: number; reason: string; made_by: string; made_by_name: string | null
  made_at: string; checked_at: string; digest: string; stale: boolean
}
export interface Cell { num: number; den: number | null; value: number | null; met: boolean | null; state: string }
export type Sides = Record<Basis, Cell>
export interface Part extends Sides { region: string; name: string }
export interface Apart { rapid?: number; national?: number; provincial?: number; residents?: number; year?: number; note?: string }
export interface ReportWindow extends Sides {
  key: string; title: string; start: string; end: string; deadline: string; apart?: Apart; breakdown: Part[]
}
export interface Indicator {
  id: string; article: string; quote: string; title: string; measure: string; level: string | null; note: string | null; target: Target
  current: string | null; windows: ReportWindow[]
}
export interface OpenCount { open: number; overdue: number; key: number }
type Named = { id: string; title: string }[]
export interface Clause {
  clause: string; article: string; quote: string; kind: string; served_by: string; served_title: string; departments: string[]
  why: string | null; items: Named; indicators: Named; reports: Named
}
export interface Content {
  indicators: Indicator[]; explains: Record<string, number>; clauses: Clause[]
  rectifications: OpenCount & { breakdown: (OpenCount & { region: string; name: string })[] }
}
/** One cell that differs from the revision before. */
export interface Change {
  indicator: string | null; title: string; window: string | null; window_title: string | null; region: string; name: string
  basis: Basis | null; before: Partial<Cell & OpenCount> | null; after: Partial<Cell & OpenCount> | null
}
/** One revision of a report, whole. */
export interface Report extends Frozen {
  content: Content; changes: Change[]
  revisions: Pick<Frozen, 'revision' | 'made_at' | 'made_by_name' | 'reason' | 'changed' | 'digest'>[]
}
/** A rectification that was open when the report was frozen. */
export interface OpenRow {
  site: string; type: string; name: string; address: string | null; grid: string; grid_name: string | null; town_name: string | null
  item: string; question: string; key: boolean; action: string; opened_on: string; due_on: string; days_over: number
}
export interface Made { id: string; revision: number; as_of: string; digest: string; changed: number }

/** How many seconds `busy` has been true; 0 while it is not. The server tells no share of its work, so nothing more is claimed. */
export function useElapsed(busy: Ref<boolean>): Ref<number> {
  const seconds = ref(0)
  let timer: ReturnType<typeof setInterval> | undefined
  const stop = () => clearInterval(timer)
  watch(busy, (now) => {
    stop()
    seconds.value = 0
    const since = Date.now()
    if (now) timer = setInterval(() => { seconds.value = Math.floor((Date.now() - since) / 1000) }, 1000)
  })
  onScopeDispose(stop)
  return seconds
}

/** Sends what may take minutes (numbers of a past day are folded anew), one at a time. */
export function useLong() {
  const busy = ref(false)
  const problem = shallowRef<Problem | null>(null)
  async function run(path: string, json: unknown): Promise<Made | undefined> {
    if (busy.value) return undefined
    busy.value = true
    problem.value = null
    try {
      return await client.json<Made>(path, { json, timeout: 900_000 })
    } catch (error) {
      problem.value = asProblem(error)
      return undefined
    } finally {
      busy.value = false
    }
  }
  return { busy, problem, run, seconds: useElapsed(busy) }
}

/** The frozen open rectifications of a revision, some hundred at a time: `all` of them are known to be as many as the report says. */
export function useOpenRows(asked: () => { id: string; revision: number; open_rows: number } | null) {
  const rows = shallowRef<OpenRow[]>([])
  const problem = shallowRef<Problem | null>(null)
  const loading = ref(false)
  const next = ref<number | null>(-1)
  let turn = 0
  async function more(): Promise<void> {
    const of = asked()
    if (!of || loading.value || next.value === null) return
    const mine = turn
    loading.value = true
    try {
      const page = await client.json<{ rectifications: OpenRow[]; next: number | null }>(
        `/api/v1/reports/${of.id}/rectifications?revision=${of.revision}&after=${next.value}`)
      if (mine !== turn) return
      rows.value = [...rows.value, ...page.rectifications]
      next.value = rows.value.length < of.open_rows ? page.next : null
      problem.value = null
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error)
    } finally {
      if (mine === turn) loading.value = false
    }
  }
  watch(() => `${asked()?.id} ${asked()?.revision}`, () => {
    turn += 1
    rows.value = []
    loading.value = false
    next.value = asked()?.open_rows ? -1 : null
    void more()
  }, { immediate: true })
  onScopeDispose(() => { turn += 1 })
  return { rows, problem, loading, next, more }
}
