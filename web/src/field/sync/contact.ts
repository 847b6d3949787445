// When the server was last heard, and how far its clock is from the phone's.
import type { SessionRow } from '../db/local'
import { phoneTime } from '../stores/clock'
import type { Wire } from './wire'

/**
 * Notes that the server answered, and that its clock is between `least` and `most` milliseconds ahead of the phone's: an answer that was
 * long on its way says no more, and what is known already stands if it is within. Runs in the caller's transaction, which holds `meta` for
 * writing.
 */
export async function noteContact(wire: Wire, least: number, most = least): Promise<void> {
  const { db, session } = wire
  const offset = Math.min(most, Math.max(least, session.offset_ms))
  await db.keep('last_contact', phoneTime(wire.now()))
  if (!Number.isFinite(offset)) return
  const kept = await db.kept<SessionRow | null>('session', null)
  if (kept) await db.keep('session', { ...kept, offset_ms: offset })
  session.offset_ms = offset
}
