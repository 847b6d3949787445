// How often sites are visited by their risk grade: as their county decided, which the pull tells, else as the server has it by default.
import type { FieldDb } from '../db/database'

/** Visits a year by risk grade. With 0 the grade alone makes no site due. */
export type Frequencies = Record<string, number>

/** Those of a county that decided nothing; the same as in inspect_api/services/rules.py. tests/web/test_frequencies.py holds both equal. */
export const FREQUENCIES: Frequencies = {
  A: 1, B: 2, C: 3, D: 4,
}

const KEPT = 'frequencies:'

/** Keeps what a pull told of a county. */
export async function keepFrequencies(db: FieldDb, org: string, frequencies: Frequencies): Promise<void> {
  await db.keep(KEPT + org, frequencies)
}

/** What is known of the counties, by their six digits. */
export async function knownFrequencies(db: FieldDb): Promise<Map<string, Frequencies>> {
  const kept = await db.meta.where('key').startsWith(KEPT).toArray()
  return new Map(kept.map(({ key, value }) => [key.slice(KEPT.length), value as Frequencies]))
}
