// Removes everything of a person from this phone: their database, and that they worked here.
import { people, work as present, type Work } from '../stores/session'

/** Wipes the phone of `work`. The sync must have been stopped, or be the one that wipes. Nothing can be brought back. */
export async function wipe(work: Pick<Work, 'db' | 'session'>): Promise<void> {
  const { db, session } = work
  await db.delete()
  const known = await people.people.get(session.login)
  if (known?.device_id === session.device_id) await people.people.delete(session.login)
  if (present.value?.db === db) present.value = null
}
