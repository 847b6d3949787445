// What was answered at the site before, and the photos of what was found wrong: from this phone, and from the server's rows where they
// have it.
import type { Client } from '@/shared/api/client'

import type { FieldDb } from '../db/database'
import type { Answers, Finding } from '../db/rows'
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

/**
 * The photo that showed what was found wrong, first among those of its item. Of a visit of another phone only the server knows it. Null
 * when there is none, and while it cannot be got.
 */
export async function photoOfFinding(of: FieldDb, client: Client, { item, visit }: Finding): Promise<string | null> {
  const here = await answersOfVisit(of, visit)
  const asked = () => client.json<{ answers: Answers }>(`/api/v1/visits/${visit}`, { timeout: 30_000 })
  const sha = (here ?? (await asked().then(({ answers }) => answers, () => null)))?.[item]?.photos?.[0]
  if (!sha) return null
  return navigator.onLine || (await of.blobs.where('sha256').equals(sha).count()) ? sha : null
}
