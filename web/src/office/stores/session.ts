// Who works at this desk, and the one client that asks the server in their name.
import { v7 as uuid } from 'uuid'
import { computed, ref, shallowRef } from 'vue'

import { Client } from '@/shared/api/client'
import { Problem } from '@/shared/api/problem'
import type { components } from '@/shared/api/schema'

import { anyTouched } from './unsent'

export type Role = 'supervisor' | 'reviewer' | 'county' | 'admin'
export interface Session { token: string; id: string; login: string; name: string; role: Role; regions: string[] }

type LoggedIn = components['schemas']['LoggedIn']

const KEY = 'office-session'
/** A browser has a device id of its own for each person: the server binds a device to one person. */
const deviceKey = (login: string) => `office-device:${login}`

/** The one who works here; null until somebody logs in, and when the login has ended. */
export const session = shallowRef<Session | null>(null)

/** Whether an answer says that this login, or this computer, is not taken any more. */
async function isOver(answer: Response): Promise<boolean> {
  if (answer.status !== 403) return answer.status === 401
  const body = await answer.clone().json().catch(() => null) as { code?: string } | null
  return body?.code === 'device-revoked'
}

/** The login has ended over something that was typed: the page stays until the same person has logged in again. */
export const ended = ref(false)

/** Asks in the name of who works here. A login that has ended takes them to the login page, unless something typed would be lost. */
export const client = new Client(null, '', async (...asked) => {
  const answer = await fetch(...asked)
  if (!session.value || ended.value || !await isOver(answer)) return answer
  if (!anyTouched()) leave()
  else [ended.value, client.token] = [true, null]
  return answer
})

export const isCounty = computed(() => session.value?.role === 'county' || session.value?.role === 'admin')

function enter(one: Session): void {
  localStorage.setItem(KEY, JSON.stringify(one))
  client.token = one.token
  session.value = one
  ended.value = false
}

/** Ends the login here. */
export function leave(): void {
  ended.value = false
  localStorage.removeItem(KEY)
  client.token = null
  session.value = null
}

/** Goes on with the login of the last time, if there is one. What the server thinks of it, the first question tells. */
export async function resume(): Promise<void> {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Session | null
    if (kept?.token) enter(kept)
  } catch {
    localStorage.removeItem(KEY)
  }
}

async function askIn(login: string, password: string, device_id: string): Promise<LoggedIn> {
  const json = { login, password, device_id, device_label: '办公端浏览器' }
  return client.json<LoggedIn>('/api/v1/sessions', { json, timeout: 30_000 })
}

/** Logs in. Raises Problem; a device id that has become another person's is replaced once. */
export async function logIn(login: string, password: string): Promise<void> {
  const known = localStorage.getItem(deviceKey(login))
  let device = known ?? uuid()
  const answer = await askIn(login, password, device).catch((problem: unknown) => {
    const taken = problem instanceof Problem && (problem.code === 'forbidden' || problem.code === 'device-revoked')
    if (!known || !taken) throw problem
    device = uuid()
    return askIn(login, password, device)
  })
  localStorage.setItem(deviceKey(login), device)
  const { token, user: { id, name, role, regions } } = answer
  enter({ token, id, login, name, role: role as Role, regions })
}

/** Ends the login here and on the server. */
export async function logOut(): Promise<void> {
  await client.ask('/api/v1/sessions/current', { method: 'DELETE', timeout: 5_000 }).catch(() => undefined)
  leave()
}
