// 统一社会信用代码 (GB 32100-2015): 18 characters, the last of which checks the others.

const LETTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY'

/** Compact form: without blanks and hyphens, capitals. */
export const compactUscc = (code: string): string => code.replace(/[\s-]/g, '').toUpperCase()

/** Whether a code in its compact form is well made: no I, O, S, V or Z, six digits of a region, and a check digit modulo 31 that fits. */
export function isUscc(code: string): boolean {
  if (!/^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/.test(code)) return false
  let sum = 0
  let weight = 1
  for (const letter of code.slice(0, 17)) {
    sum += LETTERS.indexOf(letter) * weight
    weight = (weight * 3) % 31
  }
  return LETTERS[(31 - (sum % 31)) % 31] === code[17]
}
