// Finds sites in memory: 5,000 of them between two key strokes.
import { ref, type Ref } from 'vue'

import type { FieldDb, SiteCopy } from '../db/database'
import type { Place } from '../db/rows'
import { metres } from '../geo/distance'

export interface Wanted { text: string; type: string; grid: string; sort: 'name' | 'distance' | 'visit' }
export interface Found { site: SiteCopy; metres: number | null }

const collator = new Intl.Collator('zh')
const fits = (field: string | null, text: string) => !!field && field.toLowerCase().includes(text)

/** Whether every word of `text` is in the name, its pinyin initials, a number or the address of `site`. Case counts nothing. */
export function matches(site: SiteCopy, text: string): boolean {
  return text.toLowerCase().split(/\s+/).filter(Boolean).every((word) =>
    fits(site.name, word) || site.initials.includes(word) || fits(site.licence_number, word) || fits(site.registration_number, word)
    || fits(site.uscc, word) || fits(site.address, word))
}

/** The sites that fit, sorted. By distance: those without a place come last; by visit: those never visited first. */
export function findSites(sites: SiteCopy[], wanted: Wanted, here: Place | null): Found[] {
  const found = sites
    .filter((site) => !wanted.type || site.type === wanted.type).filter((site) => !wanted.grid || site.grid === wanted.grid)
    .filter((site) => matches(site, wanted.text))
    .map((site) => ({ site, metres: here && site.place ? metres(here, site.place) : null }))
  const byName = (a: Found, b: Found) => collator.compare(a.site.name, b.site.name)
  if (wanted.sort === 'distance') return found.sort((a, b) => compare(a.metres ?? Infinity, b.metres ?? Infinity) || byName(a, b))
  const last = ({ site }: Found) => site.last_visit?.at ?? ''
  if (wanted.sort === 'visit') return found.sort((a, b) => compare(last(a), last(b)) || byName(a, b))
  return found.sort(byName)
}

const compare = <T extends string | number>(a: T, b: T) => (a < b ? -1 : a > b ? 1 : 0)

type WantedRefs = { [K in keyof Wanted]: Ref<Wanted[K]> }
const wanted = new WeakMap<FieldDb, WantedRefs>()

/** What the person of this database last looked for in this page load. */
export function wantedBy(db: FieldDb): WantedRefs {
  const kept = wanted.get(db) ?? { text: ref(''), type: ref(''), grid: ref(''), sort: ref<Wanted['sort']>('name') }
  wanted.set(db, kept)
  return kept
}
