// What a person sees: the copy of the server's rows with the outbox laid over it. Nobody writes an edit into the copy.
import type { FieldDb, SiteCopy } from '../db/database'
import type { Operation, OutboxRow } from '../db/local'
import type { TaskRow } from '../db/rows'
import { initialsOf } from './initials'

const NESTED = new Set(['answers', 'attributes', 'photos'])

/** `row` with the fields of `set`: members of answers, attributes and photos one by one, where null takes a member away. */
export function mergeFields<T extends object>(row: T, set: Record<string, unknown>): T {
  const merged = { ...row } as Record<string, unknown>
  for (const [field, value] of Object.entries(set)) {
    if (!NESTED.has(field) || value === null || typeof value !== 'object') {
      merged[field] = value
      continue
    }
    const members: Record<string, unknown> = { ...(merged[field] as object | undefined) }
    for (const [name, member] of Object.entries(value)) {
      if (member === null) delete members[name]
      else members[name] = member
    }
    merged[field] = members
  }
  return merged as T
}

/** A site as its create says it, before the server told anything of it. */
export function madeSite(id: string, set: Record<string, unknown>): SiteCopy {
  const empty = {
    b: '', id, rev: 1, type: '', name: '', grid: '', active: true, address: '', contact: '', phone: '', uscc: null, licence_number: null,
    licence_until: null, registration_number: null, risk_grade: null, attributes: {}, place: null, findings: [], last_visit: null, due: [],
  }
  const made = mergeFields<Omit<SiteCopy, 'initials'>>(empty, set)
  return { ...made, b: made.grid, initials: initialsOf(made.name) }
}

function laidOver(copy: SiteCopy | undefined, operations: Operation[]): SiteCopy | undefined {
  let seen = copy
  for (const { kind, id, set } of operations) {
    if (kind === 'create') seen ??= madeSite(id, set)
    else if (seen) seen = mergeFields(seen, set)
  }
  return seen && seen.name !== copy?.name ? { ...seen, initials: initialsOf(seen.name) } : seen
}

/** Operations of one type that the server has not answered, in order, by row. */
async function waiting(db: FieldDb, t: Operation['t'], id?: string): Promise<Map<string, Operation[]>> {
  const rows: OutboxRow[] = id === undefined
    ? await db.outbox.where('state').anyOf('waiting', 'stuck').filter((row) => row.t === t).toArray()
    : await db.outbox.where('[t+id]').equals([t, id]).filter((row) => row.state === 'waiting' || row.state === 'stuck').toArray()
  const found = new Map<string, Operation[]>()
  for (const { operation } of rows.sort((a, b) => a.n - b.n)) found.set(operation.id, [...(found.get(operation.id) ?? []), operation])
  return found
}

/** A site as the person sees it, with their unsent changes; also one that they found on the street and that waits. */
export async function seenSite(db: FieldDb, id: string): Promise<SiteCopy | undefined> {
  const [copy, over] = await Promise.all([db.sites.get(id), waiting(db, 'site', id)])
  return laidOver(copy, over.get(id) ?? [])
}

/** All sites as the person sees them. */
export async function seenSites(db: FieldDb): Promise<SiteCopy[]> {
  const [copies, over] = await Promise.all([db.sites.toArray(), waiting(db, 'site')])
  if (!over.size) return copies
  const seen = copies.map((copy) => laidOver(copy, over.get(copy.id) ?? []) as SiteCopy)
  const known = new Set(copies.map((copy) => copy.id))
  for (const [id, operations] of over) {
    const made = known.has(id) ? undefined : laidOver(undefined, operations)
    if (made) seen.push(made)
  }
  return seen
}

/** All tasks as the person sees them. */
export async function seenTasks(db: FieldDb): Promise<TaskRow[]> {
  const [copies, over] = await Promise.all([db.tasks.toArray(), waiting(db, 'task')])
  return copies.map((copy) => (over.get(copy.id) ?? []).reduce((seen, { set }) => mergeFields(seen, set), copy))
}
