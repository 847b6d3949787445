// A checklist that is published while a draft is open: the person chooses. Whatever they choose, no answer is lost.
//
// The server rejects a visit with answers that its checklist does not know, so those cannot travel as answers. They are kept on the
// phone under another name, and what they said is written into the visit's note, where the person and the office can read it;
// their photos stay with the visit.
import type { FieldDb } from '../db/database'
import type { AnswerRow, Capture } from '../db/local'
import type { Checklist, Item } from '../db/rows'
import { visit as texts } from '../locales/visit'
import { localDay } from '../stores/clock'
import { db } from '../stores/session'
import { answersOf } from './content'
import { keptVersion } from './discard'
import { itemsOf, judge, LONGEST_NOTE } from './judge'
import { answerWords } from './words'

function asNote(note: string, rows: AnswerRow[], items: Map<string, Item>): string {
  const said = rows.map((row) => {
    const item = items.get(row.link_id)
    const words = [item ? answerWords(item, row) : row.mark ?? '', row.note ?? ''].filter(Boolean).join(' ')
    return texts.oldAnswer(item?.question ?? row.link_id, words)
  })
  const all = [...(note ? [note] : []), ...said].join('\n')
  return all.length > LONGEST_NOTE ? `${all.slice(0, LONGEST_NOTE - 1)}…` : all
}

/**
 * A draft with its answers as `checklist` can take them: answers that it does not know, or that do not fit the question any more, go under
 * `ID@VERSION` of the checklist they were given to, and into the note. `before` is that checklist, when it is known.
 */
export function settle(
  capture: Capture, rows: AnswerRow[], checklist: Checklist, before?: Checklist,
): { capture: Capture; rows: AnswerRow[] } {
  const bad = new Set(judge(checklist, answersOf(rows), localDay(new Date(capture.at))).errors.map(({ link_id }) => link_id))
  const aside = rows.filter(({ link_id }) => bad.has(link_id))
  const items = new Map(itemsOf(before ?? checklist).map((item) => [item.link_id, item]))
  const kept = rows.map((row) => (bad.has(row.link_id) ? { ...row, visit: `${capture.id}@${capture.checklist}` } : row))
  const settled = { ...capture, checklist: checklist.version }
  return { capture: aside.length ? { ...settled, note: asNote(capture.note, aside, items) } : settled, rows: kept }
}

/** Goes on with another checklist. */
export async function takeChecklist(id: string, version: string): Promise<void> {
  const of = db()
  await of.transaction('rw', of.captures, of.answers, of.contents, async () => {
    const [capture, next] = await Promise.all([of.captures.get(id), of.contents.get(version)])
    if (capture?.status !== 'draft' || !next || capture.checklist === version) return
    const rows = await of.answers.where('visit').equals(id).toArray()
    const settled = settle(capture, rows, next, await of.contents.get(capture.checklist))
    await of.answers.where('visit').equals(id).delete()
    await of.answers.bulkPut(settled.rows)
    await of.captures.put(settled.capture)
  })
}

/** Remembers that the person goes on with the old one, so that they are not asked again for this version. */
export const keepChecklist = (of: FieldDb, id: string, version: string): Promise<void> => of.keep(keptVersion(id), version)
