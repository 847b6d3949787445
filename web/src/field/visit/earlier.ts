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

/** Asked at the moment, by visit: a site's findings are mostly of one. */
const asked = new Map<string, Promise<Answers | null>>()
function answersFromServer(client: Client, visit: string): Promise<Answers | null> {
  const told = asked.get(visit) ?? client.json<{ answers: Answers }>(`/api/v1/visits/${visit}`, { timeout: 30_000 })
    .then(({ answers }) => answers, () => null).finally(() => asked.delete(visit))
  asked.set(visit, told)
  return told
}

/**
 * What was written and photographed when it was found wrong: the note, and the first photo of its item. Of a visit of another phone only
 * the server knows it; null while it cannot be got, and the photo as well.
 */
export async function foundThen(
  of: FieldDb, client: Client, { item, visit }: Finding,
): Promise<{ note: string | null; photo: string | null } | null> {
  const answers = (await answersOfVisit(of, visit)) ?? (await answersFromServer(client, visit))
  if (!answers) return null
  const { note = null, photos } = answers[item] ?? {}
  const sha = photos?.[0] ?? null
  const seen = sha !== null && (navigator.onLine || (await of.blobs.where('sha256').equals(sha).count()) > 0)
  return { note, photo: seen ? sha : null }
}
