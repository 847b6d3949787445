// Numbers of a report as the desk writes them; the workbook says the same (services/exports/report.py).
import type { Cell, Change, OpenCount, Target } from '../../api/reports'
import { measured, reportPage as texts, reports } from '../../locales'

const EXACT = new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 4 })
const SHORT = new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 2 })

/** `1,234.5`; a dash where there is none. */
export const number = (value: number | null | undefined): string =>
  (value === null || value === undefined ? reports.none : EXACT.format(value))

/** `53.85%`, `1.2 批次/千人`; a dash without a value. */
export function valueText(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return reports.none
  return unit.startsWith('%') ? SHORT.format(value) + unit : `${SHORT.format(value)} ${unit}`.trim()
}

/** `28 / 52`; the numerator alone where nothing is divided. */
export const pairText = (cell: Partial<Cell> | null): string => (!cell ? texts.absent : cell.den === null || cell.den === undefined
  ? number(cell.num) : `${number(cell.num)} / ${number(cell.den)}`)

/** `不低于 65%`. */
export function targetText({ op, value, unit }: Target): string {
  return `${measured.ops[op] ?? op} ${unit.startsWith('%') ? number(value) + unit : `${number(value)} ${unit}`.trim()}`
}

/** The pair of a cell that stands under its state: nothing was counted where nobody entered anything. */
export const cellText = (cell: Cell): string => (cell.state === 'unreported' ? reports.none : pairText(cell))

const TONES: Record<string, string> = { met: 'pass', on_pace: 'pass', behind: 'warn', missed: 'fail' }
/** How a state is coloured, beside its word. */
export const tone = (state: string): string => TONES[state] ?? 'quiet'

/** One side of a difference. */
export function changedText(cell: Change['before']): string {
  if (!cell) return texts.absent
  return cell.open === undefined ? pairText(cell) : texts.openCell(cell.open, (cell as OpenCount).overdue)
}

/** The differences by the cell that they are about. */
export const byCell = (changes: Change[]): Map<string, Change> =>
  new Map(changes.map((change) => [`${change.indicator}|${change.window}|${change.region}|${change.basis}`, change]))
