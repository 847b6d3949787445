// One batch to the server and its answer back. Nothing is stored here.
import { Problem } from '@/shared/api/problem'

import type { Operation, ToldConflict } from '../db/local'
import type { Receipt, ToldProblem } from '../db/rows'
import { syncing } from '../locales/syncing'
import { phoneTime } from '../stores/clock'
import type { Batch } from './takeBatch'
import type { Wire } from './wire'

/** The newest protocol version that this app speaks. */
export const SCHEMA = 2

/** What became of one operation (docs/sync-protocol.md, "Result"). */
export interface Result {
  n: number; op: string; id: string; status: 'applied' | 'noop' | 'merged' | 'conflict' | 'rejected'; replay: boolean
  rev?: number; row?: Record<string, unknown>; conflicts?: ToldConflict[]; problem?: ToldProblem
  receipt?: Receipt; photos_missing?: string[]
  collected?: boolean
}

export interface Pushed { results: Result[]; gaps?: [number, number][]; server_time: string; offset_ms: number }

async function zipped(text: string): Promise<{ body: BodyInit; headers: Record<string, string> }> {
  const headers = { 'Content-Type': 'application/json' }
  if (typeof CompressionStream === 'undefined') return { body: text, headers }
  const body = await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).blob()
  return { body, headers: { ...headers, 'Content-Encoding': 'gzip' } }
}

/** The body of a push at the phone's time `sent_at`, which is taken anew for each attempt. */
export function envelope(wire: Wire, batch: Pick<Batch, 'acked' | 'left'> & { ops: Operation[] }): Record<string, unknown> {
  const { session } = wire
  return {
    device_id: session.device_id, schema: Math.min(SCHEMA, session.limits.schema), sent_at: phoneTime(wire.now()), acked: batch.acked,
    unsent: batch.left, app: wire.app.slice(0, 40), ops: batch.ops,
  }
}

/** Sends one batch. Raises Problem; an answer without results is none. */
export async function push(wire: Wire, batch: Batch): Promise<Pushed> {
  // Only a count: a phone that is too full to write it sends all the same, or it would never have room again.
  await wire.db.outbox.where('n').anyOf(batch.ops.map(({ n }) => n)).modify((row) => void (row.sent += 1)).catch(() => undefined)
  const { body, headers } = await zipped(JSON.stringify(envelope(wire, batch)))
  const { json } = await wire.client.told<Pushed>('/api/v1/sync/push', { method: 'POST', body, headers, timeout: 120_000 })
  if (!json || !Array.isArray(json.results)) throw new Problem(0, 'no-answer', syncing.offline)
  return json
}
