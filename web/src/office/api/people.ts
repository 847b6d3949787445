// What the server tells of people, their devices, the regions they answer for, and what was done. See docs/api.md.
import type { Problem } from '@/shared/api/problem'

import type { Role } from '../stores/session'
import { client } from '../stores/session'

export interface User {
  id: string; login: string; name: string; role: Role; regions: string[]; region_names: string[]; active: boolean; rev: number
  created_at: string; devices: number; seen_at: string | null
}
/** A password that the server made and tells this once. */
export interface Given { id: string; login: string; password: string; name?: string }

export interface Device {
  id: string; label: string; kind: 'phone' | 'browser'; login: string; name: string; region: string; region_name: string | null;
    seen_at: string
  /** Operations that it still held when last heard from; null when it never told. */
  unsent: number | null
  offset_ms: number | null; app: string; schema: number | null; last_n: number; acked: number; gaps: [number, number][]
  revoked_at: string | null
}

export interface Entry {
  seq: number; org: string; at: string; actor: string; login: string | null; name: string | null; action: string; subject: string
  /** What the subject is called now. */
  subject_name: string | null
  detail: Record<string, unknown>
}

export type Base = 'resident' | 'registered'
export interface Residents { year: number; base: Base; residents: number; source: string }
export type Level = 'province' | 'city' | 'county' | 'town' | 'village' | 'grid'
/** A region of a list with `counts=sites`. */
export interface Counted {
  code: string; name: string; level: Level; parent: string | null; sites: number; bounded: boolean
  residents: Omit<Residents, 'source'> | null
}
export type Boundary = GeoJSON.Polygon | GeoJSON.MultiPolygon
export interface RegionWhole {
  code: string; name: string; level: Level; parent: string | null; boundary: Boundary | null; valid_from: string | null
  valid_to: string | null; next_grid: string | null; residents: Residents[]; below: { code: string; name: string; level: Level }[]
}

/** All rows of a list, page after page. `path` ends with its query. Raises Problem. */
export async function everyRow<T>(path: string, key: string): Promise<T[]> {
  const rows: T[] = []
  for (let after: string | null = ''; after !== null;) {
    const page: Record<string, unknown> & { next: string | null } = await client.json(
      `${path}${after && `&after=${encodeURIComponent(after)}`}`)
    rows.push(...(page[key] as T[]))
    after = page.next
  }
  return rows
}

interface Told { field?: string; message?: string }
const errorsOf = (problem: Problem | null) => (Array.isArray(problem?.errors) ? (problem.errors as Told[]) : [])

/** What the server said of a field and of what lies in it. */
export const saidOf = (problem: Problem | null, field: string): string => errorsOf(problem)
  .filter((error) => error.field === field || error.field?.startsWith(`${field}.`)).map(({ message }) => message).join('；')

/** The problem without what is shown beside these fields; null when nothing else is left to tell. */
export function besides(problem: Problem | null, fields: string[]): Problem | null {
  const errors = errorsOf(problem)
  const shown = (error: Told) => fields.some((field) => error.field === field || error.field?.startsWith(`${field}.`))
  return errors.length && errors.every(shown) ? null : problem
}
