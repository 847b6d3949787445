// The server's rows as a pull brings them (docs/sync-protocol.md, "Rows"), each with the bucket `b` under which it is held.

/** The four marks of an item. */
export type Mark = 'pass' | 'fail' | 'not_applicable' | 'not_observed'
export type Crs = 'WGS84' | 'GCJ02' | 'BD09' | 'CGCS2000'

/** A place as it was given. Degrees; `accuracy` in metres. */
export interface Place { lon: number; lat: number; crs: Crs; accuracy?: number; source?: string; mock?: boolean }

/** What the phone knows of one photo. `at` is RFC 3339. */
export interface PhotoCapture { at?: string; source?: 'camera' | 'gallery'; place?: Place }

export interface Certificate { held: boolean; number?: string | null; until?: string | null }
export type AnswerValue = string | number | [number, number] | Certificate

/** One item's answer on the wire. */
export interface Answer { mark?: Mark; value?: AnswerValue; note?: string; photos?: string[] }
export type Answers = Record<string, Answer>

export interface Signature { kind: 'signed' | 'refused' | 'absent'; name?: string; photo?: string; reason?: string }

/** Proof that a visit and its photos are on the server. */
export interface Receipt { visit: string; rev: number; sha256: string; photos: string[]; at: string }

/** An error as the server tells it inside a result or a quarantine row. */
export interface ToldProblem { code: string; title: string; detail?: string; remedy?: string; errors?: unknown; waits_for?: string }

export interface RegionRow {
  b: string; code: string; name: string; level: string; parent: string | null; path: string[]
  boundary: { type: 'Polygon' | 'MultiPolygon'; coordinates: unknown } | null
  valid_from: string | null; valid_to: string | null
}

export interface PlanIndicator {
  id: string; clause: string; article: string; title: string; measure: string; level: string | null
  site_types: string[]; items: string[]; windows: { key: string; title: string; start: string; end: string }[]
}
export interface PlanRow { b: string; id: string; title: string; region: string; period: [string, string]; indicators: PlanIndicator[] }

export interface Citation { plan: string; article: string; clause: string }
export interface Option { value: string; label: string; mark?: Mark | null }
export type Kind = 'mark' | 'choice' | 'number' | 'count_pair' | 'text' | 'date' | 'certificate' | 'photo'

/** A question (docs/items.md), as it stands in a checklist. */
export interface Item {
  link_id: string; question: string; kind: Kind; key: boolean; polarity: 'positive' | 'negative'; advisory: boolean
  photo: { when: 'never' | 'on_fail' | 'on_pass' | 'always'; min: number }
  guidance: string | null; basis: string[]; remedy: { action: string; days: number } | null
  enable_when: { item: string; in: string[] } | null
  citations: Citation[]
  options?: Option[]; unit?: string; min?: number; max?: number; pass_min?: number; pass_max?: number; whole?: boolean
  have_label?: string; of_label?: string; pass_ratio?: number; max_length?: number; max_age_days?: number; validity?: boolean
  recorded_mark?: Mark | null
}
export interface Section { id: string; title: string; items: Item[] }

/** A checklist put together: immutable, named by the hash of its content. */
export interface Checklist { version: string; site_type: string; title: string; sections: Section[] }

/** Which checklist is in force for a site type; its content lies in `contents`. `id` is the site type. */
export interface ChecklistRow { b: string; id: string; site_type: string; region: string; version: string; title: string }

export interface Finding { id: string; item: string; key: boolean; visit: string; action: string; opened_on: string; due_on: string }

/** The fields of a site that a phone may write. */
export interface SiteFields {
  type: string; name: string; grid: string; active: boolean; address: string; contact: string; phone: string
  uscc: string | null; licence_number: string | null; licence_until: string | null; registration_number: string | null
  risk_grade: 'A' | 'B' | 'C' | 'D' | null; attributes: Record<string, unknown>; place: Place | null
  photos?: Record<string, PhotoCapture>
}
export interface SiteRow extends SiteFields {
  b: string; id: string; rev: number; findings: Finding[]; last_visit: { id: string; at: string } | null; due: string[]
  photos_missing?: string[]
}

export interface TaskRow {
  b: string; id: string; grid: string; site_id: string | null; title: string; note: string; due_on: string | null
  reason: { plan: string; indicator: string } | null; state: 'open' | 'done' | 'withdrawn'; result: string; rev: number
}

export interface ReviewNote { reason?: string; items?: Record<string, string> }
export interface VisitRow {
  b: string; id: string; site_id: string; grid: string; document_type: 'patrol' | 'inspection'; checklist: string
  status: 'draft' | 'signed'; replaces: string | null; replaced_by: string | null; verdict: string | null; rev: number
  at: string; phone_at: string; offset_ms: number; received_at: string
  review: 'received' | 'returned' | 'approved' | 'rejected'; review_note: ReviewNote | null; reviewer: string | null; reviewed_at: string | null
  receipt: Receipt | null; photos_missing: string[]; answers?: Answers; details?: Record<string, unknown>
}

export interface QuarantineRow {
  b: string; op: string; n: number; row_id: string; problem: ToldProblem; state: 'open' | 'released' | 'dismissed'
  note: string | null; at: string; settled_at: string | null
}
export interface ConflictRow {
  b: string; id: string; type: string; row_id: string; field: string; op: string; base: number | null; kept: unknown; theirs: unknown
  state: 'open' | 'kept' | 'theirs'; note: string | null; at: string; settled_at: string | null
}
