// What the server answers about the sites of the ledger, their history, their map and their import (docs/api.md, "Sites").
import type { Problem } from '@/shared/api/problem'

import { client } from '../stores/session'
import { query } from './ask'

export type Crs = 'WGS84' | 'CGCS2000' | 'GCJ02' | 'BD09'
export interface Place { lon: number; lat: number; crs: Crs; accuracy?: number | null; source?: string; mock?: boolean | null }
export interface Licence { state: 'none' | 'undated' | 'valid' | 'soon' | 'expired'; days_left: number | null }

/** What a person may change of a site. */
export interface SiteFields {
  type: string; name: string; grid: string; active: boolean; address: string; contact: string; phone: string
  uscc: string | null; licence_number: string | null; licence_until: string | null; registration_number: string | null
  risk_grade: string | null; attributes: Record<string, unknown>; place: Place | null
}

/** A site as it stands in the ledger. */
export interface Site extends SiteFields {
  id: string; rev: number; lon: number | null; lat: number | null; photos: Record<string, { at?: string | null; source?: string | null }>
  grid_name: string | null; town_name: string | null; open_findings: number
  last_visit: { id: string; at: string; verdict: string } | null
  licence: Licence
}
/** A site by itself. */
export interface SiteWhole extends Site { photos_missing: string[] }

export interface Change {
  rev: number; changes: Record<string, [unknown, unknown]>; at: string; by: string | null; name: string | null; why: string
}

export type MapState = 'findings' | 'due' | 'fine'
export type Point = [id: string, lon: number, lat: number, type: string, state: MapState]
export interface Points { points: Point[]; more: boolean }

export interface RowError { row: number; column: string; code: string; message: string; remedy: string }
export interface RowChange { row: number; action: 'create' | 'update'; id: string; name: string; changes: Record<string, [unknown,
  unknown]> }
/** What an import did or, with `dry_run`, would do. */
export interface Imported {
  created: number; updated: number; unchanged: number; rejected: number; errors: RowError[]; warnings: RowError[]
  dry_run?: boolean; rows?: RowChange[]
}
export interface ImportAsked { region: string; crs?: string; all_or_nothing?: boolean; dry_run?: boolean }

/** Hands a ledger in: to look at it (`dry_run`) or for real. Raises Problem. A county's whole ledger may take minutes. */
export function sendLedger(file: File, asked: ImportAsked): Promise<Imported> {
  const body = new FormData()
  body.set('file', file)
  return client.json<Imported>(`/api/v1/sites/import${query({ ...asked })}`, { method: 'POST', body, timeout: 600_000 })
}

/** What the server says of each field, by the field's own name; empty when the problem is not about fields. */
export function fieldErrors(problem: Problem | null): Record<string, string> {
  const told = Array.isArray(problem?.errors) ? (problem.errors as { field?: string; message?: string }[]) : []
  return Object.fromEntries(told.filter(({ field, message }) => field && message)
    .map(({ field, message }) => [field!.replace(/^set\./, ''), message!]))
}
