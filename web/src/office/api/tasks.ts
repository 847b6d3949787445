// What the server answers about tasks and campaigns (docs/api.md, "Tasks", "Campaigns"), and how a person asks it.
import { ElMessageBox } from 'element-plus/es/components/message-box/index'
import 'element-plus/es/components/message-box/style/css'
import { onScopeDispose, ref, shallowRef, watch } from 'vue'

import type { Problem } from '@/shared/api/problem'

import { common } from '../locales'
import { client } from '../stores/session'
import { asProblem } from './ask'

export interface Task {
  id: string; grid: string; site_id: string | null; title: string; note: string; due_on: string | null
  reason: { plan: string; indicator: string } | null
  state: 'open' | 'done' | 'withdrawn'; result: string; rev: number; visit_id: string | null; overdue: boolean
  site_name: string | null; site_type: string | null; grid_name: string | null; town_name: string | null
  campaign_id: string | null; campaign_title: string | null
  created_at: string; created_by: string; created_by_name: string | null; updated_at: string
}
export interface TaskPage { tasks: Task[]; next: string | null }

export interface Progress { open: number; done: number; withdrawn: number; overdue: number }
export type Kind = 'window' | 'risk' | 'gap'
export interface Source {
  per?: 'site' | 'grid'; window?: string; site_types?: string[]; indicator?: string; state?: string; sites?: string[]
}
export interface Campaign {
  id: string; region: string; region_name: string | null; plan: string | null; kind: Kind; title: string; source: Source; tasks: number
  due_on: string; state: 'open' | 'ended'; rev: number; created_by: string; created_by_name: string | null; created_at: string
  progress: Progress
}
export type TownProgress = Progress & { region: string; name: string | null }
export type GridProgress = Progress & { region: string; grid_name: string | null; town_name: string | null }
export interface CampaignWhole extends Campaign { towns: TownProgress[]; grids: GridProgress[] }
export interface CampaignPage { campaigns: Campaign[]; next: string | null }

export interface PlanListed { id: string; title: string; region: string; period: { from: string; to: string } }
export interface Window { key: string; title: string; start: string; end: string }
export interface Sampled {
  id: string; name: string; type: string; address: string; grid: string; grid_name: string | null; town_name: string | null
  risk_grade: string | null; last_visit: string | null
}
export interface Preview {
  sites: number; tasks: number; left_out: { open_task: number; met: number }; most: number; too_many: boolean
  towns: { region: string; name: string | null; sites: number }[]
  grids: { region: string; grid_name: string | null; town_name: string | null; sites: number }[]
  sample: Sampled[]
}
/** Whom a campaign is for, as the server is asked. */
export interface Targets {
  region: string; kind: 'window' | 'risk'; per: 'site' | 'grid'; plan?: string; window?: string; site_types?: string[]
}

/** Asks a person whether to go on; `final`: with what cannot be taken back. */
export async function confirmed(title: string, text: string, yes: string, { final = false } = {}): Promise<boolean> {
  // A second click of the same hand closes nothing; what cannot be taken back is not what Enter does.
  return ElMessageBox.confirm(text, title, { confirmButtonText: yes, cancelButtonText: common.cancel, type: 'warning',
    closeOnClickModal: false, ...(final && { confirmButtonType: 'danger', autofocus: false }) }).then(() => true, () => false)
}

/** What the campaign asked for by `targets()` would make; asked anew a moment after the question changed. The last question wins. */
export function usePreview(targets: () => Targets | null) {
  const data = shallowRef<Preview | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const loading = ref(false)
  let turn = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  async function ask(mine: number, json: Targets): Promise<void> {
    try {
      const answer = await client.json<Preview>('/api/v1/campaigns/preview', { json })
      if (mine === turn) [data.value, problem.value] = [answer, null]
    } catch (error) {
      if (mine === turn) [data.value, problem.value] = [null, asProblem(error)]
    } finally {
      if (mine === turn) loading.value = false
    }
  }
  function reload(): void {
    const json = targets()
    const mine = ++turn
    clearTimeout(timer)
    loading.value = json !== null
    if (json === null) data.value = null
    else timer = setTimeout(() => void ask(mine, json), 250)
  }
  watch(() => JSON.stringify(targets()), reload, { immediate: true })
  onScopeDispose(() => { turn += 1; clearTimeout(timer) })
  return { data, problem, loading, reload }
}
