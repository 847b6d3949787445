// Beginning a visit: pinned to the checklist in force, and to the moment. The place comes when it comes.
import { v7 as uuid } from 'uuid'

import type { FieldDb, SiteCopy } from '../db/database'
import type { Capture } from '../db/local'
import type { Answer, Checklist, ChecklistRow, VisitRow } from '../db/rows'
import { takePlace } from '../geo/place'
import { withoutSignature } from '../photos/naming'
import { phoneTime } from '../stores/clock'
import { seenSite } from '../stores/overlay'
import { db, work } from '../stores/session'
import { changeDraft } from './draft'
import { itemsOf } from './judge'
import { settle } from './version'

/** Why a visit cannot begin. */
export type BeginTrouble = 'no-site' | 'no-checklist'
export class BeginError extends Error {
  constructor(readonly trouble: BeginTrouble) { super(trouble) }
}

/** Milliseconds in which the place of the beginning or the end is looked for. Nobody waits for it. */
const PLACE_WITHIN = 30_000

/** The row of the checklist in force for a site: of its county, when the person has several. */
export async function inForce(of: FieldDb, site: Pick<SiteCopy, 'type' | 'grid'>): Promise<ChecklistRow | undefined> {
  const rows = await of.checklists.where('id').equals(site.type).toArray()
  return rows.find(({ region }) => site.grid.startsWith(region)) ?? rows[0]
}

/** Looks for the place and writes it into a draft: where it began, or where it ended. Never raises. */
export async function notePlace(id: string, field: 'place' | 'end_place'): Promise<void> {
  const place = await takePlace(PLACE_WITHIN)
  if (place) await changeDraft(id, (capture) => { capture[field] = place }).catch(() => 0)
}

function blank(site: SiteCopy, checklist: Checklist, replaces: string | null): Capture {
  const now = phoneTime()
  return {
    id: uuid(), site_id: site.id, site_name: site.name, checklist: checklist.version, document_type: 'patrol', status: 'draft',
    at: now, place: null, end_place: null, ended_at: null, note: '', operator_word: '', signature: null, officers: [], photos: {},
    replaces, returned: null,
    // What the visit that is corrected found itself was not wrong before.
    recheck: [...new Set(site.findings.filter(({ visit }) => visit !== replaces).map(({ item }) => item))],
    position: null, touched_at: now, signed_at: null, sha256: null, receipt: null,
  }
}

/**
 * An amendment tells the same visit better: it keeps that one's time and place, or a correction at the desk would move the visit there.
 * `offset` is what the server adds to this phone's times, milliseconds.
 */
function amended(capture: Capture, row: VisitRow, checklist: Checklist, offset: number): Capture {
  const told = (row.details ?? {}) as Partial<Capture>
  const { place, end_place, ended_at, officers, operator_word, note } = told
  const first = itemsOf(checklist).find(({ link_id }) => row.review_note?.items?.[link_id])
  return {
    ...capture, checklist: row.checklist, document_type: row.document_type, at: phoneTime(new Date(Date.parse(row.at) - offset)),
    returned: row.review_note, place: place ?? null, end_place: end_place ?? null, ended_at: ended_at ?? null,
    officers: officers ?? [], photos: withoutSignature(told), operator_word: operator_word ?? '', note: note ?? '',
    position: first?.link_id ?? null,
  }
}

async function checklistFor(of: FieldDb, site: SiteCopy, replaces?: VisitRow): Promise<Checklist | undefined> {
  const pinned = replaces && (await of.contents.get(replaces.checklist))
  const row = pinned ? undefined : await inForce(of, site)
  return pinned ?? (row && (await of.contents.get(row.version)))
}

/**
 * Begins a visit of a site, or goes on with its open draft; answers the id. `replaces` is a returned visit that is to be corrected: its
 * answers, details and photos stand there already. Raises BeginError.
 */
export async function beginVisit(siteId: string, { replaces }: { replaces?: VisitRow } = {}): Promise<string> {
  const of = db()
  const site = await seenSite(of, siteId)
  if (!site) throw new BeginError('no-site')
  const checklist = await checklistFor(of, site, replaces)
  const begun = await of.transaction('rw', [of.captures, of.answers], async () => {
    const drafts = await of.captures.where('site_id').equals(siteId).filter(({ status }) => status === 'draft').toArray()
    const open = drafts.find((draft) => !replaces || draft.replaces === replaces.id)
    if (open) return { id: open.id, anew: false }
    if (!checklist) throw new BeginError('no-checklist')
    const made = blank(site, checklist, replaces?.id ?? null)
    const capture = replaces ? amended(made, replaces, checklist, work.value?.session.offset_ms ?? 0) : made
    const rows = Object.entries((replaces?.answers ?? {}) as Record<string, Answer>)
      .map(([link_id, answer]) => ({ ...answer, visit: capture.id, link_id, at: capture.at }))
    const fit = settle(capture, rows, checklist)
    await of.captures.add(fit.capture)
    await of.answers.bulkPut(fit.rows)
    return { id: capture.id, anew: !replaces }
  })
  if (begun.anew) void notePlace(begun.id, 'place')
  return begun.id
}
