// What each kind makes of an answer: the twin of checklists/kinds/*.py. tests/web/test_judge.py holds both equal.
import type { Answer, Certificate, Item, Kind, Mark } from '../db/rows'

/** Why an answer cannot be taken as given (docs/items.md, "Errors of an answer"). */
export type ErrorCode = 'unknown-item' | 'wrong-kind' | 'out-of-range' | 'bad-note' | 'bad-photo'
/** A mark, or none; or an error. */
export interface Outcome { mark: Mark | null; error: ErrorCode | null }
/** Judges the answer of a visit on the local day `day`. */
export type Validate = (answer: Answer, day: string) => Outcome

export const ASIDE: ReadonlySet<unknown> = new Set(['not_applicable', 'not_observed'])
const MARKS: ReadonlySet<unknown> = new Set(['pass', 'fail', ...ASIDE])
const MOST = 1_000_000
const LONGEST_NUMBER = 100
const LONGEST_TEXT = 500
const DAY = 86_400_000

const marked = (mark: Mark | null | undefined): Outcome => ({ mark: mark ?? null, error: null })
const failed = (error: ErrorCode): Outcome => ({ mark: null, error })
const WRONG = failed('wrong-kind')
const OUTSIDE = failed('out-of-range')
/** Letters as Python counts them. */
export const lengthOf = (text: string): number => [...text].length

/** Whether `value` is a day, `2025-05-01` and nothing else. */
export function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value) || value.startsWith('0000')) return false
  const at = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === value
}

/** A kind that captures a value, unless the question is set aside. */
function valued(judge: (value: unknown, day: string) => Outcome): Validate {
  return ({ mark, value }, day) => {
    if (mark === undefined || mark === null) return value === undefined || value === null ? marked(null) : judge(value, day)
    return value === undefined || value === null ? (ASIDE.has(mark) ? marked(mark) : WRONG) : WRONG
  }
}

function number(item: Item): Validate {
  const { min = -Infinity, max = Infinity, pass_min, pass_max } = item
  const ruled = (pass_min ?? null) !== null || (pass_max ?? null) !== null
  return valued((value) => {
    if (typeof value !== 'number' || Number.isNaN(value) || (item.whole && !Number.isInteger(value))) return WRONG
    if (value < min || value > max) return OUTSIDE
    return value >= (pass_min ?? min) && value <= (pass_max ?? max) ? marked(ruled ? 'pass' : item.recorded_mark) : marked('fail')
  })
}

/** A share as a fraction of whole numbers: 0.07 of 100 is 7, not 7.000000000000001. */
function fraction(share: number): [bigint, bigint] {
  const [digits, exponent = '0'] = String(share).split('e-')
  const [whole, part = ''] = digits.split('.')
  return [BigInt(whole + part), 10n ** BigInt(part.length + Number(exponent))]
}

function countPair(item: Item): Validate {
  const ruled = (item.pass_ratio ?? null) !== null
  const [top, bottom] = fraction(item.pass_ratio ?? 0)
  return valued((value) => {
    if (!Array.isArray(value) || value.length !== 2 || !value.every(Number.isInteger)) return WRONG
    const [have, of] = value as [number, number]
    if (have < 0 || have > of || of > MOST) return OUTSIDE
    if (of === 0) return marked('not_applicable')
    return BigInt(have) * bottom >= top * BigInt(of) ? marked(ruled ? 'pass' : item.recorded_mark) : marked('fail')
  })
}

function date(item: Item): Validate {
  const age = item.max_age_days ?? null
  return valued((value, day) => {
    if (!isDay(value)) return WRONG
    if (age === null) return marked(item.recorded_mark)
    if (value > day) return OUTSIDE
    return marked((Date.parse(day) - Date.parse(value)) / DAY <= age ? 'pass' : 'fail')
  })
}

const CERTIFICATE = new Set(['held', 'number', 'until'])
function certificate(): Validate {
  return valued((value, day) => {
    if (typeof value !== 'object' || Array.isArray(value)) return WRONG
    if (!Object.keys(value as object).every((key) => CERTIFICATE.has(key))) return WRONG
    const { held, number: text = null, until = null } = value as Certificate
    if (typeof held !== 'boolean') return WRONG
    if (text !== null && (typeof text !== 'string' || lengthOf(text) > LONGEST_NUMBER)) return WRONG
    if (until !== null && !isDay(until)) return WRONG
    return marked(held && (until === null || until >= day) ? 'pass' : 'fail')
  })
}

function text(item: Item): Validate {
  return valued((value) => {
    if (typeof value !== 'string' || !value.trim()) return WRONG
    return lengthOf(value) <= (item.max_length ?? LONGEST_TEXT) ? marked(item.recorded_mark) : OUTSIDE
  })
}

/** How many photos make the answer of a photo item. */
export const leastPhotos = (item: Item): number => Math.max(1, item.photo.min)

function photo(item: Item): Validate {
  return ({ mark, value, photos }) => {
    if (value !== undefined && value !== null) return WRONG
    if (mark === undefined || mark === null) return marked((photos?.length ?? 0) >= leastPhotos(item) ? item.recorded_mark : null)
    return ASIDE.has(mark) ? marked(mark) : WRONG
  }
}

function choice(item: Item): Validate {
  const outcomes = new Map((item.options ?? []).map((option) => [option.value, marked(option.mark)]))
  return valued((value) => outcomes.get(value as string) ?? WRONG)
}

function mark(): Validate {
  return ({ mark: given, value }) => {
    if (value !== undefined && value !== null) return WRONG
    return given === undefined || given === null ? marked(null) : MARKS.has(given) ? marked(given) : WRONG
  }
}

/** A validator for each kind. */
export const VALIDATORS: Record<Kind, (item: Item) => Validate> = {
  mark, choice, number, count_pair: countPair, text, date, certificate, photo,
}
