// Writing into the copy of the server's rows: what a pull brings, what a result says.
import type { Table } from 'dexie'

import type { FieldDb } from '../db/database'
import type { Operation } from '../db/local'
import type { SiteRow, VisitRow } from '../db/rows'
import { initialsOf } from '../stores/initials'
import { madeSite, mergeFields } from '../stores/overlay'
import type { Result } from './push'

/** Tables of the copy by the type that the wire calls them. */
export function copyTables(db: FieldDb): Record<string, Table> {
  return {
    region: db.regions, plan: db.plans, checklist: db.checklists, site: db.sites, task: db.tasks, visit: db.visits,
    quarantine: db.quarantine, conflict: db.conflicts,
  } as Record<string, Table>
}

/** The key of a row in its table: checklists and plans are known by their bucket too. */
export function keyOf(t: string, b: string, id: string): string | [string, string] {
  return t === 'checklist' || t === 'plan' ? [b, id] : id
}

/** A site as it lies in the copy, with what a search looks for. */
export function siteCopy(row: SiteRow): SiteRow & { initials: string } {
  return { ...row, initials: initialsOf(row.name) }
}

const VISIT_PLAIN = new Set(['status', 'answers'])

/** A visit's `set` in the shape of its row: what is neither status nor answers lies in `details`. */
function visitWith(copy: VisitRow, set: Record<string, unknown>): VisitRow {
  const plain = Object.fromEntries(Object.entries(set).filter(([field]) => VISIT_PLAIN.has(field)))
  const details = Object.fromEntries(Object.entries(set).filter(([field]) => !VISIT_PLAIN.has(field)))
  return { ...mergeFields({ answers: {}, ...copy }, plain), details: mergeFields(copy.details ?? {}, details) }
}

const GIVEN_ONCE = ['site_id', 'checklist', 'document_type', 'at', 'replaces']

async function madeVisit(db: FieldDb, id: string, set: Record<string, unknown>, offset_ms: number, at: string): Promise<VisitRow> {
  const site = await db.sites.get(String(set.site_id))
  const empty = {
    b: site?.b ?? '', id, site_id: String(set.site_id), grid: site?.grid ?? '', document_type: set.document_type, checklist: set.checklist,
    status: 'draft', replaces: set.replaces ?? null, replaced_by: null, verdict: null, rev: 1, at: set.at, phone_at: set.at, offset_ms,
    received_at: at, review: 'received', review_note: null, reviewer: null, reviewed_at: null, receipt: null, photos_missing: [],
  } as unknown as VisitRow
  return visitWith(empty, Object.fromEntries(Object.entries(set).filter(([field]) => !GIVEN_ONCE.includes(field))))
}

/** A visit's result row is what the server made of it; findings and the like are no part of a pulled row. */
function visitTold(copy: VisitRow, result: Result): VisitRow {
  const row = result.row ?? {}
  const told: Record<string, unknown> = {}
  for (const key of ['at', 'status', 'review', 'verdict', 'answers', 'details']) if (key in row) told[key] = row[key]
  return {
    ...copy, ...told, rev: result.rev ?? copy.rev, receipt: result.receipt ?? copy.receipt,
    photos_missing: result.receipt ? [] : result.photos_missing ?? copy.photos_missing,
  }
}

/**
 * Puts what became of an operation into the copy: copy + set, then the server's row, unless a pull brought a newer revision already. Runs
 * in the transaction of takeResults. `told`: the clock difference and the time of the answer.
 */
export async function mergeResult(
  db: FieldDb, operation: Operation, result: Result, told: { offset_ms: number; server_time: string },
): Promise<void> {
  const { t, id, kind, set } = operation
  const table = copyTables(db)[t]
  if (kind === 'delete') return table.delete(id)
  // The result shrank, and what it no longer says cannot be guessed: the pull has the row.
  if (result.collected || result.rev === undefined) return
  const copy = (await table.get(id)) as { rev: number; b: string } | undefined
  if (copy && copy.rev > result.rev) return
  const partly = result.status === 'merged' || result.status === 'conflict'
  if (partly && !result.row) return
  if (t === 'visit') {
    if (!copy && kind !== 'create') return
    const mine = kind === 'create' && !copy ? await madeVisit(db, id, set, told.offset_ms, told.server_time)
      : kind === 'create' ? (copy as unknown as VisitRow) : visitWith(copy as unknown as VisitRow, set)
    await db.visits.put(visitTold(mine, result))
    return
  }
  if (!copy && kind !== 'create') return
  const base = copy ?? madeSite(id, set)
  const merged = { ...mergeFields(base, kind === 'create' && copy ? {} : set), ...result.row, id, rev: result.rev }
  if (t === 'task') await table.put(merged)
  else {
    // A site that is new, or was moved, lies in the bucket of its grid.
    const site = merged as unknown as SiteRow
    await db.sites.put(siteCopy({ ...site, b: copy && !('grid' in set) ? site.b : site.grid }))
  }
}
