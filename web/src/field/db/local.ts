// What the phone itself makes: visits in work, answers, photos, and the operations that carry them to the server.
import type { Answer, PhotoCapture, Place, Receipt, ReviewNote, Signature, ToldProblem } from './rows'

/** A visit that was begun on this phone. Its answers lie in `answers`, one row each, so that a tap writes little. */
export interface Capture {
  id: string; site_id: string
  /** What the site was called when it was begun: its row may leave the phone before the visit does. */
  site_name?: string
  /** Version of the checklist to which it is pinned. */
  checklist: string
  document_type: 'patrol' | 'inspection'
  /** draft until the person signs; signed ones never change. */
  status: 'draft' | 'signed'
  /** The phone's time at the beginning, RFC 3339 with offset. */
  at: string
  place: Place | null; end_place: Place | null; ended_at: string | null
  note: string; operator_word: string; signature: Signature | null
  officers: { name: string; certificate: string }[]
  /** What is known of each photo that the visit names. */
  photos: Record<string, PhotoCapture>
  /** The visit that this one amends, and what the office wrote when it sent that one back. */
  replaces: string | null; returned: ReviewNote | null
  /** Number of the refused operation that this one hands in anew. */
  mends?: number
  /** Items with an open finding when it was begun: what is rechecked. */
  recheck: string[]
  /** The item that was worked on last: where to go on. */
  position: string | null
  touched_at: string; signed_at: string | null
  /** Set by the sync: hash of the content as this phone computes it, receipt, and how it ended. */
  sha256: string | null; receipt: Receipt | null
}

/** One answer of a capture. */
export interface AnswerRow extends Answer { visit: string; link_id: string; at: string }

/** An operation exactly as it travels (docs/sync-protocol.md, "Operation"). It never changes once it was made. */
export interface Operation {
  n: number; op: string; t: 'visit' | 'site' | 'task'; id: string; kind: 'create' | 'patch' | 'delete'
  base?: number | null; was?: Record<string, unknown>; set: Record<string, unknown>; at: string
}

/** A value of this phone that the server did not take. */
export interface ToldConflict { id: string; field: string; base: number | null; kept: unknown; theirs: unknown }

/** An operation in the outbox (waiting), or kept after its result: it may have to be sent again (docs, "What to keep"). */
export interface OutboxRow {
  n: number; op: string; t: Operation['t']; id: string
  operation: Operation
  /**
   * waiting: to be sent. done: the result is stored. rejected: in quarantine, a person has to look. settled: looked at. stuck: fails alone
   * on the server (500).
   */
  state: 'waiting' | 'done' | 'rejected' | 'settled' | 'stuck'
  /** How often it was sent. */
  sent: number
  status: string | null; problem: ToldProblem | null; conflicts: ToldConflict[]
  done_at: string | null
}

/** A photo on this phone; its bytes lie in `blobs`. `owners` are `visit:ID` and `site:ID`. */
export interface PhotoRow {
  sha256: string; owners: string[]; bytes: number; mime: string; width: number; height: number
  /** kept: on the phone only. stored: on the server. refused: the server cannot use it (problem). */
  state: 'kept' | 'stored' | 'refused'
  /** Bytes that the server confirmed, and where the upload goes on. */
  sent_bytes: number; upload_url: string | null
  problem: ToldProblem | null; taken_at: string; stored_at: string | null
}

export interface BlobRow { sha256: string; blob: Blob }

/** A picture as it came from the camera or the gallery, until it is resized: written first, so that nothing can lose it. */
export interface IntakeRow {
  id: string; owner: string; link_id: string | null; blob: Blob; at: string; source: 'camera' | 'gallery'; place: Place | null
  failed: string | null
}

/** Whom this database belongs to, and what the server allows. */
export interface SessionRow {
  login: string; name: string; role: string; regions: string[]; user_id: string
  device_id: string; token: string | null
  limits: { push_operations: number; push_bytes: number; pull_changes: number; schema: number; oldest_schema: number }
  /** Server time minus phone time at the last contact, milliseconds. */
  offset_ms: number
}
