// What was typed and is not saved yet, entry by entry: going to another one and back loses nothing; leaving the page asks.
import { computed, reactive } from 'vue'

import type { Entry } from '../../api/entry'
import type { Document } from '../../api/rectification'
import { entry as texts } from '../../locales'
import { useUnsent } from '../../stores/unsent'

/** One form as it stands: numbers as they were typed. */
export interface Draft { numerator: string; denominator: string; document: string; documents: Document[]; note: string }

/** The form of an entry before anything is typed: what stands there, or nothing. */
export function blankOf({ entered, document, documents }: Entry): Draft {
  return { numerator: entered ? String(entered.numerator) : '',
    denominator: entered?.denominator == null ? '' : String(entered.denominator), document, documents, note: entered?.note ?? '' }
}

const same = (one: Draft, other: Draft) => JSON.stringify(one) === JSON.stringify(other)

/** Drafts by `name`; those that differ from what stands are `unsaved`. */
export function useDrafts() {
  const kept = reactive(new Map<string, { draft: Draft; blank: Draft }>())
  const unsaved = computed(() => new Set([...kept].filter(([, { draft, blank }]) => !same(draft, blank)).map(([name]) => name)))

  /** The draft of an entry; made of what stands when there is none, or none that was touched. */
  function of(name: string, entry: Entry): Draft {
    const known = kept.get(name)
    if (!known || same(known.draft, known.blank)) kept.set(name, { draft: blankOf(entry), blank: blankOf(entry) })
    return kept.get(name)!.draft
  }
  const drop = (name: string) => kept.delete(name)

  useUnsent(() => !!unsaved.value.size || null, () => texts.leave)
  return { unsaved, of, drop }
}
