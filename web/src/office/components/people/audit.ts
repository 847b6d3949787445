// An entry of the audit log in words: what was done, to what, where that can be looked at, and what was said with it.
import type { LocationQueryRaw } from 'vue-router'

import type { Entry } from '../../api/people'
import { auditActions, audit as texts, auditKeys, auditWords, recordKinds, recordMethods, residentBases, taskLevels, decide, reviewStates, roles, siteTypes } from '../../locales'
import { regionOf } from '../../stores/region'

/** The first word of an action: what it is done to. */
export const nounOf = (action: string): string => action.split('.')[0]

export const actionWords = (action: string): string => auditActions[action] ?? action

export function actorWords({ actor, name, login }: Pick<Entry, 'actor' | 'name' | 'login'>): string {
  return name ?? login ?? ({ 'command-line': texts.machine, demo: texts.demo } as Record<string, string>)[actor] ?? actor
}

/** Where an entry's subject can be looked at; null where it is no page. */
export function placeOf({ action, subject }: Entry): { path: string; query?: LocationQueryRaw } | null {
  const noun = nounOf(action)
  if (action === 'site.import' || action === 'record.import') return null
  const paths: Record<string, string> = {
    site: `/sites/${subject}`, visit: `/visits/${subject}`, rectification: `/rectifications/${subject}`, notice: `/notices/${subject}`,
    campaign: `/tasks/${subject}`, plan: `/plans/${subject}`, report: `/reports/${subject}`,
  }
  if (noun in paths) return { path: paths[noun] }
  if (noun === 'user') return { path: '/ledger/users', query: { text: subject } }
  if (noun === 'device') return { path: '/ledger/devices', query: { text: subject, state: 'all' } }
  if (noun === 'region') return { path: '/ledger/regions', query: { region: subject.slice(0, 9), at: subject } }
  if (noun === 'indicator') return { path: `/indicators/${subject}` }
  if (noun === 'rules') return { path: '/settings' }
  if (noun === 'task') return { path: '/tasks' }
  return null
}

/** What the subject is called in the list: its name, else what the detail tells of it, else as much of its id as tells one from another. */
export function subjectWords({ action, subject, subject_name, detail }: Entry): string {
  const said = subject_name ?? detail.title ?? detail.number ?? (action.startsWith('document.') ? detail.name : null)
  if (typeof said === 'string' && said) return said
  return UUID.test(subject) || subject.length > 40 ? `…${subject.slice(-6)}` : subject
}

const HASH = /^[0-9a-f]{64}$/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-/
const WORDS: Record<string, string> = { ...auditWords, ...recordKinds, ...recordMethods, ...taskLevels, ...roles, ...siteTypes, ...reviewStates, ...residentBases, approve: decide.approve,
  return: decide.return }

/** Regions stand in the log by their codes. */
const places = (given: unknown): unknown => (Array.isArray(given) ? given.map(places)
  : typeof given === 'string' && /^\d{2,14}$/.test(given) ? (regionOf(given)?.name ?? given) : given)

function value(given: unknown): string {
  if (given === null || given === undefined || given === '') return texts.nothing
  if (typeof given === 'boolean') return given ? texts.yes : texts.no
  if (Array.isArray(given)) return given.length ? given.map(value).join('、') : texts.nothing
  if (typeof given === 'object') return pairs(given as Record<string, unknown>, false)
  if (UUID.test(String(given)) || HASH.test(String(given))) return `…${String(given).slice(-6)}`
  return WORDS[String(given)] ?? String(given).replace(/^(-?\d+)\.0$/, '$1')
}

/** `user.edit` tells of each field what it was and what it became. */
const became = (given: unknown): string => (Array.isArray(given) && given.length === 2 ? texts.became(value(given[0]),
  value(given[1])) : value(given))

function pairs(given: Record<string, unknown>, changes: boolean): string {
  return Object.entries(given).filter(([, one]) => one !== '' && one !== '[]' && one !== 'None' && one !== null && !(typeof one === 'object'
    && !Object.keys(one as object).length))
    .map(([key, one]) => [key, key === 'region' || key === 'regions' || key === 'grid' ? places(one) : one] as const)
    .map(([key, one]) => `${auditKeys[key] ?? key}：${changes ? became(one) : value(one)}`).join('；')
}

/** What stands in the detail, in one line; what is empty is left out. */
export function detailWords({ action, detail }: Entry): string {
  return pairs(detail, action === 'user.edit')
}
