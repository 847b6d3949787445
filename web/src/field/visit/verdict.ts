// What a whole visit comes to: the twin of checklists/verdict.py. A server may have other rules for inspections; its word is the last.
import type { Checklist, Mark } from '../db/rows'
import { verdictReasons as reasons } from '../locales/visit'
import { itemsOf } from './judge'

export type Result = 'conform' | 'mostly_conform' | 'not_conform' | 'not_judged'
export interface Verdict { result: Result; reason: string }
interface Counts { keyPass: number; keyFail: number; pass: number; fail: number }

const CATERING = new Set(['catering', 'school_canteen', 'institution_canteen', 'meal_supplier', 'central_kitchen'])
const MOST_GENERAL = 8

function countsOf(checklist: Checklist, marks: Record<string, Mark>): Counts {
  const counts = { keyPass: 0, keyFail: 0, pass: 0, fail: 0 }
  for (const { link_id, key, advisory } of itemsOf(checklist)) {
    const mark = marks[link_id]
    if (advisory || (mark !== 'pass' && mark !== 'fail')) continue
    counts[key ? (mark === 'pass' ? 'keyPass' : 'keyFail') : mark] += 1
  }
  return counts
}

function patrol({ keyFail, fail }: Counts): Verdict {
  if (keyFail) return { result: 'not_conform', reason: reasons.mend(keyFail, fail) }
  if (fail) return { result: 'mostly_conform', reason: reasons.mend(keyFail, fail) }
  return { result: 'conform', reason: reasons.allRight }
}

function sales({ keyFail, fail }: Counts): Verdict {
  if (keyFail || fail > MOST_GENERAL) return { result: 'not_conform', reason: reasons.salesNot(keyFail, fail) }
  if (fail) return { result: 'mostly_conform', reason: reasons.salesMostly(keyFail, fail) }
  return { result: 'conform', reason: reasons.nothingWrong }
}

function catering({ keyFail, pass, fail }: Counts): Verdict {
  if (keyFail >= 2) return { result: 'not_conform', reason: reasons.twoKeys(keyFail, fail) }
  if (pass * 10 < (pass + fail) * 7) return { result: 'not_conform', reason: reasons.lowShare(keyFail, fail) }
  if (fail) return { result: 'mostly_conform', reason: reasons.cateringMostly(keyFail, fail) }
  if (keyFail) return { result: 'mostly_conform', reason: reasons.cateringGap(keyFail, fail) }
  return { result: 'conform', reason: reasons.nothingWrong }
}

/** The verdict of a visit with these marks, and what decided it. */
export function verdictOf(document: 'patrol' | 'inspection', checklist: Checklist, marks: Record<string, Mark>): Verdict {
  const counts = countsOf(checklist, marks)
  if (!(counts.keyPass + counts.keyFail + counts.pass + counts.fail)) return { result: 'not_judged', reason: reasons.nothing }
  if (document === 'patrol') return patrol(counts)
  return CATERING.has(checklist.site_type) ? catering(counts) : sales(counts)
}
