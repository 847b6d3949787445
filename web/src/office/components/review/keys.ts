// Keys of a page: letters that do something while nobody types.
import { onScopeDispose } from 'vue'

const TYPING = 'input, textarea, select, [contenteditable="true"], .el-select, .el-cascader, [role="listbox"]'

/** Runs `does[key]` for a key that is pressed alone, outside of fields, and while no dialog is open (but for those that `also` names). */
export function useKeys(does: Record<string, () => unknown>, also: string[] = []): void {
  const pressed = (event: KeyboardEvent) => {
    const run = does[event.key]
    if (!run || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    const target = event.target as HTMLElement | null
    const fields = target?.matches('input[type=checkbox]') ? false : !!target?.closest?.(TYPING)
    const covered = !!document.querySelector('dialog[open]') || [...document.querySelectorAll<HTMLElement>('.el-overlay')].some((one) =>
      one.offsetParent !== null || getComputedStyle(one).display !== 'none')
    if ((fields || covered) && !also.includes(event.key)) return
    if (covered) return
    event.preventDefault()
    run()
  }
  document.addEventListener('keydown', pressed)
  onScopeDispose(() => document.removeEventListener('keydown', pressed))
}
