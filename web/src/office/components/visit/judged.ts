// A visit's answers beside its checklist, judged as the server and the phones do.
import { itemsOf, judge, type Judgement } from '@/field/visit/judge'
import { answerWords } from '@/field/visit/words'

import type { Answer, Answers, Checklist, Item, Visit } from '../../api/review'
import { dayOf } from '../../stores/when'

/** What the answers of a visit come to, on its own day. */
export const judged = (checklist: Checklist, visit: Visit): Judgement => judge(checklist, visit.answers, dayOf(visit.at))

/** An answer in words; what the checklist does not know as it came. */
export const wordsOf = (item: Item | undefined, answer: Answer | undefined): string =>
  (!answer ? '' : item ? answerWords(item, answer) : String(answer.mark ?? JSON.stringify(answer.value ?? '')))

/** What was filled in beyond marks: numbers, certificates, choices. */
export function filled(checklist: Checklist, answers: Answers): { question: string; words: string }[] {
  return itemsOf(checklist).filter(({ link_id }) => answers[link_id]?.value !== undefined)
    .map((item) => ({ question: item.question, words: answerWords(item, answers[item.link_id]) }))
}

/** What differs between two visits' answers, in the checklist's order; items that it does not know come last. */
export function differences(checklist: Checklist, before: Answers, after: Answers): { link: string; item?: Item; before?: Answer;
  after?: Answer }[] {
  const items = new Map(itemsOf(checklist).map((item) => [item.link_id, item]))
  const links = [...items.keys(), ...Object.keys({ ...before, ...after }).filter((link) => !items.has(link))]
  return links.filter((link) => canonical(before[link]) !== canonical(after[link]))
    .map((link) => ({ link, item: items.get(link), before: before[link], after: after[link] }))
}

/** An answer as one text, whatever the order of its keys. */
function canonical(answer: Answer | undefined): string {
  if (!answer) return ''
  const { mark, value, note, photos } = answer
  const held = value && typeof value === 'object' && !Array.isArray(value) ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    : value
  return JSON.stringify([mark ?? null, held ?? null, note ?? '', photos ?? []])
}
