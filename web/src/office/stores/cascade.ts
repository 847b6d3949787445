// What a cascader needs to choose the home region or one below it, read as it is opened.
import type { CascaderProps } from 'element-plus'
import { computed, nextTick, onMounted, watch, type Ref } from 'vue'

import { regionOf, regionsBelow, useRegion } from './region'

const LENGTHS = [2, 4, 6, 9, 12, 14]

/** The codes from one region down to another, both among them. */
export const chain = (home: string, code: string): string[] => LENGTHS
  .filter((length) => length >= Math.max(home.length, 2) && length <= code.length).map((length) => code.slice(0, length))

/** The last code of what a cascader gives; empty when it was cleared. */
export const lastOf = (codes: unknown): string => (Array.isArray(codes) ? (codes.at(-1) as string | undefined) : undefined) ?? ''

/** The settings of a cascader whose field is inside `box`, and its key: it begins anew once the home region has a name. */
export function useCascade(box: Ref<HTMLElement | undefined>, label: () => string, deepest: () => number = () => 14) {
  const { home } = useRegion()
  const name = computed(() => regionOf(home.value)?.name ?? '')
  const key = computed(() => `${home.value} ${name.value}`)
  const node = (code: string, title: string) => ({ value: code, label: title, leaf: code.length >= deepest() })
  const settings: CascaderProps = {
    checkStrictly: true, lazy: true, expandTrigger: 'click',
    lazyLoad: async (at, resolve) => {
      if (at.level === 0) return resolve([node(home.value, name.value)])
      resolve((await regionsBelow(String(at.value)).catch(() => [])).map((one) => node(one.code, one.name)))
    },
  }
  // The cascader gives its field no name of its own, for who hears the page.
  const tell = () => nextTick(() => box.value?.querySelector('input')?.setAttribute('aria-label', label()))
  onMounted(tell)
  watch(key, tell)
  return { home, key, settings }
}
