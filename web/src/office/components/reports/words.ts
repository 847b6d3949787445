// Numbers of a report as the desk writes them; the workbook says the same (services/exports/report.py).
import { plainNumber, withUnit, type Target } from '../../api/numbers'
import type { Cell, Change, OpenCount } from '../../api/reports'
import { measured, reportPage as texts, reports } from '../../locales'

/** `1,234.5`; a dash where there is none. */
export const number = (value: number | null | undefined): string =>
  (value === null || value === undefined ? reports.none : plainNumber(value, 4))

/** `53.85%`, `1.2 批次/千人`; a dash without a value. */
export const valueText = (value: number | null | undefined, unit: string): string =>
  (value === null || value === undefined ? reports.none : withUnit(plainNumber(value), unit))

/** `28 / 52`; the numerator alone where nothing is divided. */
export const pairText = (cell: Partial<Cell> | null): string => (!cell ? texts.absent : cell.den === null || cell.den === undefined
  ? number(cell.num) : `${number(cell.num)} / ${number(cell.den)}`)

/** `不低于 65%`. */
export const targetText = ({ op, value, unit }: Target): string => `${measured.ops[op] ?? op} ${withUnit(number(value), unit)}`

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
