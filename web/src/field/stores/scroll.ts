// Long lists scroll with the window: they depend on no bar's height, and going back comes to where one was.
import { nextTick, onBeforeUnmount, onMounted, ref, watch, type Ref } from 'vue'

/** Pixels from the top of the document to `element`; follows whatever above it comes, goes or grows. */
export function useTopOf(element: Ref<HTMLElement | null>): Readonly<Ref<number>> {
  const top = ref(0)
  const measure = () => {
    if (element.value) top.value = Math.round(element.value.getBoundingClientRect().top + window.scrollY)
  }
  const observer = new ResizeObserver(measure)
  onMounted(() => observer.observe(document.body))
  watch(element, () => measure(), { flush: 'post' })
  onBeforeUnmount(() => observer.disconnect())
  return top
}

/** Once the list is there (`ready`), scrolls to where the person left this page: the router comes before its rows are read. */
export function useReturn(ready: () => boolean): void {
  const saved = (history.state as { scroll?: { left: number; top: number } } | null)?.scroll
  if (!saved) return
  const stop = watch(ready, (is) => {
    if (!is) return
    void nextTick(() => { window.scrollTo(saved.left, saved.top); stop() })
  }, { immediate: true })
}
