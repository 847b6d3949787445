// What the server answers about visits that wait, about one visit, and about the rules of a county (docs/api.md, "Review", "Visits").
import type { components } from '@/shared/api/schema'

type Told = components['schemas']
export type Answer = Told['Answer']
export type Answers = Told['Answers']
export type Item = Told['Item']
export type Mark = Told['Mark']
export type Checklist = Told['Checklist']
export type Details = Told['VisitDetails']
export type ToldProblem = Told['ToldProblem']

export interface Flag { code: string; title: string }
export interface Person { id: string; name: string }
export interface Failed { key: number; general: number }
export interface FirstApproval { by: string; name: string; at: string }
export type Queue = 'new' | 'again' | 'second' | 'returned'

/** A visit as it stands in the queue. */
export interface Queued {
  id: string; rev: number; queue: Queue
  site: { id: string; name: string; type: string; address: string }
  grid: string; grid_name: string | null; town_name: string | null
  inspector: Person
  at: string; received_at: string; queued_at: string; waiting_days: number; overdue: boolean
  document_type: string; verdict: string
  findings: Failed; flags: Flag[]
  photos: { named: number; missing: number }
  replaces: string | null; first_approval: FirstApproval | null
}
export type Counts = Record<Queue | 'overdue' | 'flagged', number>
export interface QueuePage { visits: Queued[]; next: string | null; counts: Counts }

export interface Finding { id: string; item: string; key: boolean; opened_on: string; due_on: string; closed_by: string | null;
  closed_on: string | null }
/** A visit whole. */
export interface Visit {
  id: string; rev: number; site_id: string; site: string; site_type: string; site_address: string; site_active: boolean
  site_place: { lon: number; lat: number; accuracy: number | null } | null
  grid: string; grid_name: string | null; town_name: string | null
  document_type: string; checklist: string; status: string; review: string; verdict: string
  inspector: string; inspector_id: string; device_id: string
  at: string; phone_at: string; offset_ms: number; received_at: string
  replaces: string | null; replaced_by: string | null
  queue: Queue | ''; queued_at: string | null; flags: Flag[]; failed: Failed; late: boolean
  first_approval: FirstApproval | null
  review_note: { reason?: string; items?: Record<string, string> } | null
  reviewed_at: string | null; reviewed_by: string | null; reviewer: string | null
  photos_missing: string[]; complete: boolean
  answers: Answers; details: Details; findings: Finding[]
}

export interface Reason { code: string; text: string; effect: string }
export interface Graded { grade: string | null; grade_title: string | null; reasons: Reason[] }
export interface Photo extends Graded {
  sha256: string; items: string[]; stored: boolean; received_at: string | null; size: number | null
  facts: { width?: number; height?: number; taken?: string; make?: string; model?: string; software?: string } | null
  capture: { at?: string; source?: string; corrected_at?: string } | null
  distance_m: number | null; exif_distance_m: number | null
  stamp: string[]; urls: { thumb: string; screen: string; full: string }
  twins?: { visit?: string; site?: string; at?: string }[]
}
export interface PlaceShown extends Graded { which: 'start' | 'end'; given: { accuracy?: number; source?: string }; lon: number;
  lat: number; distance_m: number | null }
export interface Pictures { visit: string; complete: boolean; missing: string[]; photos: Photo[]; places: PlaceShown[] }

export interface Decision { visit: string; at: string; by: { id: string; name: string | null }; decision: string; reason: string;
  items: Record<string, string> }
export interface Trail {
  visits: { id: string; at: string; received_at: string; inspector: string; review: string; verdict: string }[]
  decisions: Decision[]
}
export interface SiteVisit {
  id: string; at: string; document_type: string; verdict: string; review: string; queue: string; replaced_by: string | null
  findings: Failed; inspector: Person
}

export interface Rules {
  second_approval: 'never' | 'findings' | 'always'; review_days: number; frequencies: Record<'A' | 'B' | 'C' | 'D', number>
  silent_days: number; late_days: number
}
export interface CountyRules { org: string; name: string; rules: Rules; rev: number; updated_by: string | null; updated_at: string | null }
export interface SavedView { id: string; page: string; name: string; query: Record<string, string> }
export interface BulkResult { id: string; status: 'approved' | 'second' | 'refused'; rev?: number; problem?: ToldProblem }

/** Whether a visit may be approved with others at once: nothing in it has to be opened first. */
export function isClean(visit: Queued, me: string | undefined): boolean {
  return visit.queue !== 'returned' && !visit.flags.length && !visit.findings.key && !visit.findings.general && !visit.photos.missing
    && visit.inspector.id !== me && visit.first_approval?.by !== me
}
