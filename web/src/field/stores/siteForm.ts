// The form of a site as plain data: what it shows, whether it can be saved, and which operation it comes to.
import type { Place, SiteFields } from '../db/rows'
import { siteForm as texts } from '../locales/sites'
import { compactUscc, isUscc } from './uscc'

/** What the form holds. Texts are as typed; an empty one is none. */
export interface SiteForm {
  type: string; name: string; grid: string; active: boolean; address: string; contact: string; phone: string
  uscc: string; licence_number: string; licence_until: string | null; registration_number: string; risk_grade: string
  attributes: Record<string, unknown>; place: Place | null
}

type Wire = Omit<SiteFields, 'photos'>
export type FormErrors = Partial<Record<keyof SiteForm, string>>

/** The longest text that the server takes of each field, characters. */
export const LONGEST = { name: 200, address: 300, contact: 100, phone: 40, uscc: 30, licence_number: 64, registration_number: 64 }

/** A form filled with what is known of a site. */
export function formOf(known: Partial<Wire> = {}): SiteForm {
  const { type = '', name = '', grid = '', active = true, address = '', contact = '', phone = '' } = known
  const { licence_until = null, place = null } = known
  return {
    type, name, grid, active, address, contact, phone, uscc: known.uscc ?? '', licence_number: known.licence_number ?? '', licence_until,
    registration_number: known.registration_number ?? '', risk_grade: known.risk_grade ?? '', attributes: { ...known.attributes }, place,
  }
}

/** What is wrong with the form, by field, in the person's words; empty when it can be saved. */
export function errorsOf(form: SiteForm): FormErrors {
  const uscc = compactUscc(form.uscc)
  return {
    ...(!form.type && { type: texts.wrong.type }),
    ...(!form.name.trim() && { name: texts.wrong.name }),
    ...(!form.grid && { grid: texts.wrong.grid }),
    ...(uscc && !isUscc(uscc) && { uscc: uscc.length === 18 ? texts.wrong.uscc : texts.wrong.usccLength(uscc.length) }),
  }
}

const filled = (value: unknown) => value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && !value.length)

/** The fields as they travel. */
function wireOf(form: SiteForm): Wire {
  const text = (value: string) => value.trim()
  return {
    type: form.type, name: text(form.name), grid: form.grid, active: form.active, address: text(form.address), contact: text(form.contact),
    phone: text(form.phone), uscc: compactUscc(form.uscc) || null, licence_number: text(form.licence_number) || null,
    licence_until: form.licence_until, registration_number: text(form.registration_number) || null,
    risk_grade: (form.risk_grade || null) as Wire['risk_grade'], place: form.place,
    attributes: Object.fromEntries(Object.entries(form.attributes)
      .map(([name, value]) => [name, typeof value === 'string' ? value.trim() : value] as const).filter(([, value]) => filled(value))),
  }
}

/** `set` of the create: what was filled in. A new site is open. */
export function createOf(form: SiteForm): Record<string, unknown> {
  const { active: _, attributes, ...fields } = wireOf(form)
  const set: Record<string, unknown> = Object.fromEntries(Object.entries(fields).filter(([, value]) => filled(value)))
  return Object.keys(attributes).length ? { ...set, attributes } : set
}

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

/** What differs, by name; null where one side has nothing. */
function differing(before: Record<string, unknown>, after: Record<string, unknown>) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !same(before[name], after[name]))
  const of = (side: Record<string, unknown>) => Object.fromEntries(names.map((name) => [name, side[name] ?? null]))
  return { names, set: of(after), was: of(before) }
}

/** `set` and `was` of the patch: the changed fields, attributes member by member. null when nothing was changed. */
export function patchOf(before: SiteForm, form: SiteForm): { set: Record<string, unknown>; was: Record<string, unknown> } | null {
  const { attributes: had, ...old } = wireOf(before)
  const { attributes: has, ...now } = wireOf(form)
  const fields = differing(old, now)
  const members = differing(had, has)
  if (!fields.names.length && !members.names.length) return null
  const nested = members.names.length > 0
  return {
    set: { ...fields.set, ...(nested && { attributes: members.set }) }, was: { ...fields.was, ...(nested && { attributes: members.was }) },
  }
}
