// When the server was last heard, and how far its clock is from the phone's.
import type { SessionRow } from '../db/local'
import { phoneTime } from '../stores/clock'
import type { Wire } from './wire'

/** Notes an answer of the server's time `server_time`. Runs in the caller's transaction, which holds `meta` for writing. */
export async function noteContact(wire: Wire, server_time: string): Promise<void> {
  const { db, session } = wire
  const now = wire.now()
  const offset = Date.parse(server_time) - now.getTime()
  await db.keep('last_contact', phoneTime(now))
  if (!Number.isFinite(offset)) return
  const kept = await db.kept<SessionRow | null>('session', null)
  if (kept) await db.keep('session', { ...kept, offset_ms: offset })
  session.offset_ms = offset
}
