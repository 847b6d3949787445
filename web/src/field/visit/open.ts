// A visit in work, as its page holds it: every item reacts on its own, so that a tap draws one card and not sixty.
import Dexie, { RangeSet, rangesOverlap, type ObservabilitySet } from 'dexie'
import { shallowRef, type ShallowRef } from 'vue'

import type { FieldDb } from '../db/database'
import type { Capture } from '../db/local'
import type { Answer, Answers, Checklist, Item, Mark } from '../db/rows'
import { addDays, localDay } from '../stores/clock'
import { positionOf, saveAnswer } from './answers'
import { answersOf } from './content'
import { itemsOf, judge, type Judgement } from './judge'
import type { ErrorCode } from './validators'

/** Milliseconds without a write after which answers that others wrote are read. */
const PAUSE = 250

/** What the answers together make of one item. */
export interface State {
  enabled: boolean; mark: Mark | null; error: ErrorCode | null; missing: boolean; due_on: string | null
}

/** One item of the visit. `answer` is what is stored; `pending` what is on its way to the disk; `failed` what did not get there. */
export interface Slot {
  item: Item
  answer: ShallowRef<Answer | undefined>
  state: ShallowRef<State>
  pending: ShallowRef<{ answer: Answer | null } | null>
  failed: ShallowRef<{ answer: Answer | null } | null>
}

export interface OpenVisit {
  capture: Capture; checklist: Checklist; day: string; position: string | null; slots: Map<string, Slot>; judgement: ShallowRef<Judgement>
  /** Stores an answer (its photos stay) and then shows it. */
  give(slot: Slot, answer: Answer | null): Promise<void>
  stop(): void
}

function stateOf(item: Item, judged: Judgement, day: string): State {
  const { link_id, remedy } = item
  const mark = judged.marks[link_id] ?? null
  return {
    enabled: judged.enabled.has(link_id), mark, error: judged.errors.find((error) => error.link_id === link_id)?.code ?? null,
    missing: judged.missing.includes(link_id),
    due_on: mark === 'fail' && remedy && !item.advisory ? addDays(day, remedy.days) : null,
  }
}

const same = (a: object, b: object) => JSON.stringify(a) === JSON.stringify(b)

/** Opens a visit. `undefined` when there is none on this phone, or its checklist is not. Call `stop()` when the page goes. */
export async function openVisit(of: FieldDb, id: string): Promise<OpenVisit | undefined> {
  const capture = await of.captures.get(id)
  const checklist = capture && (await of.contents.get(capture.checklist))
  if (!capture || !checklist) return undefined
  const day = localDay(new Date(capture.at))
  const rows = await of.answers.where('visit').equals(id).toArray()
  const answers: Answers = answersOf(rows)
  const judgement = shallowRef(judge(checklist, answers, day))
  const slots = new Map(itemsOf(checklist).map((item): [string, Slot] => [item.link_id, {
    item, answer: shallowRef(answers[item.link_id]), state: shallowRef(stateOf(item, judgement.value, day)), pending: shallowRef(null),
    failed: shallowRef(null),
  }]))
  let writes = 0
  let open = 0

  function judgeAgain() {
    const judged = judge(checklist as Checklist, answers, day)
    judgement.value = judged
    for (const slot of slots.values()) {
      const state = stateOf(slot.item, judged, day)
      if (!same(state, slot.state.value)) slot.state.value = state
    }
  }

  function take(slot: Slot, answer: Answer | undefined) {
    if (answer) answers[slot.item.link_id] = answer
    else delete answers[slot.item.link_id]
    slot.answer.value = answer
  }

  async function give(slot: Slot, answer: Answer | null) {
    const wanted = { answer }
    slot.pending.value = wanted
    slot.failed.value = null
    writes += 1
    open += 1
    try {
      const kept = await saveAnswer(id, slot.item.link_id, answer)
      if (slot.pending.value !== wanted) return // a later tap is on its way
      take(slot, kept)
      judgeAgain()
    } catch {
      if (slot.pending.value === wanted) slot.failed.value = wanted
    } finally {
      open -= 1
      if (slot.pending.value === wanted) slot.pending.value = null
    }
  }

  // Photos, and another tab, write answers too. They are read when the taps have paused: a live query reads everything after each of this
  // page's own writes, before what was stored is shown. What was read before a tap of this page was stored is old.
  let timer: ReturnType<typeof setTimeout> | undefined
  async function readAgain() {
    const seen = writes
    const read = await of.answers.where('visit').equals(id).toArray()
    if (seen !== writes || open) return
    const now = answersOf(read)
    let changed = false
    for (const slot of slots.values()) {
      const [before, after] = [slot.answer.value, now[slot.item.link_id]]
      if (before === after || (before && after && same(before, after))) continue
      take(slot, after)
      changed = true
    }
    if (changed) judgeAgain()
  }
  const readLater = () => { clearTimeout(timer); timer = setTimeout(() => void readAgain().catch(() => 0), PAUSE) }
  const mine = new RangeSet([id], [id, []]) // of the keys [visit, item]
  const onWrite = (parts: ObservabilitySet) => {
    const written = parts[`idb://${of.name}/answers/`]
    if (written && rangesOverlap(written, mine)) readLater()
  }
  Dexie.on('storagemutated', onWrite)
  readLater()
  const stop = () => { clearTimeout(timer); Dexie.on.storagemutated.unsubscribe(onWrite) }
  return { capture, checklist, day, position: positionOf(capture, rows), slots, judgement, give, stop }
}
