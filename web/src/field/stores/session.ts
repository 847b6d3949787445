// Who works on this phone: their database, their token. Several people on one phone have a database, a device id and an outbox each.
import Dexie, { type EntityTable } from 'dexie'
import { v7 as uuid } from 'uuid'
import { shallowRef } from 'vue'

import { Client } from '@/shared/api/client'
import { Problem } from '@/shared/api/problem'
import type { components } from '@/shared/api/schema'

import { FieldDb, type Meta } from '../db/database'
import type { SessionRow } from '../db/local'
import { webLock } from '../sync/lock'
import { gatherFormer } from '../sync/reidentify'
import { lockName } from '../sync/wire'

/** One who has worked on this phone. `device_id` is theirs here, and names their database. */
export interface PersonRow { login: string; device_id: string; name: string; last_at: string }

class PeopleDb extends Dexie {
  people!: EntityTable<PersonRow, 'login'>
  constructor() {
    super('field-people')
    this.version(1).stores({ people: 'login' })
  }
}

/** Everything that a page needs of the one who is logged in. */
export interface Work { db: FieldDb; session: SessionRow; client: Client }

export const people = new PeopleDb()

/** The one who works now; null until somebody has logged in on this phone. */
export const work = shallowRef<Work | null>(null)

/** The database of the one who works now. Pages behind the login may count on it. */
export function db(): FieldDb {
  if (!work.value) throw new Error('nobody is logged in')
  return work.value.db
}

type LoggedIn = components['schemas']['LoggedIn']

function deviceLabel(): string {
  const found = /\(([^)]*)\)/.exec(navigator.userAgent)
  return (found ? found[1] : navigator.userAgent).slice(0, 100)
}

function askIn(login: string, password: string, device_id: string): Promise<LoggedIn> {
  const json = { login, password, device_id, device_label: deviceLabel() }
  return new Client().json<LoggedIn>('/api/v1/sessions', { json, timeout: 30_000 })
}

const told = ({ token, user, limits }: LoggedIn, device_id: string, offset_ms: number): SessionRow => (
  { login: user.login, name: user.name, role: user.role, regions: user.regions, user_id: user.id, device_id, token, limits, offset_ms }
)

/**
 * Logs in, with this phone's device id of that person (a new one the first time), and opens their database. Raises Problem. A device id
 * that is somebody else's (`forbidden`) is replaced once; `fresh` asks for a new one (after `op-reused`).
 */
export async function logIn(login: string, password: string, fresh = false): Promise<Work> {
  const known = await people.people.get(login)
  const asked = (!fresh && known?.device_id) || uuid()
  let device_id = asked
  const answer = await askIn(login, password, asked).catch((problem: unknown) => {
    if (!(problem instanceof Problem) || problem.code !== 'forbidden' || asked !== known?.device_id) throw problem
    device_id = uuid()
    return askIn(login, password, device_id)
  })
  const database = new FieldDb(device_id)
  const before = await database.kept<SessionRow | null>('session', null)
  const session = told(answer, device_id, before?.offset_ms ?? 0)
  await database.keep('session', session)
  return enter(database, session, !!known && known.device_id !== device_id)
}

/**
 * A new token for the one who works now, in place: open pages, their database and a sync that waits all go on with it. Raises Problem.
 */
export async function renew(password: string): Promise<void> {
  const now = work.value
  if (!now) throw new Error('nobody is logged in')
  const answer = await askIn(now.session.login, password, now.session.device_id)
  const kept = await now.db.kept<SessionRow>('session', now.session)
  Object.assign(now.session, told(answer, now.session.device_id, kept.offset_ms))
  await now.db.keep('session', { ...now.session })
  now.client.token = answer.token
}

/** The people of this phone, the last one first. `ready`: still logged in, so that they can go on without a network. */
export async function peopleHere(): Promise<(PersonRow & { ready: boolean })[]> {
  const known = (await people.people.toArray()).sort((a, b) => b.last_at.localeCompare(a.last_at))
  return Promise.all(known.map(async (person) => ({ ...person, ready: !!(await sessionOf(person))?.token })))
}

/** What a person's database holds of their login. Opened as it is, so that one which is being wiped is not made anew. */
async function sessionOf({ device_id }: PersonRow): Promise<SessionRow | null> {
  const database = await new Dexie(`field-${device_id}`).open().catch(() => null)
  if (!database) return null
  try {
    return ((await database.table<Meta, string>('meta').get('session'))?.value as SessionRow | undefined) ?? null
  } finally {
    database.close()
  }
}

/** Goes on as one who is still logged in on this phone, without any network. null when they have to log in. */
export async function goOn(person: PersonRow): Promise<Work | null> {
  const session = await sessionOf(person)
  return session?.token ? enter(new FieldDb(person.device_id), session) : null
}

/** Opens the database of the one who worked here last, without any network. null when nobody did, or they logged out. */
export async function resume(): Promise<Work | null> {
  const [last] = (await people.people.toArray()).sort((a, b) => b.last_at.localeCompare(a.last_at))
  return last ? goOn(last) : null
}

/** Ends the login of the one who works now; all that is on the phone stays. Without a network the server learns nothing of it. */
export async function logOut(): Promise<void> {
  const now = work.value
  if (!now) return
  await now.client.ask('/api/v1/sessions/current', { method: 'DELETE', timeout: 5_000 }).catch(() => undefined)
  await now.db.keep('session', { ...(await now.db.kept<SessionRow>('session', now.session)), token: null })
  work.value = null
  now.db.close()
}

async function enter(database: FieldDb, session: SessionRow, renamed = false): Promise<Work> {
  await people.people.put({ login: session.login, device_id: session.device_id, name: session.name, last_at: new Date().toISOString() })
  work.value?.db.close()
  // Before any page asks: what lies under a former device id is here from the start. What fails is tried again by the sync.
  const gather = () => gatherFormer({ db: database, session })
  if (renamed) await webLock(lockName({ session }), gather).catch((error: unknown) => console.error(error))
  // Another tab wipes the phone of this person, or moves what is here to another device id (reidentify.ts): here their work ends as well.
  // Closed for good, or the next question would make it anew.
  database.on('versionchange', (event) => {
    if (event.newVersion !== null && event.newVersion % 10 === 0) return true
    database.close()
    if (work.value?.db === database) work.value = null
    return false
  })
  work.value = { db: database, session, client: new Client(session.token) }
  void navigator.storage?.persist?.()
  return work.value
}
