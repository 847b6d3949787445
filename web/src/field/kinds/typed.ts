// Typing into a field: what is typed is stored shortly after the last key, and at once when the field is left or the page is put away.
import { onBeforeUnmount, onMounted, ref, watch, type Ref } from 'vue'

const AFTER = 400

/**
 * A text that follows `stored` until the person types, and goes to `save` after they stopped. `flush` saves at once. While `stays` says so
 * the text remains though nothing of it could be stored.
 */
export function useTyped(stored: () => string, save: (text: string) => void, stays = () => false): { text: Ref<string>; flush: () => void } {
  const text = ref(stored())
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = () => {
    if (timer === undefined) return
    clearTimeout(timer)
    timer = undefined
    save(text.value)
  }
  watch(text, (now) => {
    if (now === stored()) return
    clearTimeout(timer)
    timer = setTimeout(flush, AFTER)
  }, { flush: 'sync' })
  watch(stored, (now) => { if (timer === undefined && !(now === '' && stays())) text.value = now })
  onMounted(() => document.addEventListener('visibilitychange', flush))
  onBeforeUnmount(() => { document.removeEventListener('visibilitychange', flush); flush() })
  return { text, flush }
}
