// The text of a plan that somebody is working on: it outlives the page and a reload, and nobody else sees it.
import { ref, watch } from 'vue'

import { MOST } from '../../api/plans'
import { planCheck as texts } from '../../locales'
import { session } from '../../stores/session'

const KEY = 'office-plan-draft'
interface Draft { text: string; name: string; from: string; touched: boolean; by: string }
const fresh = (): Draft => ({ text: '', name: '', from: '', touched: false, by: session.value?.id ?? '' })

function kept(): Draft {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Draft | null
    if (found && typeof found.text === 'string' && found.by === session.value?.id) return found
  } catch {
    sessionStorage.removeItem(KEY)
  }
  return fresh()
}

/** The draft of who works here: its text, the name of its file, which version it began from, and whether hands have changed it. */
export const draft = ref<Draft>(kept())
watch(session, () => { draft.value = kept() })
watch(draft, (now) => {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(now))
  } catch {
    sessionStorage.removeItem(KEY) // too big for the browser's store: it lives as long as the tab's page
  }
}, { deep: true })

/** Lines end as the server's own files do, so that the same text is the same text. */
export const unix = (text: string): string => text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')

/** Puts another text in place of the draft. */
export function begin(text: string, name: string, from = ''): void {
  draft.value = { ...fresh(), text: unix(text), name, from }
}

/** Empties it. */
export function clear(): void {
  draft.value = fresh()
}

/** A file as text; `recoded` when it was no UTF-8. Raises Error with words for the person. */
export async function readFile(file: File): Promise<{ text: string; recoded: boolean }> {
  if (file.size > 4 * MOST) throw new Error(texts.tooLong)
  const bytes = await file.arrayBuffer()
  let [text, recoded] = ['', false]
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    [text, recoded] = [new TextDecoder('gb18030').decode(bytes), true]
  }
  if (text.includes('\u0000')) throw new Error(texts.notText)
  if (text.length > MOST) throw new Error(texts.tooLong)
  return { text, recoded }
}
