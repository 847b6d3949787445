// What the server answers about rectifications and notices (docs/api.md, "Rectifications").
export interface Citation { plan: string; article: string; clause: string }
export type Stage = 'open' | 'notified' | 'evidence' | 'to_sign' | 'closed' | 'withdrawn'
export type State = 'open' | 'overdue' | 'due_soon' | 'evidence' | 'to_sign' | 'supervised' | 'escalated' | 'closed'
export type Able = 'deadline' | 'notice' | 'evidence' | 'supervise' | 'unsupervise' | 'escalate' | 'sign_off' | 'reopen'

/** A rectification as it stands in a list. */
export interface Listed {
  id: string; site: { id: string; name: string; type: string }
  grid: string; grid_name: string | null; town_name: string | null
  item: { link_id: string; question: string; key: boolean }
  opened_on: string; due_on: string | null; days_left: number | null; overdue: boolean
  stage: Stage; stage_title: string; supervised: boolean; escalated: boolean
  repeats: number; repeat_of: string | null; visit_id: string; mended_on: string | null; notice_number: string | null
}
export interface RectificationPage { rectifications: Listed[]; next: string | null; counts: Partial<Record<State, number>> }

/** An answer to the item: the one that failed, or a later one. */
export interface Seen {
  visit_id: string; at: string; inspector: string; review: string; mark: string | null; value: unknown
  note: string | null; photos: string[]
  replaced_by?: string | null
}
export interface Document { sha256: string; name?: string; mime?: string; size?: number }
export interface StepData {
  due_on?: string; before?: string; reason?: string; notice?: string; number?: string; note?: string; recheck?: string
  without_recheck?: string; photos?: string[]; documents?: Document[]
}
export interface Step { n: number; kind: string; title: string; at: string; name: string | null; data: StepData }

/** A rectification whole. */
export interface Rectification extends Listed {
  rev: number; can: Able[]; action: string
  site: Listed['site'] & { address: string; contact: string; phone: string; uscc: string; licence_number: string }
  item: Listed['item'] & { remedy: { action: string; days: number } | null; basis: string[] | null; guidance: string | null;
    citations: Citation[] | null }
  found: Seen & { document_type: string }
  steps: Step[]; rechecks: Seen[]; mended_by: string | null
  same: { id: string; opened_on: string; mended_on: string | null; stage: Stage }[]
}

export interface Notice {
  id: string; site_id: string; made_at: string; made_by: string; title: string; number: string; authority: string; office: string
  site: { name: string; address: string; uscc: string; licence_number: string; registration_number: string; phone: string }
  responsible: string; found_on: string[]; inspectors: string[]
  facts: { id: string; question: string; key: boolean; note: string; found_on: string; demand: string; basis: string[] }[]
  bases: string[]; authority_basis: string; demands: string[]; due_on: string; date: string
  opening: string; order: string; remedies: string; copies: string; signatures: string[]
}
