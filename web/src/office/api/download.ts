// A file of the server that a person keeps: fetched with the token, saved under the name that the server gives it.
import { ref, shallowRef } from 'vue'

import type { Problem } from '@/shared/api/problem'

import { client } from '../stores/session'
import { asProblem } from './ask'

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** The name in a Content-Disposition (RFC 6266), the encoded one first. */
export function nameIn(disposition: string | null): string | null {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? '')
  if (encoded) return decodeURIComponent(encoded[1])
  return /filename="?([^";]+)"?/i.exec(disposition ?? '')?.[1] ?? null
}

/** Gives the browser a file to keep. */
export function save(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/** `get(path, name)` fetches and saves one file at a time; `name` is for an answer that tells none. A year's list may take minutes. */
export function useDownload() {
  const busy = ref(false)
  const problem = shallowRef<Problem | null>(null)
  async function get(path: string, name: string): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    problem.value = null
    try {
      const answer = await client.ask(path, { headers: { Accept: XLSX }, timeout: 600_000 })
      save(await answer.blob(), nameIn(answer.headers.get('Content-Disposition')) ?? name)
      return true
    } catch (error) {
      problem.value = asProblem(error)
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, problem, get }
}
