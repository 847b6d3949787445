// The questions behind answers that conflict or were set aside: each by the checklist that it was made with.
import { shallowRef, watch } from 'vue'

import { itemsOf } from '@/field/visit/judge'

import type { Item } from '../../api/review'
import { checklistOf } from '../visit/checklist'

const NONE: Map<string, Item> = new Map()

/** The questions of a checklist by their ids; read once for all rows that name it, none until then or when nobody knows the version. */
export function useQuestions(versions: () => (string | null)[]): (version: string | null) => Map<string, Item> {
  const known = shallowRef<Map<string, Map<string, Item>>>(new Map())
  watch(() => [...new Set(versions())].sort().join(), async (all) => {
    const wanted = all.split(',').filter((version) => version && !known.value.has(version))
    const lists = await Promise.all(wanted.map((version) => checklistOf(version).catch(() => null)))
    const found = lists.flatMap((list, at) =>
      (list ? [[wanted[at], new Map(itemsOf(list).map((item) => [item.link_id, item]))] as const] : []))
    if (found.length) known.value = new Map([...known.value, ...found])
  }, { immediate: true })
  return (version) => known.value.get(version ?? '') ?? NONE
}
