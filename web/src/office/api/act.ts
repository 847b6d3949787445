// What a person does to the server: one at a time, told when it is done, with the problem shown where it can be read.
import { ElMessage } from 'element-plus/es/components/message/index'
import 'element-plus/es/components/message/style/css'
import { ref, shallowRef } from 'vue'

import type { Problem } from '@/shared/api/problem'

import { client } from '../stores/session'
import { asProblem } from './ask'

/** `run` sends, tells `done` when it went well, and answers the server's JSON; undefined when it did not (then `problem` is set). */
export function useAct() {
  const busy = ref(false)
  const problem = shallowRef<Problem | null>(null)
  async function run<T = Record<string, unknown>>(path: string, json: unknown = {}, done = '', method = 'POST'): Promise<T | undefined> {
    if (busy.value) return undefined
    busy.value = true
    problem.value = null
    try {
      const answer = await client.told<T>(path, { method, json })
      if (done) ElMessage({ type: 'success', message: done, grouping: true })
      return (answer.json ?? ({} as T)) as T
    } catch (error) {
      problem.value = asProblem(error)
      return undefined
    } finally {
      busy.value = false
    }
  }
  return { busy, problem, run }
}
