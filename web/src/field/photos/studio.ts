// Where pictures are made ready: in the worker; on the page where a worker has no canvas (old iOS) or cannot be started.
import { prepare, type Prepared } from './picture'
import type { Answered, Asked } from './worker'

/** A picture that takes longer than this has hung or exhausted its worker. */
const PATIENCE = 90_000

let worker: Worker | null = null
let asked = 0
/** Whether a worker ever answered: one that did and then dies has met a picture that would take the page with it. */
let proven = false
const waiting = new Map<number, { resolve: (answered: Answered) => void; reject: (error: Error) => void }>()

function giveUp(): void {
  worker?.terminate()
  worker = null
  for (const { reject } of waiting.values()) reject(new Error('worker'))
  waiting.clear()
}

function hire(): Worker {
  const hired = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  hired.onmessage = ({ data }: MessageEvent<Answered>) => {
    proven = true
    waiting.get(data.id)?.resolve(data)
    waiting.delete(data.id)
  }
  hired.onerror = giveUp
  return hired
}

async function byWorker(file: Blob): Promise<Answered> {
  const employed = (worker ??= hire())
  const id = ++asked
  const timer = setTimeout(giveUp, PATIENCE)
  try {
    return await new Promise<Answered>((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      employed.postMessage({ id, file } satisfies Asked)
    })
  } finally {
    clearTimeout(timer)
  }
}

/** `prepare` away from the page where that is possible. Raises an Error whose message is an `Unusable`, or `worker`. */
export async function madeReady(file: Blob): Promise<Prepared> {
  if (typeof OffscreenCanvas === 'undefined' || typeof Worker === 'undefined') return prepare(file)
  let answered: Answered
  try {
    answered = await byWorker(file)
  } catch (error) {
    if (proven) throw error
    return prepare(file)
  }
  if (answered.prepared) return answered.prepared
  throw new Error(answered.unusable)
}
