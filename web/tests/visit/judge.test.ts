// Judges the cases that tests/web/test_judge.py made on the real checklists, and must come to what the server's own judge came to.
import { readFileSync } from 'node:fs'
import { env } from 'node:process'

import { describe, expect, it } from 'vitest'

import type { Answers, Checklist } from '../../src/field/db/rows'
import { judge } from '../../src/field/visit/judge'
import { verdictOf } from '../../src/field/visit/verdict'

interface Case {
  checklist: number; day: string; answers: Answers; judged: Record<string, unknown>; verdicts: Record<'patrol' | 'inspection', unknown>
}

describe.runIf(env.JUDGE_CASES)('the phone judges as the server does', () => {
  it('on every case', () => {
    const { checklists, cases } = JSON.parse(readFileSync(env.JUDGE_CASES as string, 'utf-8')) as { checklists: Checklist[]; cases: Case[] }
    for (const { checklist, day, answers, judged, verdicts } of cases) {
      const content = checklists[checklist]
      const { marks, findings, missing, wantingPhotos, errors } = judge(content, answers, day)
      const pairs = errors.map(({ link_id, code }) => `${link_id} ${code}`).sort()
      const of = JSON.stringify({ site_type: content.site_type, day, answers })
      expect({ marks, findings, missing, wantingPhotos, errors: pairs }, of).toEqual(judged)
      expect(verdictOf('patrol', content, marks)).toEqual(verdicts.patrol)
      expect(verdictOf('inspection', content, marks)).toEqual(verdicts.inspection)
    }
    expect(cases.length).toBeGreaterThan(500)
  })
})
