// What 同步 tells: everything of this phone by where it is on its way. Read from the database, never remembered apart.
import type { FieldDb } from '../db/database'
import type { Capture, OutboxRow, ToldConflict } from '../db/local'
import type { ConflictRow, QuarantineRow, ToldProblem, VisitRow } from '../db/rows'
import { syncpage as texts } from '../locales/syncpage'
import { idOf } from '../photos/naming'
import { receiptDiffers, receiptFits } from '../sync/takeReceipts'
import { photosToSend } from '../sync/uploadPhotos'
import { fieldName, operationName, rowName, siteName, valueWords } from './naming'
import { isReturned, refusedVisits } from './refused'
import { canResubmit } from './resubmit'

/** Something that waits. `sent`: how often it was tried. */
export interface Waiting { n: number; name: string; sent: number }

/** Something that a person has to look at. `n`: of the operation that can be put aside; `to`: where it can be looked at. */
export interface Refused {
  key: string; name: string; problem: ToldProblem; n: number | null; to: string | null
  /** Whether a person can mend it here and hand it in anew. */
  mendable?: boolean
  /** What the office did with it, and wrote. */
  office: Pick<QuarantineRow, 'state' | 'note'> | null
}

/** A value of this person that did not become the row's. */
export interface Disagreement {
  id: string; name: string; field: string; kept: string; mine: string; state: ConflictRow['state']; note: string | null
}

/** A visit that an office sent back. */
export interface Returned { visit: VisitRow; name: string; reason: string; items: number }

/** A signed visit that the server has. `at` is null while photos are missing: then `missing` says how many. */
export interface Arrived { id: string; name: string; begun: string; at: string | null; missing: number }

/** A list as far as it is shown; naming all of a month's work would cost more than anybody reads. */
export interface Part<T> { shown: T[]; count: number }

/**
 * Everything; `elsewhere` lies with the office and this phone can do nothing about it, `unfinished` counts what an office keeps of visits
 * that nobody signed, `photos` are those that are to go up, `preparing` pictures that are not photos yet.
 */
export interface Delivery {
  waiting: Part<Waiting>; refused: Refused[]; elsewhere: Refused[]; unfinished: number; returned: Returned[]
  conflicts: Disagreement[]; arrived: Part<Arrived>
  photos: { count: number; bytes: number }; preparing: number; drafts: number; lost: [number, number][]
}

/** Where a row that this phone holds can be looked at. */
function lookAt({ operation }: OutboxRow): string | null {
  if (operation.t === 'visit') return `/visits/${operation.id}/summary`
  return operation.t === 'site' ? `/sites/${operation.id}` : null
}

async function refusedOperations(db: FieldDb): Promise<Refused[]> {
  const rows = await db.outbox.where('state').anyOf('rejected', 'stuck').toArray()
  return Promise.all(rows.sort((a, b) => a.n - b.n).map(async (row): Promise<Refused> => {
    const held = (await (row.t === 'visit' ? db.captures : db.sites).where('id').equals(row.id).count()) > 0
    const told = row.state === 'rejected' ? await db.quarantine.get(row.op) : undefined
    return {
      key: row.op, name: await operationName(db, row.operation), problem: row.problem ?? { code: '', title: texts.stuck },
      n: row.state === 'rejected' ? row.n : null, to: held ? lookAt(row) : null,
      office: told ? { state: told.state, note: told.note } : null,
      mendable: row.state === 'rejected' && told?.state !== 'released' && (await canResubmit(db, row)),
    }
  }))
}

const nameless = (n: number | null) => (n === null ? texts.unknownOperation : texts.unknownRow(n))

/** The code under which an office keeps a visit that a phone exported before it was signed. Nothing of it was refused. */
const UNFINISHED = 'unfinished-draft'

/** What is in quarantine from another phone of this person, or from before this one was wiped. */
async function refusedElsewhere(db: FieldDb): Promise<Refused[]> {
  const rows = await db.quarantine.filter(({ state, problem }) => state === 'open' && problem.code !== UNFINISHED).toArray()
  const known = new Set((await db.outbox.where('op').anyOf(rows.map(({ op }) => op)).toArray()).map(({ op }) => op))
  return Promise.all(rows.filter(({ op }) => !known.has(op)).map(async ({ op, n, row_id, problem, state, note }): Promise<Refused> => (
    { key: op, name: (await rowName(db, row_id)) ?? nameless(n), problem, n: null, to: null, office: { state, note } }
  )))
}

async function refusedPhotos(db: FieldDb): Promise<Refused[]> {
  const rows = await db.photos.where('state').equals('refused').toArray()
  return Promise.all(rows.map(async ({ sha256, owners, problem }): Promise<Refused> => {
    const [owner = ''] = owners
    const [id, isSite] = [idOf(owner), owner.startsWith('site:')]
    const of = owner.startsWith('visit:') ? await db.captures.get(id) : undefined
    const name = of ? await siteName(db, of.site_id) : isSite ? await siteName(db, id) : ''
    const to = of ? `/visits/${id}${of.status === 'draft' ? '' : '/summary'}` : isSite ? `/sites/${id}` : null
    const why = problem ?? { code: '', title: texts.photoRefused }
    return { key: sha256, name: texts.photoOf(name), problem: why, n: null, to, office: null }
  }))
}

