// Operations, fields and values as people call them: for what waits, what was refused, and what did not agree.
import type { FieldDb } from '../db/database'
import type { Operation } from '../db/local'
import type { Answer, Place } from '../db/rows'
import { marks, siteTypes } from '../locales/common'
import { fieldNames, syncpage as texts, valueNames, values } from '../locales/syncpage'
import { itemsOf } from '../visit/judge'
import { whenWords } from './moments'
import { seenSite } from './overlay'

/** The name of a site; also of one that was found on the street, of one that was refused, and of one that left the phone after a visit. */
export async function siteName(db: FieldDb, id: string): Promise<string> {
  const seen = await seenSite(db, id)
  if (seen) return seen.name
  const visited = await db.captures.where('site_id').equals(id).filter(({ site_name }) => !!site_name).last()
  if (visited?.site_name) return visited.site_name
  const made = await db.outbox.where('[t+id]').equals(['site', id]).filter(({ operation }) => operation.kind === 'create').first()
  return String(made?.operation.set.name ?? texts.unknownSite)
}

/** The site that a visit is of, and when it began. */
async function visitOf(db: FieldDb, id: string): Promise<{ site_id: string; at: string } | undefined> {
  const found = (await db.captures.get(id)) ?? (await db.visits.get(id))
  return found && { site_id: found.site_id, at: found.at }
}

/** What an operation does, in one line: 检查 · 店名 · 时间. */
export async function operationName(db: FieldDb, { t, id, kind, set, at }: Operation): Promise<string> {
  if (t === 'visit') {
    const known = kind === 'create' ? { site_id: String(set.site_id), at: String(set.at) } : await visitOf(db, id)
    const what = kind === 'create' ? texts.kinds.visit : kind === 'delete' ? texts.kinds.visitDelete : texts.kinds.visitChange
    return [what, known ? await siteName(db, known.site_id) : texts.unknownSite, whenWords(known?.at ?? at)].join(' · ')
  }
  if (t === 'task') return [texts.kinds.task, (await db.tasks.get(id))?.title ?? '', whenWords(at)].filter(Boolean).join(' · ')
  if (kind === 'create') return [texts.kinds.siteNew, String(set.name ?? ''), whenWords(at)].join(' · ')
  const fields = Object.keys(set).map((field) => fieldNames[field] ?? field).join('、')
  return [texts.kinds.siteChange, await siteName(db, id), fields].join(' · ')
}

/** What a row that the server names is, in one line. */
export async function rowName(db: FieldDb, id: string): Promise<string | undefined> {
  const visit = await visitOf(db, id)
  if (visit) return [texts.kinds.visit, await siteName(db, visit.site_id), whenWords(visit.at)].join(' · ')
  const site = await seenSite(db, id)
  if (site) return [texts.kinds.siteChange, site.name].join(' · ')
  const task = await db.tasks.get(id)
  return task && [texts.kinds.task, task.title].join(' · ')
}

/** A field of a row as people call it; of an answer, its question. */
export async function fieldName(db: FieldDb, rowId: string, field: string): Promise<string> {
  if (fieldNames[field]) return fieldNames[field]
  const [first, ...rest] = field.split('.')
  const member = rest.join('.')
  if (first === 'answers') {
    const checklist = ((await db.captures.get(rowId)) ?? (await db.visits.get(rowId)))?.checklist
    const content = checklist && (await db.contents.get(checklist))
    const item = content && itemsOf(content).find(({ link_id }) => link_id === member)
    return item ? item.question : `${fieldNames.answers} ${member}`
  }
  return fieldNames[first] ? fieldNames[first] : field
}

/** A value of a field in words. */
export function valueWords(field: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return values.empty
  if (typeof value === 'boolean') return value ? values.yes : values.no
  if (field === 'type') return siteTypes[String(value)] ?? String(value)
  if (typeof value !== 'object') return valueNames[field]?.[String(value)] ?? String(value)
  if (field.startsWith('photos')) return values.photo
  if ('lon' in value && 'lat' in value) return values.place((value as Place).lon, (value as Place).lat)
  if (field.startsWith('answers.')) {
    const { mark, value: given, note } = value as Answer
    return [mark && marks[mark], given !== undefined && JSON.stringify(given), note].filter(Boolean).join(' · ') || values.empty
  }
  return JSON.stringify(value)
}
