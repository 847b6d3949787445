// A mistake that is seen after the visit was handed in: the person tells the same visit better, until an office has approved it.
import type { FieldDb } from '../db/database'
import type { VisitRow } from '../db/rows'
import { refusedVisits } from '../stores/refused'
import { beginVisit } from './begin'
import { contentOf } from './content'

/** The server's row of a visit of this phone that can be amended now; undefined when it cannot. */
export async function amendable(of: FieldDb, id: string): Promise<VisitRow | undefined> {
  const row = await of.visits.get(id)
  if (!row || row.replaced_by || (row.review !== 'received' && row.review !== 'returned')) return undefined
  const refused = await refusedVisits(of)
  const under = await of.captures.where('site_id').equals(row.site_id)
    .filter((capture) => capture.replaces === id && capture.status === 'signed' && !refused.has(capture.id)).count()
  return under ? undefined : row
}

/** Begins the amendment of a visit that was made on this phone, or goes on with it; answers its id. Raises BeginError. */
export async function amendVisit(of: FieldDb, row: VisitRow): Promise<string> {
  const [capture, rows] = await Promise.all([of.captures.get(row.id), of.answers.where('visit').equals(row.id).toArray()])
  const { answers = {}, ...details } = capture ? contentOf(capture, rows).set : {}
  // A returned visit comes with its content, as the office saw it.
  return beginVisit(row.site_id, { replaces: { ...row, answers: row.answers ?? answers, details: row.details ?? details } as VisitRow })
}
