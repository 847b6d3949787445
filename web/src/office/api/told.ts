// What the server says of several places at once, in words: the field as a clerk calls it, and what is wrong with it.
import type { Problem } from '@/shared/api/problem'

import { fieldCell, fieldLine, fields, siteAttributes } from '../locales'

interface Told { field?: string; row?: number; column?: string; line?: number; message?: string }
/** Members that only hold others. */
const WRAPS = new Set(['set', 'rules', 'json'])

/** A field by its path, such as `set.licence_until` or `residents.0.year`; '' where nobody has a word for it. */
export function fieldWords(path: string): string {
  const words: string[] = []
  const parts = path.split('.').filter((part) => !WRAPS.has(part))
  if (parts[0] === 'attributes' && parts[1]) return siteAttributes[parts[1]]?.title ?? fields.attributes
  for (const part of parts) {
    const word = /^\d+$/.test(part) ? fieldLine(Number(part) + 1) : fields[part]
    if (word) words.push(word)
    else if (words.length) break
  }
  return words.join(' ')
}

/** The lines of a problem's `errors`, each once, without those that its detail tells already. */
export function linesOf(problem: Problem | null): string[] {
  const told = Array.isArray(problem?.errors) ? (problem.errors as Told[]) : []
  const lines = told.flatMap(({ field, row, column, line, message }) => {
    if (!message || problem?.detail.includes(message)) return []
    const where = row !== undefined ? fieldCell(row, column ?? '') : line !== undefined ? fieldCell(line, '') : fieldWords(field ?? '')
    return [where ? `${where}：${message}` : message]
  })
  return [...new Set(lines)]
}
