// What an operation that was set aside is, why, and what an office can put right in it, as people say it.
import type { Item } from '../../api/review'
import { payloadOf, type Quarantined } from '../../api/unsettled'
import { unsettled as texts } from '../../locales'
import { moment } from '../../stores/when'
import { fieldName } from '../visit/fields'

/** What the phone wanted to do: 新的检查, 修改主体 … */
export function deedOf(one: Quarantined): string {
  const { t, kind, set } = payloadOf(one)
  if (one.problem.code === 'unfinished-draft') return texts.unfinished
  if (t === 'visit' && kind === 'create' && set?.replaces) return texts.amendment
  return texts.deeds[`${t}.${kind}`] ?? texts.deedUnknown
}

const INSTANT = /\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)/g
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/

/** What the server adds to the title, with times as people read them; empty where it only names an id, or the card says it better. */
export function detailOf({ problem }: Quarantined): string {
  const { code, title, detail } = problem
  if (!detail || detail === title || code === 'unfinished-draft' || UUID.test(detail)) return ''
  return detail.replace(INSTANT, (at) => moment(at))
}

/** What is wrong, a line for each field or question. */
export const wrongIn = ({ problem }: Quarantined, items: Map<string, Item>): string[] =>
  (problem.errors ?? []).map((error) => {
    const { item, field, message, code } = error as Record<string, unknown>
    const where = item ? items.get(String(item))?.question ?? String(item) : field ? fieldName(String(field), items) : ''
    return [where, message ?? code].filter(Boolean).join('：')
  })

/** A field that an office may put right before it lets an operation be done. */
export interface Mendable { field: string; kind: 'instant' | 'grid' | 'text' }
/** Fields that are plain texts, as far as an office can know them better than the phone. */
const TEXTS = ['name', 'address', 'contact', 'phone', 'uscc', 'licence_number', 'licence_until', 'registration_number', 'note',
  'operator_word', 'result']

/** What can be put right: the time of a visit, the grid of a site, and the texts that the problem names. */
export function mendable(one: Quarantined): Mendable[] {
  const { t, kind, set } = payloadOf(one)
  const named = new Set((one.problem.errors ?? []).map((error) => String((error as Record<string, unknown>).field ?? '')))
  const found: Mendable[] = []
  if (t === 'visit' && kind === 'create') found.push({ field: 'at', kind: 'instant' })
  if (t === 'site' && (kind === 'create' || set?.grid !== undefined)) found.push({ field: 'grid', kind: 'grid' })
  return [...found, ...TEXTS.filter((field) => named.has(field)).map((field) => ({ field, kind: 'text' as const }))]
}

/** The answers that were refused, by the ids of their questions: an office may take them out. */
export function refusedAnswers(one: Quarantined): string[] {
  const answers = payloadOf(one).set?.answers
  const given = answers && typeof answers === 'object' ? (answers as Record<string, unknown>) : {}
  const named = (one.problem.errors ?? []).map((error) => String((error as Record<string, unknown>).item ?? ''))
  return [...new Set(named)].filter((item) => item in given)
}
