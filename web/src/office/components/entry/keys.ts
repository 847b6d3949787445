// Keys of a form that is typed quickly: Enter goes to the next field, Ctrl+Enter saves and goes on.

const FIELDS = 'input:not([type=hidden]):not([type=file]):not(:disabled), select:not(:disabled), textarea:not(:disabled)'

/** A handler of `keydown` on a form. Enter in the last field leaves it to `last`; an Enter that an input method takes is none. */
export function formKeys(saveAndNext: () => unknown, last: () => unknown): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229 || event.shiftKey || event.altKey) return
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault()
      saveAndNext()
      return
    }
    const target = event.target as HTMLElement
    if (!target.matches(FIELDS)) return
    event.preventDefault()
    const fields = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>(FIELDS)].filter((one) => one.tabIndex >= 0)
    const next = fields[fields.indexOf(target) + 1]
    if (next) next.focus()
    else last()
    if (next instanceof HTMLInputElement && next.type !== 'date' && next.type !== 'checkbox') next.select()
  }
}
