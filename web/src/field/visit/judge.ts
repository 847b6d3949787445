// Answers -> marks, findings, errors: the twin of checklists/answers.py. The server judges again and has the last word.
import type { Answer, Answers, AnswerValue, Checklist, Item, Mark } from '../db/rows'
import { addDays } from '../stores/clock'
import { ASIDE, leastPhotos, lengthOf, VALIDATORS, type ErrorCode, type Validate } from './validators'

/** A failed item: what is to be done, and by when. */
export interface Failure { link_id: string; key: boolean; note: string | null; action: string; due_on: string }
export interface AnswerError { link_id: string; code: ErrorCode }

/** What a visit's answers come to. Lists are in checklist order. */
export interface Judgement {
  marks: Record<string, Mark>
  /** Items that are asked, with the answers as they are. */
  enabled: Set<string>
  findings: Failure[]
  missing: string[]
  wantingPhotos: string[]
  errors: AnswerError[]
}

export const LONGEST_NOTE = 2000
const MOST_PHOTOS = 50
const SHA256 = /^[0-9a-f]{64}$/

interface Entry { item: Item; validate: Validate; byValue: boolean; wanted: ReadonlySet<unknown> | null; least: number }

const WANTED = { on_fail: new Set(['fail']), on_pass: new Set(['pass']), never: new Set<string>(), always: null }
const prepared = new WeakMap<Checklist, Entry[]>()

/** All questions of a checklist in their order. */
export const itemsOf = (checklist: Checklist): Item[] => checklist.sections.flatMap(({ items }) => items)

function entriesOf(checklist: Checklist): Entry[] {
  const known = prepared.get(checklist)
  if (known) return known
  const items = itemsOf(checklist)
  const kinds = new Map(items.map(({ link_id, kind }) => [link_id, kind]))
  const entries = items.map((item): Entry => ({
    item, validate: VALIDATORS[item.kind](item), byValue: !!item.enable_when && kinds.get(item.enable_when.item) === 'choice',
    wanted: item.kind === 'photo' ? null : WANTED[item.photo.when], least: item.kind === 'photo' ? leastPhotos(item) : item.photo.min,
  }))
  prepared.set(checklist, entries)
  return entries
}

/** What a valid value of a choice is kept as, for the items that depend on it; a certificate's last day, a number … are of no use here. */
const keptValue = (value: AnswerValue | null | undefined): string | undefined => (typeof value === 'string' ? value : undefined)

const isEmpty = (value: unknown): boolean => !value || (typeof value === 'object' && Object.keys(value).length === 0)
const arePhotos = (shas: unknown): shas is string[] =>
  Array.isArray(shas) && shas.length <= MOST_PHOTOS && shas.every((sha) => typeof sha === 'string' && SHA256.test(sha))

/** Judges the answers of a visit on the local day `day` (`2025-05-01`). Never raises for what an answer holds. */
export function judge(checklist: Checklist, answers: Answers, day: string): Judgement {
  const marks: Record<string, Mark> = {}
  const values: Record<string, string> = {}
  const found: Judgement = { marks, enabled: new Set(), findings: [], missing: [], wantingPhotos: [], errors: [] }
  const known = new Set<string>()
  for (const { item, validate, byValue, wanted, least } of entriesOf(checklist)) {
    const { link_id, enable_when, remedy } = item
    known.add(link_id)
    const given = answers[link_id] as Answer | null | undefined
    if (enable_when && !enable_when.in.includes((byValue ? values : marks)[enable_when.item])) continue
    found.enabled.add(link_id)
    if (given === undefined || given === null) { found.missing.push(link_id); continue }
    if (typeof given !== 'object' || Array.isArray(given)) { found.errors.push({ link_id, code: 'wrong-kind' }); continue }
    let { note = null, photos } = given
    if (note !== null && (typeof note !== 'string' || lengthOf(note) > LONGEST_NOTE)) {
      found.errors.push({ link_id, code: 'bad-note' })
      note = null
    }
    if (isEmpty(photos)) photos = undefined
    else if (!arePhotos(photos)) {
      found.errors.push({ link_id, code: 'bad-photo' })
      photos = undefined
    }
    const { mark, error } = validate({ ...given, photos }, day)
    if (error) { found.errors.push({ link_id, code: error }); continue }
    if (mark) {
      marks[link_id] = mark
      if (mark === 'fail' && remedy && !item.advisory) {
        found.findings.push({ link_id, key: item.key, note, action: remedy.action, due_on: addDays(day, remedy.days) })
      }
    } else if ((given.value === undefined || given.value === null) && (item.kind !== 'photo' || !photos)) {
      found.missing.push(link_id)
      continue
    }
    const kept = item.kind === 'choice' ? keptValue(given.value) : undefined
    if (kept !== undefined) values[link_id] = kept
    if (least && (photos?.length ?? 0) < least && (wanted ? wanted.has(mark) : !ASIDE.has(mark))) found.wantingPhotos.push(link_id)
  }
  for (const link_id of Object.keys(answers)) if (!known.has(link_id)) found.errors.push({ link_id, code: 'unknown-item' })
  return found
}

