// The kinds of items, one component each; KINDS is the whole list (checklists/kinds has the twins).
//
// Each has the props {item, answer, day, pending, registered} and emits `give` with mark and value of the new answer, or null to take it
// back. Setting an item aside, note and photos are the card's business (components/ItemCard.vue).
import type { Component } from 'vue'

import type { Answer, Certificate as Paper, Item, Kind } from '../db/rows'
import Certificate from './Certificate.vue'
import Choice from './Choice.vue'
import CountPair from './CountPair.vue'
import DateKind from './Date.vue'
import Mark from './Mark.vue'
import NumberKind from './Number.vue'
import Photo from './Photo.vue'
import TextKind from './Text.vue'

/**
 * What each kind's component is told. `pending` is the answer that is on its way to the disk, `registered` what the site's row says of this
 * certificate.
 */
export interface KindProps {
  item: Item; answer: Answer | undefined; pending: { answer: Answer | null } | null; day: string; registered?: Paper | null
}
export interface KindEmits { give: [answer: Pick<Answer, 'mark' | 'value'> | null] }

export const KINDS: Record<Kind, Component> = {
  mark: Mark,
  choice: Choice,
  number: NumberKind,
  count_pair: CountPair,
  text: TextKind,
  date: DateKind,
  certificate: Certificate,
  photo: Photo,
}
