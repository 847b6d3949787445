// Fields and values that phones wanted to write, as people call them: for conflicts and for what was set aside.
import { fieldNames, valueNames, values } from '@/field/locales/syncpage'

import type { Answer, Answers, Item } from '../../api/review'
import { common, documents, siteTypes, visitPage as texts } from '../../locales'
import { moment } from '../../stores/when'
import { wordsOf } from './judged'

/** What says nothing to a person. */
const SILENT = new Set(['site_id', 'checklist', 'status', 'replaces', 'id'])

/** A field of a row by its name; of an answer, its question. */
export function fieldName(field: string, items: Map<string, Item>): string {
  const [first, ...rest] = field.split('.')
  if (first === 'answers' && rest.length) return items.get(rest.join('.'))?.question ?? `${fieldNames.answers} ${rest.join('.')}`
  return fieldNames[field] ?? ({ at: texts.at, document_type: texts.document } as Record<string, string>)[field] ?? fieldNames[first]
    ?? field
}

/** A value of a field in words; what nobody has words for as it came. */
export function valueWords(field: string, value: unknown, items: Map<string, Item>): string {
  if (value === null || value === undefined || value === '') return common.unknown
  if (typeof value === 'boolean') return value ? values.yes : values.no
  const [first, ...rest] = field.split('.')
  if (typeof value === 'string') {
    if (field === 'at' || field === 'ended_at') return moment(value)
    const named = { type: siteTypes, document_type: documents }[field] ?? valueNames[field]
    return named?.[value] ?? value
  }
  if (typeof value !== 'object') return String(value)
  const place = value as { lon?: unknown; lat?: unknown; accuracy?: number }
  if (typeof place.lon === 'number' && typeof place.lat === 'number') {
    return [values.place(place.lon, place.lat), place.accuracy ? texts.accuracy(Math.round(place.accuracy))
      : ''].filter(Boolean).join(' · ')
  }
  if (first === 'answers' && rest.length) return answerLine(items.get(rest.join('.')), value as Answer)
  if (field === 'photos') return texts.photos(Object.keys(value).length)
  return JSON.stringify(value)
}

const answerLine = (item: Item | undefined, answer: Answer): string =>
  [wordsOf(item, answer), answer.mark && answer.value !== undefined ? plain(answer.value) : '', answer.note].filter(Boolean).join('；')
const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** All that an operation sets, line by line; the answers of a visit each by its question. */
export function linesOf(set: Record<string, unknown> | undefined, items: Map<string, Item>): { field: string; name: string;
  words: string }[] {
  return Object.entries(set ?? {}).filter(([field]) => !SILENT.has(field)).flatMap(([field, value]) => {
    const members = field === 'answers' || field === 'attributes' ? Object.entries((value ?? {}) as Answers | Record<string, unknown>)
      : null
    if (!members) return [{ field, name: fieldName(field, items), words: valueWords(field, value, items) }]
    return members.map(([member, one]) => {
      const path = `${field}.${member}`
      return { field: path, name: fieldName(path, items), words: valueWords(path, one, items) }
    })
  })
}
