// An answer in words, for "last time", the note and the summary.
import type { Answer, Certificate, Item, Mark } from '../db/rows'
import { marks } from '../locales/common'
import { visit as texts } from '../locales/visit'

/** What the two marks are called on the buttons of a question. A negative question ("is there anything wrong?") is not answered 符合. */
export function markWord(item: Pick<Item, 'polarity'>, mark: Mark): string {
  if (item.polarity === 'negative' && (mark === 'pass' || mark === 'fail')) return texts.negative[mark]
  return marks[mark]
}

function valueWords(item: Item, value: NonNullable<Answer['value']>): string {
  if (item.kind === 'choice') return item.options?.find((option) => option.value === value)?.label ?? String(value)
  if (item.kind === 'number') return `${value}${item.unit ? ` ${item.unit}` : ''}`
  if (item.kind === 'count_pair') return (value as [number, number]).join(' / ')
  if (item.kind === 'certificate') {
    const { held, number, until } = value as Certificate
    return [held ? texts.held : texts.notHeld, number, until && texts.until(until)].filter(Boolean).join(' ')
  }
  return String(value)
}

/** An answer as one line; empty when there is none. */
export function answerWords(item: Item, { mark, value, photos }: Answer): string {
  if (mark) return markWord(item, mark)
  if (value !== undefined && value !== null) return valueWords(item, value)
  return photos?.length ? texts.photos(photos.length) : ''
}

/** Answers that are more than a mark (numbers, choices, certificates), in words: {link_id: words}. */
export function saidWords(items: Item[], answers: Record<string, Answer>): Map<string, string> {
  const told = items.filter(({ link_id }) => answers[link_id] && !answers[link_id].mark)
  return new Map(told.map((item) => [item.link_id, answerWords(item, answers[item.link_id])]))
}

/** `3月5日`, with the year when it is not this one. */
export function dayWords(day: string, today: string): string {
  const [year, month, date] = day.slice(0, 10).split('-').map(Number)
  return texts.day(year === Number(today.slice(0, 4)) ? null : year, month, date)
}
