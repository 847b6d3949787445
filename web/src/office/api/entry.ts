// What the server answers about what offices enter (docs/api.md, "What offices enter"), and the sums that a form does while somebody types.
import { numberText, withUnit, type Target as Aim } from './numbers'
import type { Document } from './rectification'

export type Op = '>=' | '>' | '<=' | '<' | '=='
export interface Target extends Aim { op: Op }
export interface Window { key: string; title: string; start: string; end: string; deadline: string }
export interface Entered { id: string; numerator: number; denominator: number | null; note: string; created_at: string;
  created_by_name: string | null }

/** One indicator in one window: what is asked, and what stands. */
export interface Entry {
  indicator: string; title: string; article: string; quote: string; note: string | null; level: string | null
  target: Target; window: Window; form: { numerator: string; denominator: string | null }
  entered: Entered | null; document: string; documents: Document[]; elsewhere: string[]
}
export interface EntryPage { plan: string; region: string; as_of: string; waiting: number; entries: Entry[] }
export interface Plan { id: string; title: string; region: string; period: { from: string; to: string } }

export type Kind = 'food_sampling' | 'agri_monitoring' | 'risk_monitoring' | 'grain_testing' | 'forest_testing' | 'water_testing'
export type Method = 'laboratory' | 'rapid'
export type Level = 'national' | 'provincial' | 'municipal' | 'county' | 'township'
export interface Feed { plan: string; indicator: string; title: string }
/** Sampling batches of one kind, method and level on one day. */
export interface Batch {
  id: string; region: string; region_name: string | null; on: string; kind: Kind; method: Method; task_level: Level; residue: boolean
  count: number; document: string; documents: Document[]; note: string; created_by_name: string | null; created_at: string; feeds: Feed[]
}
export interface KindTotals { laboratory: number; rapid: number; residue: number; levels: Partial<Record<Level, number>> }
export interface Totals {
  laboratory: number; rapid: number; kinds: Partial<Record<Kind, KindTotals>>
  levels: Partial<Record<Level, { laboratory: number; rapid: number }>>
}
export interface BatchPage { records: Batch[]; next: string | null; totals: Totals }

export interface ImportWrong { sheet: string; row: number; column: string; code: string; message: string }
export interface ImportRow {
  sheet: string; row: number; change: 'created' | 'unchanged' | 'replaced'; region: string; region_name: string
  plan_title?: string; indicator_title?: string; window_title?: string; replaced?: { numerator: number; denominator: number | null }
  on?: string; kind?: Kind; method?: Method; task_level?: Level; residue?: boolean; count?: number
  plan?: string; indicator?: string; window?: string | null; numerator?: number; denominator?: number | null
  document?: string; note?: string
}
export interface Imported {
  dry_run: boolean; batches: number; numbers: number; unchanged: number; rejected: number
  errors: ImportWrong[]; warnings: ImportWrong[]; rows: ImportRow[]
}

export type EntryState = 'waiting' | 'elsewhere' | 'entered'
export const stateOf = (entry: Entry): EntryState => (entry.entered ? 'entered' : entry.elsewhere.length ? 'elsewhere' : 'waiting')
/** Names an entry in an address. */
export const keyOf = (entry: Entry): string => `${entry.indicator}@${entry.window.key}`

/**
 * The number that somebody typed; full-width digits, commas and blanks are no mistake.
 * null: nothing was typed; undefined: no number that may be entered.
 */
export function numberIn(text: string): number | null | undefined {
  const plain = text.normalize('NFKC').replace(/[,\s]/g, '')
  if (!plain) return null
  const number = /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : NaN
  return number <= 1e12 ? number : undefined
}

/** What two numbers come to in the target's unit; null where there is nothing to divide by. */
export function valueOf(target: Target, numerator: number, denominator: number | null): number | null {
  if (denominator === null) return numerator
  return denominator ? (numerator * (target.unit.startsWith('%') ? 100 : 1)) / denominator : null
}

/** Whether a value meets a target. */
export function meets({ op, value: wanted }: Target, value: number): boolean {
  const told = Math.abs(value - wanted) < 1e-9 ? 0 : value - wanted
  return { '>=': told >= 0, '>': told > 0, '<=': told <= 0, '<': told < 0, '==': told === 0 }[op]
}

/** Whether the target is a share of a whole, whose part cannot be more than it. */
export const isShare = ({ op, unit }: Target): boolean => unit === '%' && (op === '>=' || op === '>' || op === '==')

/** A value with its unit. */
export const shownValue = (target: Target, value: number): string => withUnit(numberText(value, target.value), target.unit)
