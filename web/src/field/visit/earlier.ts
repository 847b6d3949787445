// What was answered at the site before, and the photos of what was found wrong: from this phone, and from the server's rows where they have it.
import type { FieldDb } from '../db/database'
import type { Answers } from '../db/rows'
import { answersOf } from './content'

export interface Earlier { visit: string; at: string; answers: Answers }

/** Answers of one visit, wherever they are; null when only the server has them. */
export async function answersOfVisit(of: FieldDb, visit: string): Promise<Answers | null> {
  const rows = await of.answers.where('visit').equals(visit).toArray()
  return rows.length ? answersOf(rows) : ((await of.visits.get(visit))?.answers ?? null)
}

/** The site's latest signed visit other than `except` whose answers are on this phone. */
export async function earlierOf(of: FieldDb, siteId: string, except: string[]): Promise<Earlier | null> {
  const [captures, rows] = await Promise.all([
    of.captures.where('site_id').equals(siteId).filter(({ status }) => status === 'signed').toArray(),
    of.visits.where('site_id').equals(siteId).filter(({ status, answers }) => status === 'signed' && !!answers).toArray(),
  ])
  const all = [...captures, ...rows].filter(({ id }) => !except.includes(id)).sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
  for (const { id, at } of all) {
    const answers = await answersOfVisit(of, id)
    if (answers) return { visit: id, at, answers }
  }
  return null
}
