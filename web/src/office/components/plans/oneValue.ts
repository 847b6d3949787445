// One value of a plan rewritten in its text: the rest stays byte for byte, remarks and order too.

type Section = 'indicators' | 'reports'
export type Values = Record<string, string>

/** First and last line (not of it any more) of the entry `- id: ID` of a section; null when it is not there exactly once. */
function entryOf(lines: string[], section: Section, id: string): [number, number] | null {
  const from = lines.findIndex((line) => line.replace(/\s+(#.*)?$/, '') === `${section}:`)
  if (from < 0) return null
  const after = lines.findIndex((line, n) => n > from && /^[^\s#-]/.test(line))
  const end = after < 0 ? lines.length : after
  const heads = lines.flatMap((line, n) => (n > from && n < end && /^\s*- id:/.test(line) ? [n] : []))
  const mine = heads.filter((n) => lines[n].replace(/^\s*- id:\s*/, '').replace(/\s+(#.*)?$/, '').replace(/^(["'])(.*)\1$/, '$2') === id)
  return mine.length === 1 ? [mine[0], heads.find((n) => n > mine[0]) ?? end] : null
}

/** What is written after a name within one line, put anew in the manner in which it was written; null when it is not there exactly once. */
function put(line: string, name: string, value: string): string | null {
  const found = [...line.matchAll(new RegExp(`(\\b${name}:\\s*)("[^"]*"|'[^']*'|[^\\s,}#"']+)`, 'g'))]
  if (found.length !== 1) return null
  const [whole, lead, old] = found[0]
  const quote = /^["']/.test(old) ? old[0] : ''
  return line.slice(0, found[0].index) + lead + quote + value + quote + line.slice(found[0].index + whole.length)
}

/** The text with `values` put into `key` of an entry, where `key: {name: value, …}` stands on one line, or `key: value` (name '').
 *  null when the place is not to be found without doubt. */
export function rewritten(text: string, section: Section, id: string, key: string, values: Values): string | null {
  const lines = text.split('\n')
  const entry = entryOf(lines, section, id)
  if (!entry) return null
  const places = lines.flatMap((line, n) => (n > entry[0] && n < entry[1] && line.trimStart().startsWith(`${key}:`) ? [n] : []))
  if (places.length !== 1) return null
  let line: string | null = lines[places[0]]
  for (const [name, value] of Object.entries(values)) line = line === null ? null : put(line, name || key, value)
  if (line === null) return null
  lines[places[0]] = line
  return lines.join('\n')
}