async function differing(db: FieldDb, signed: Capture[]): Promise<Refused[]> {
  return Promise.all(signed.filter(receiptDiffers).map(async ({ id }): Promise<Refused> => ({
    key: id, name: (await rowName(db, id)) ?? '', problem: { code: '', title: texts.differs, detail: texts.differsText }, n: null,
    to: `/visits/${id}/summary`, office: null,
  })))
}

async function conflictsOf(db: FieldDb): Promise<Disagreement[]> {
  const told: Omit<ConflictRow, 'b' | 'type' | 'op' | 'base' | 'at' | 'settled_at'>[] = await db.conflicts.toArray()
  const known = new Set(told.map(({ id }) => id))
  // What a push has just said comes with the next pull as well.
  await db.outbox.where('state').equals('done').filter(({ conflicts }) => conflicts.length > 0).each((row) => {
    const fresh = row.conflicts.filter(({ id }: ToldConflict) => !known.has(id))
    told.push(...fresh.map((conflict) => ({ ...conflict, row_id: row.id, state: 'open' as const, note: null })))
  })
  const named = await Promise.all(told.map(async ({ id, row_id, field, kept, theirs, state, note }): Promise<Disagreement> => ({
    id, name: (await rowName(db, row_id)) ?? '', field: await fieldName(db, row_id, field), kept: valueWords(field, kept),
    mine: valueWords(field, theirs), state, note,
  })))
  return named.sort((a, b) => Number(a.state !== 'open') - Number(b.state !== 'open') || b.id.localeCompare(a.id))
}

async function returnedOf(db: FieldDb, captures: Capture[]): Promise<Returned[]> {
  const refused = await refusedVisits(db)
  const amended = new Set(captures.filter(({ id, status }) => status === 'signed' && !refused.has(id)).map(({ replaces }) => replaces))
  const back = await db.visits.filter((visit) => isReturned(visit, amended)).toArray()
  return Promise.all(back.map(async (visit): Promise<Returned> => ({
    visit, name: (await rowName(db, visit.id)) ?? '', reason: visit.review_note?.reason ?? '',
    items: Object.keys(visit.review_note?.items ?? {}).length,
  })))
}

async function arrivedOf(db: FieldDb, signed: Capture[], most: number): Promise<Part<Arrived>> {
  const done = new Set((await db.outbox.where('state').equals('done').filter(({ t }) => t === 'visit').toArray()).map(({ id }) => id))
  const there = signed.filter((capture) => (capture.receipt ? receiptFits(capture) : done.has(capture.id)))
  // What still lacks photos comes first, then the newest.
  const rank = (capture: Capture) => (capture.receipt ? Date.parse(capture.receipt.at) : Infinity)
  there.sort((a, b) => (rank(a) === rank(b) ? b.id.localeCompare(a.id) : rank(b) - rank(a)))
  const shown = await Promise.all(there.slice(0, most).map(async ({ id, site_id, at, receipt }): Promise<Arrived> => ({
    id, name: await siteName(db, site_id), begun: at, at: receipt?.at ?? null,
    missing: receipt ? 0 : (await db.visits.get(id))?.photos_missing.length ?? 0,
  })))
  return { shown, count: there.length }
}

async function waitingOf(db: FieldDb, most: number): Promise<Part<Waiting>> {
  const rows = (await db.outbox.where('state').equals('waiting').toArray()).sort((a, b) => a.n - b.n)
  const named = async ({ n, operation, sent }: OutboxRow): Promise<Waiting> => ({ n, sent, name: await operationName(db, operation) })
  const shown = await Promise.all(rows.slice(0, most).map(named))
  return { shown, count: rows.length }
}

/** The whole of it, with at most `most` of what waits and of what arrived. */
export async function deliveryOf(db: FieldDb, most: number): Promise<Delivery> {
  const captures = await db.captures.toArray()
  const signed = captures.filter(({ status }) => status === 'signed')
  const kept = await photosToSend(db)
  const [operations, elsewhere, photos, odd] = await Promise.all([
    refusedOperations(db), refusedElsewhere(db), refusedPhotos(db), differing(db, signed),
  ])
  return {
    waiting: await waitingOf(db, most),
    refused: [...operations, ...photos, ...odd], elsewhere,
    unfinished: await db.quarantine.filter(({ state, problem }) => state === 'open' && problem.code === UNFINISHED).count(),
    returned: await returnedOf(db, captures), conflicts: await conflictsOf(db), arrived: await arrivedOf(db, signed, most),
    photos: { count: kept.length, bytes: kept.reduce((sum, { bytes }) => sum + bytes, 0) }, preparing: await db.intake.count(),
    drafts: captures.length - signed.length, lost: await db.kept<[number, number][]>('lost_numbers', []),
  }
}
