// The last place known to this page load. Taken only at a person's tap (nearest, a visit's start); gone with the page.
import { shallowRef } from 'vue'

import type { Place } from '../db/rows'
import { takePlace } from '../geo/place'

/** Where the phone was when it was asked last; null until then. */
export const here = shallowRef<Place | null>(null)

/** Asks once. What was known stays when nothing is found; false then. */
export async function lookHere(milliseconds = 10_000): Promise<boolean> {
  const place = await takePlace(milliseconds)
  if (place) here.value = place
  return place !== null
}
