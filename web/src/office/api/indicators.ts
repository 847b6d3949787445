// Indicators as the server answers them, and how their numbers are put into words.
import { numberText, withUnit, type Target } from './numbers'

/** The states of the server, the worst first; and `share`: a part of a sum whose target is the whole's. */
export const STATES = ['missed', 'behind', 'on_pace', 'met', 'not_started', 'unreported', 'none', 'share'] as const
export type State = (typeof STATES)[number]
export type Basis = 'received' | 'approved'

export interface Reading { num: number | null; den: number | null; value: number | null; met: boolean | null; state: State;
  pace: { elapsed: number; expected: number } }
export interface Part extends Reading { region: string; name: string }
export type Apart = {
  rapid?: number; national?: number; provincial?: number; residents?: number; year?: number; base?: string; note?: string
}
export interface Period extends Reading { key: string; title: string; start: string; end: string; deadline: string; apart?: Apart;
  breakdown: Part[] }
export interface Indicator {
  id: string; article: string; quote: string; title: string; measure: string; level: string | null; note: string | null; target: Target
  current: string; windows: Period[]
}
export interface Table { plan: string; title: string; region: string; name: string; basis: Basis; as_of: string; indicators: Indicator[] }
export interface PlanHead { id: string; title: string; region: string; period: { from: string; to: string }; indicators: number }

export interface Counted { count: number; more: boolean; ids: string[] }
export interface NamedVisit { id: string; at: string; site_name: string; grid: string; inspector_name: string; review: string }
export interface Phone { id: string; name: string; label: string; seen_at: string; unsent: number | null }
export interface Explained {
  as_of: string; received: Reading; approved: Reading; late: Counted; waiting_photos: Counted; waiting_review: Counted; corrections: Counted
  quarantined: Counted; conflicts: Counted; silent_phones: { count: number; more: boolean; phones: Phone[] }; visits: NamedVisit[]
  last_visit_at: string | null
}

export interface Point { day: string; num: number; den: number; value: number | null; known: 'then' | 'since' | 'now' }
export interface Trend { from: string; to: string; points: Point[]; target: Target; deadline: string }

export interface GapTask { id: string; due_on: string | null; state: 'open' | 'done'; campaign_id: string | null }
export interface GapSite { id: string; name: string; type: string; grid: string; address: string; num: number; den: number;
  last_visit: string | null; task: GapTask | null }
export interface GapPage { sites: GapSite[]; next: string | null; on_the_way: number }
export interface Preview {
  sites: number; tasks: number; left_out: { open_task: number; met: number }; most: number; too_many: boolean
  towns: { region: string; name: string | null; sites: number }[]
  grids: { region: string; grid_name: string | null; town_name: string | null; sites: number }[]
}

/** What offices enter: no site stands behind it, and nothing of it is remembered day by day. */
export const isEntered = ({ measure }: { measure: string }): boolean => measure === 'reported' || measure === 'counted'

/** The window of an indicator by its key, else the current one. */
export const windowOf = (one: Indicator, key = ''): Period =>
  one.windows.find((window) => window.key === key) ?? one.windows.find((window) => window.key === one.current) ?? one.windows[0]

/** The value with its unit, empty without one. */
export const valueText = ({ value }: { value: number | null }, target: Target): string =>
  (value === null ? '' : withUnit(numberText(value, target.value), target.unit))

const OPS: Record<string, string> = { '>=': '≥', '<=': '≤', '==': '=', '>': '＞', '<': '＜' }
/** `≥ 100%`. */
export const targetText = (target: Target): string => `${OPS[target.op] ?? target.op} ${valueText(target, target)}`

/** Whether a target is reached from below, so that a bar towards it says something. */
export const isRising = (target: Target): boolean => target.op.startsWith('>') && target.value > 0

/** Whether a part has no number of its own because the whole was entered as one. */
export const isWithinWhole = (one: { measure: string }, whole: Reading, part: Reading | undefined): boolean =>
  isEntered(one) && whole.value !== null && part?.state === 'unreported'

/** Whether a part is only a share of a sum, as batches are: the target is the whole's, and a part is not held against it. */
export const isShare = (whole: Reading): boolean => whole.den === null && whole.value !== null

/** The indicators of a table. In a part of the plan's region a sum is not held against the target of the whole. */
export const placed = (table: Table, plan: PlanHead): Indicator[] => (table.region === plan.region ? table.indicators
  : table.indicators.map((one) => ({ ...one, windows: one.windows.map((window) =>
    (isShare(window) ? { ...window, state: 'share' as const } : window)) })))
