// Pinyin initials, so that a few letters find a name: 某某饭店 is mmfd.
import pinyin from 'tiny-pinyin'

const known = new Map<string, string>()

function initialOf(character: string): string {
  if (/[a-z0-9]/i.test(character)) return character.toLowerCase()
  if (!/\p{Script=Han}/u.test(character) || !pinyin.isSupported()) return ''
  const [token] = pinyin.parse(character)
  return token?.type === 2 ? token.target.slice(0, 1).toLowerCase() : ''
}

/** The first letter of each character's pinyin; Latin letters and digits as they are, all else left out. */
export function initialsOf(name: string): string {
  let found = ''
  for (const character of name) {
    // The library compares a character with hundreds of others: once is enough.
    let initial = known.get(character)
    if (initial === undefined) known.set(character, (initial = initialOf(character)))
    found += initial
  }
  return found
}
