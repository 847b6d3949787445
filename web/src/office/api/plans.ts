// What the server answers about plans (docs/api.md, "Plans and checklists" and "Publishing a plan").
export type ClauseKind = 'field' | 'target' | 'report' | 'organizational'
export type ServedBy = 'items' | 'indicators' | 'report' | 'nothing'
export interface Period { from: string; to: string }
export interface Target { op: string; value: number; unit: string; inferred: boolean }
export interface PlanHead {
  id: string; title: string; doc_number: string | null; issuer: string; region: string; region_name: string | null; period: Period
  clauses: number; indicators: number; version: number | null; in_force: boolean
}
export interface PlanIndicator {
  id: string; clause: string; article: string; title: string; measure: string; target: Target; level: string | null
  window: { kind: string; season: string | null; deadline: string | null }; note: string | null
}
export interface PlanReport {
  id: string; title: string; kind: 'once' | 'annual' | 'quarterly' | 'monthly'; due: string; article: string
}
export interface PlanSummary {
  id: string; title: string; doc_number: string | null; issuer: string; region: string; period: Period
  clauses: { id: string }[]; indicators: PlanIndicator[]; reports: PlanReport[]
}
export interface ClauseRow {
  clause: string; article: string; quote: string; kind: ClauseKind; departments: string[]; site_types: string[]
  note: string | null
  served_by: ServedBy; why: string | null; items: string[]; indicators: string[]; reports: string[]
}
export interface Coverage {
  plan: string; clauses: ClauseRow[]; items: Record<string, string>; indicators: Record<string, string>; reports: Record<string, string>
}
export interface PlanVersion {
  plan: string; n: number; title: string; region: string; digest: string; note: string;
  made_by: string; name: string | null; made_at: string
}
export interface Versions { plan: string; in_force: boolean; versions: PlanVersion[] }
export interface VersionText extends PlanVersion { text: string }

/** A field before and after. */
export type Fields = Record<string, [unknown, unknown]>
export type Whole = Record<string, unknown> & { id: string; article?: string; title?: string; quote?: string }
export interface Part { added: Whole[]; removed: Whole[]; changed: { id: string; article?: string; title?: string; fields: Fields }[] }
export interface Changes {
  head: Fields; clauses: Part; indicators: Part; reports: Part; seasons: Part
  /** Questions of the items that came to clauses or went from them. */
  items: Record<string, string>
}

export interface Mistake { file: string; line: number; key: string; message: string; remedy: string }
export interface ChangedItem { link_id: string; question: string; key: boolean }
export interface Cited { plan: string; article: string; clause: string }
export interface ChangedChecklist {
  site_type: string; title: string; counties: string[]; state: 'new' | 'changed' | 'gone'
  added: ChangedItem[]; removed: ChangedItem[]
  cited: (ChangedItem & { added: Cited[]; removed: Cited[] })[]; worded: ChangedItem[]; sites: number
}
export interface Preview extends Changes {
  new: boolean; withdrawn: boolean; unchanged: boolean; checklists: ChangedChecklist[]; sites: number
}
export interface Checked {
  ok: boolean; mistakes: Mistake[]; plan: Omit<PlanHead, 'region_name' | 'version' | 'in_force'> | null; digest: string | null
  may_publish: boolean; preview: Preview | null
}
export interface PublishedPlan { id: string; changed: boolean; version: number }

/** A plan's text is at most so many characters. */
export const MOST = 2_000_000
