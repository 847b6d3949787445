// Phones for the tests: a real database in memory, the real server, and a network that does what a test wants.
import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { promisify } from 'node:util'

import Dexie from 'dexie'
import { v7 as uuid } from 'uuid'
import { afterEach } from 'vitest'

import { Client } from '@/shared/api/client'
import { FieldDb } from '@/field/db/database'
import type { Capture, SessionRow } from '@/field/db/local'
import { enqueue, type Change } from '@/field/sync/enqueue'
import { FewerOnTrouble } from '@/field/sync/limits'
import { pageLock, type Lock } from '@/field/sync/lock'
import { round } from '@/field/sync/round'
import { wireOf, type Wire } from '@/field/sync/wire'
import { assemble } from '@/field/visit/content'

const told = (name: string): string => {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: run these tests by tests/web/test_vitest.py`)
  return value
}

export const server = told('SERVER_URL')
export const [grid, otherGrid] = JSON.parse(told('SERVER_GRIDS')) as [string, string]
export const school = told('SERVER_SITE')
export const password = told('SERVER_PASSWORD')

/** Runs a `flask` command at the server's database. */
export async function flask(...command: string[]): Promise<string> {
  const [program, ...given] = JSON.parse(told('SERVER_FLASK')) as [string, ...string[]]
  return (await promisify(execFile)(program, [...given, ...command], { cwd: told('SERVER_ROOT') })).stdout
}

interface LoggedIn {
  token: string; user: { id: string; login: string; name: string; role: string; regions: string[] }; limits: SessionRow['limits']
}

export async function logIn(login: string, device_id: string, fetching: typeof fetch = fetch): Promise<SessionRow> {
  const answer = await new Client(null, server, fetching).json<LoggedIn>('/api/v1/sessions', { json: { login, password, device_id } })
  return { ...answer.user, user_id: answer.user.id, device_id, token: answer.token, limits: answer.limits, offset_ms: 0 }
}

/** An office at its desk. */
export async function office(login = 'county'): Promise<Client> {
  return new Client((await logIn(login, uuid())).token, server)
}

export type Fault = (asked: () => Promise<Response>, url: string, init: RequestInit) => Promise<Response>

/** A network that uses up `faults` one by one, each for the next request that `on` names; then it works. */
export class Network {
  faults: Fault[] = []
  requests: { method: string; path: string; body: number }[] = []
  on: (path: string) => boolean = (path) => path.includes('/sync/')

  readonly fetch: typeof fetch = async (input, init = {}) => {
    const url = String(input)
    const body = init.body instanceof Blob ? init.body.size : typeof init.body === 'string' ? init.body.length : 0
    this.requests.push({ method: init.method ?? 'GET', path: url.slice(server.length), body })
    const asked = () => fetch(url, init)
    const fault = this.on(url) ? this.faults.shift() : undefined
    return fault ? fault(asked, url, init) : asked()
  }
}

/** The request never arrives. */
export const lostRequest: Fault = async () => { throw new TypeError('lost') }
/** The server does the work and nobody hears of it. */
export const lostAnswer: Fault = async (asked) => {
  await (await asked()).arrayBuffer()
  throw new TypeError('lost')
}
/** The request arrives twice. */
export const doubled: Fault = async (asked) => {
  await (await asked()).arrayBuffer()
  return asked()
}
const underWay: Promise<unknown>[] = []
/** The phone gives it up and asks again; it arrives all the same, beside what was asked after it or behind it. */
export const late: Fault = async (asked) => {
  underWay.push(new Promise((resolve) => setTimeout(resolve, 50)).then(asked).then((answer) => answer.arrayBuffer()))
  throw new TypeError('late')
}
/** Waits until all that is late has arrived. */
export async function arrived(): Promise<void> {
  await Promise.all(underWay.splice(0))
}
/** The answer's body ends in the middle. */
export const cutAnswer: Fault = async (asked) => {
  const answer = await asked()
  const body = await answer.text()
  const half = body.slice(0, Math.floor(body.length / 2))
  return new Response(half, { status: answer.status, headers: { 'Content-Type': 'application/json' } })
}
/** The server fails, as it would with a bug. */
export const internal: Fault = async () => Response.json({ status: 500, code: 'internal', title: '服务器内部错误' }, { status: 500 })
/** Between the phone and the server something says no. */
export const answers = (status: number, code: string, body: object = {}, headers: Record<string, string> = {}): Fault =>
  async () => Response.json({ status, code, title: code, ...body }, { status, headers })

/** What tus needs in Node, where there is no XMLHttpRequest and Blobs cannot be bodies. */
export const inNode = {
  fileReader: {
    openFile: async (blob: Blob) => ({
      size: blob.size,
      slice: async (start: number, end: number) => {
        const to = Math.min(end, blob.size)
        const value = Buffer.from(await blob.slice(start, to).arrayBuffer())
        return { value: Object.assign(value, { size: value.length }), done: to >= blob.size }
      },
      close: () => undefined,
    }),
  },
}

const opened = new Set<FieldDb>()

// Each test has devices of its own: a database that another one left would be taken for a former one of the same person.
afterEach(async () => {
  for (const db of opened) db.close()
  opened.clear()
  for (const name of await Dexie.getDatabaseNames()) await Dexie.delete(name)
})

/** A phone of `login`. It can be killed and opened again; `clock` is how far its clock is off, in milliseconds. */
export class Phone {
  readonly network = new Network()
  db!: FieldDb
  wire!: Wire
  trouble = new FewerOnTrouble()

  /** Where the server is, or what stands between. */
  base = server

  private constructor(public session: SessionRow, readonly lock: Lock, readonly clock: number) {}

  static async of(login = 'supervisor', { clock = 0, lock = pageLock() }: { clock?: number; lock?: Lock } = {}): Promise<Phone> {
    const phone = new Phone(await logIn(login, uuid()), lock, clock)
    await phone.open()
    await phone.db.keep('session', phone.session)
    return phone
  }

  /** Opens the database again, as after the app was killed, or in another tab. */
  async open(): Promise<Phone> {
    this.db = new FieldDb(this.session.device_id)
    await this.db.open()
    this.wire = this.wireOn(this.db)
    this.trouble = new FewerOnTrouble()
    return this
  }

  /** Opens the database so that the app dies before its transaction number `steps`: nothing after it is done. */
  async dying(steps: number): Promise<{ died: () => boolean }> {
    this.db = new FieldDb(this.session.device_id)
    let [left, died] = [steps, false]
    this.db.use({
      stack: 'dbcore', name: 'death',
      create: (core) => ({
        ...core,
        transaction(...asked) {
          if (left-- <= 0) {
            died = true
            throw new Error('killed')
          }
          return core.transaction(...asked)
        },
      }),
    })
    await this.db.open()
    this.wire = this.wireOn(this.db)
    this.trouble = new FewerOnTrouble()
    return { died: () => died }
  }

  wireOn(db: FieldDb): Wire {
    opened.add(db)
    const client = new Client(this.session.token, this.base, this.network.fetch)
    return wireOf({ db, session: this.session, client }, {
      lock: this.lock, now: () => new Date(Date.now() + this.clock), chance: () => 0, upload: inNode as never,
      pause: (milliseconds, signal) => new Promise((resolve) => {
        const timer = setTimeout(resolve, Math.min(milliseconds, 20))
        signal.addEventListener('abort', () => { clearTimeout(timer); resolve() })
      }),
    })
  }

  enqueue(change: Change) {
    return enqueue(this.db, change)
  }

  round(): Promise<void> {
    return round(this.wire, this.trouble)
  }

  /** Rounds until one goes through. Fails after `most`. */
  async until(most = 20): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.round()
      } catch (problem) {
        if (tries >= most) throw problem
      }
    }
  }

  async states(): Promise<string[]> {
    return (await this.db.outbox.orderBy('n').toArray()).map((row) => row.state)
  }

  /** A new site of its own, unsent. */
  async found(name = '街角小吃店', id = uuid()): Promise<string> {
    await this.enqueue({ t: 'site', id, kind: 'create', set: { type: 'small_shop', name, grid, address: '', attributes: {} } })
    return id
  }

  /** The version of the checklist in force for a type. Needs a pull. */
  async checklist(type = 'school_canteen'): Promise<string> {
    return (await this.db.checklists.where('id').equals(type).first())!.version
  }
}

/** A whole JPEG that no other is equal to. `noise` bytes lie in a comment, where JPEG allows 65,533. */
export function jpeg(noise = 32): { blob: Blob; sha256: string; bytes: number } {
  const smallest = Buffer.from(
    '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////'
    + 'wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z', 'base64')
  const comments: Buffer[] = []
  for (let left = noise; left > 0; left -= 65_000) {
    const text = Buffer.from(randomBytes(Math.min(left, 65_000)))
    const head = Buffer.from([0xff, 0xfe, (text.length + 2) >> 8, (text.length + 2) & 255])
    comments.push(head, text)
  }
  const bytes = Buffer.concat([smallest.subarray(0, 2), ...comments, smallest.subarray(2)])
  return { blob: new Blob([bytes], { type: 'image/jpeg' }), sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length }
}

/** A visit of the school that lies on the phone, as the app keeps it, with `more`. Needs a pull. */
export async function capture(phone: Phone, more: Partial<Capture> = {}): Promise<Capture> {
  const at = new Date().toISOString()
  const made: Capture = {
    id: uuid(), site_id: school, checklist: more.checklist ?? (await phone.checklist()), document_type: 'patrol', status: 'draft', at,
    place: null, end_place: null, ended_at: null, note: '', operator_word: '', signature: null, officers: [], photos: {}, replaces: null,
    returned: null, recheck: [], position: null, touched_at: at, signed_at: null, sha256: null, receipt: null, ...more,
  }
  await phone.db.captures.put(made)
  return made
}

/** A signed visit that names photos, with its operation in the outbox. Its id. */
export async function signed(phone: Phone, photos: string[], id = uuid()): Promise<string> {
  const named = Object.fromEntries(photos.map((sha256) => [sha256, { source: 'camera' as const }]))
  await capture(phone, { id, status: 'signed', note: '已查', photos: named, signed_at: new Date().toISOString() })
  const { set, sha256 } = await assemble(phone.db, id)
  await phone.db.captures.update(id, { sha256 })
  await phone.enqueue({ t: 'visit', id, kind: 'create', set })
  return id
}

/** Puts a photo into a phone's database as the camera would. */
export async function photo(phone: Phone, owner: string, noise?: number): Promise<string> {
  const { blob, sha256, bytes } = jpeg(noise)
  await phone.db.blobs.put({ sha256, blob })
  await phone.db.photos.put({
    sha256, owners: [owner], bytes, mime: 'image/jpeg', width: 1, height: 1, state: 'kept', sent_bytes: 0, upload_url: null, problem: null,
    taken_at: new Date().toISOString(), stored_at: null,
  })
  return sha256
}

/** A line to the server: bytes that went up, connections that were made. */
export interface Line { url: string; up: () => number; connections: () => number; close: () => void }

/** A line to the server that is cut after so many bytes upward, once for each of `cuts`; it counts what passes. */
export async function line(...cuts: number[]): Promise<Line> {
  let [up, connections] = [0, 0]
  const open = new Set<Socket>()
  const gate = createServer((phone) => {
    connections += 1
    const upstream = connect(Number(new URL(server).port), '127.0.0.1')
    open.add(phone).add(upstream)
    let here = 0
    phone.on('data', (data) => {
      up += data.length
      here += data.length
      upstream.write(data)
      if (cuts.length && here >= cuts[0]) {
        cuts.shift()
        // The server reads what is on its way, then learns of the end.
        setTimeout(() => { phone.destroy(); upstream.end() }, 250)
        phone.pause()
      }
    })
    upstream.on('data', (data) => phone.write(data))
    for (const [one, other] of [[phone, upstream], [upstream, phone]]) one.on('close', () => other.end()).on('error', () => other.destroy())
  })
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve))
  const close = () => {
    gate.close()
    for (const one of open) one.destroy()
  }
  return { url: `http://127.0.0.1:${(gate.address() as AddressInfo).port}`, up: () => up, connections: () => connections, close }
}
