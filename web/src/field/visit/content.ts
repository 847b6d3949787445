// The content of a visit: what its operation carries, and the hash that the server's receipt must name (docs, "Receipts").
import canonicalize from 'canonicalize'

import { sha256Of } from '@/shared/sha256'

import type { FieldDb } from '../db/database'
import type { AnswerRow, Capture } from '../db/local'
import type { Answer, Answers } from '../db/rows'

const DETAILS = ['place', 'end_place', 'ended_at', 'officers', 'signature', 'photos', 'operator_word', 'note'] as const

function isGiven(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return false
  return typeof value !== 'object' || Object.keys(value).length > 0
}

/** An answer as it travels; null when nothing is in it. */
export function answerOf({ mark, value, note, photos }: Answer): Answer | null {
  const answer = Object.fromEntries(Object.entries({ mark, value, note, photos }).filter(([, part]) => isGiven(part)))
  return Object.keys(answer).length ? answer : null
}

/** Rows of answers as they travel, by item. */
export function answersOf(rows: AnswerRow[]): Answers {
  const answers: Answers = {}
  for (const row of rows) {
    const answer = answerOf(row)
    if (answer) answers[row.link_id] = answer
  }
  return answers
}

export interface Content { set: Record<string, unknown>; text: string }

/** The fields of the visit's create, and the canonical JSON whose hash names the content. */
export function contentOf(capture: Capture, rows: AnswerRow[]): Content {
  const { id, site_id, checklist, document_type, at, replaces } = capture
  const answers = answersOf(rows)
  const details = Object.fromEntries(DETAILS.filter((field) => isGiven(capture[field])).map((field) => [field, capture[field]]))
  const named = { site_id, checklist, document_type }
  const hashed = { id, ...named, replaces, phone_at: Date.parse(at), status: 'signed', answers, details }
  const set = { ...named, at, status: 'signed', ...(replaces && { replaces }), answers, ...details }
  return { set, text: canonicalize(hashed) as string }
}

/** What is in a capture now: the fields of its create, and the hash. Raises when there is no such capture. */
export async function assemble(db: FieldDb, captureId: string): Promise<Content & { sha256: string }> {
  const capture = await db.captures.get(captureId)
  if (!capture) throw new Error(`no capture ${captureId}`)
  const content = contentOf(capture, await db.answers.where('visit').equals(captureId).toArray())
  return { ...content, sha256: await sha256Of(new TextEncoder().encode(content.text)) }
}
