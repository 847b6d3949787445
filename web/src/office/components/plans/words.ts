// How a plan's numbers, days and changed fields are said.
import type { PlanReport, Target } from '../../api/plans'
import { documents, dueWords, measured, plan as texts, planChanges, siteTypes, windowWords } from '../../locales'
import { session } from '../../stores/session'

/** `不低于 100%` of a target. */
export const targetWords = ({ op, value, unit }: Target): string =>
  `${measured.ops[op] ?? op} ${value}${unit === '%' ? '%' : ` ${unit ?? ''}`}`.trim()

/** When a report is due. */
export const due = ({ kind, due: day }: PlanReport): string => dueWords[kind]?.(day) ?? day

/** `2021` or `2022—2024`. */
export const years = ({ from, to }: { from: string; to: string }): string =>
  (from.slice(0, 4) === to.slice(0, 4) ? from.slice(0, 4) : `${from.slice(0, 4)}—${to.slice(0, 4)}`)

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A value of a plan file as an office reads it; `items` are the questions by item id. */
export function said(field: string, value: unknown, items: Record<string, string> = {}): string {
  if (value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length)) return planChanges.empty
  if (typeof value === 'boolean') return value ? planChanges.yes : planChanges.no
  if (Array.isArray(value)) return value.map((one) => said(field, one, items)).join(planChanges.comma)
  if (isRecord(value)) {
    if (field === 'target') return targetWords(value as unknown as Target) + (value.inferred ? `（${texts.inferred}）` : '')
    if (field === 'period') return `${value.from}${planChanges.to}${value.to}`
    if (field === 'window') return [windowWords[String(value.kind)], value.season, value.deadline].filter(Boolean).join(' ')
    return Object.entries(value).filter(([, one]) => one !== null)
      .map(([name, one]) => `${planChanges.fields[name] ?? name}：${said(name, one, items)}`).join('；')
  }
  const text = String(value)
  switch (field) {
    case 'items': case 'item': case 'numerator': case 'denominator': return items[text] ?? text
    case 'site_types': return siteTypes[text] ?? text
    case 'kind': return texts.kinds[text] ?? windowWords[text] ?? text
    case 'measure': return measured.measures[text] ?? text
    case 'documents': return documents[text] ?? text
    default: return text
  }
}

/** What two lists have that the other has not; null when these are no lists of texts. */
export function listsDiffer(before: unknown, after: unknown): { added: string[]; removed: string[] } | null {
  const texts = (one: unknown): one is string[] => Array.isArray(one) && one.every((text) => typeof text === 'string')
  if (!texts(before) || !texts(after)) return null
  const [added, removed] = [after.filter((one) => !before.includes(one)), before.filter((one) => !after.includes(one))]
  return added.length || removed.length ? { added, removed } : null
}

/** Two texts, each as [what both begin with, what differs, what both end with]. A number differs as a whole. */
export function apart(before: string, after: string): [string, string, string][] {
  const pieces = (text: string) => text.match(/\d+(?:\.\d+)?|./gsu) ?? []
  const [one, other] = [pieces(before), pieces(after)]
  const most = Math.min(one.length, other.length)
  let [head, tail] = [0, 0]
  while (head < most && one[head] === other[head]) head += 1
  while (tail < most - head && one[one.length - 1 - tail] === other[other.length - 1 - tail]) tail += 1
  const cut = (text: string[], from: number, to: number) => text.slice(from, to).join('')
  return [one, other].map((text) => [cut(text, 0, head), cut(text, head, text.length - tail), cut(text, text.length - tail, text.length)])
}

/** Whether a plan is for a region of the person who works here, or for one above or below it. */
export const concerns = (region: string): boolean => session.value?.role === 'admin'
  || !!session.value?.regions.some((own) => own.startsWith(region) || region.startsWith(own))
