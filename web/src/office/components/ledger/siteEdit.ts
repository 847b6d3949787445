// A site in a form: its fields as a person types them, and what of them differs from what the server has.
import { nextTick } from 'vue'

import type { Place, Site, SiteFields } from '../../api/ledger'

/** As typed: texts everywhere, '' where nothing is. */
export interface Form {
  type: string; name: string; grid: string; active: boolean; address: string; contact: string; phone: string; uscc: string
  licence_number: string; licence_until: string; registration_number: string; risk_grade: string
  attributes: Record<string, unknown>; place: Place | null
}

const PLAIN = ['type', 'name', 'grid', 'address', 'contact', 'phone'] as const
/** What is taken away with null. */
const OPTIONAL = ['uscc', 'licence_number', 'licence_until', 'registration_number', 'risk_grade'] as const

/** A form of a site; of none, an empty one. */
export function formOf(site: Site | null): Form {
  const texts = Object.fromEntries([...PLAIN, ...OPTIONAL].map((name) => [name, site?.[name] ?? '']))
  return { ...(texts as unknown as Form), active: site?.active ?? true, attributes: { ...site?.attributes },
    place: site?.place ? { ...site.place } : null }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)
const clean = (text: string): string => text.trim()

/** What a form changes of a site, as PATCH takes it; members of `attributes` one by one. */
export function changesOf(form: Form, site: Site): Partial<SiteFields> {
  const set: Record<string, unknown> = {}
  for (const name of PLAIN) if (clean(form[name]) !== site[name]) set[name] = clean(form[name])
  for (const name of OPTIONAL) if (clean(form[name]) !== (site[name] ?? '')) set[name] = clean(form[name]) || null
  if (form.active !== site.active) set.active = form.active
  const names = new Set([...Object.keys(form.attributes), ...Object.keys(site.attributes)])
  const attributes = [...names].filter((name) => !same(form.attributes[name], site.attributes[name]))
    .map((name) => [name, form.attributes[name] ?? null])
  if (attributes.length) set.attributes = Object.fromEntries(attributes)
  if (!same(form.place, site.place)) set.place = form.place
  return set as Partial<SiteFields>
}

/** A new site of a form: only what is filled in. */
export function madeOf(form: Form): Partial<SiteFields> {
  const set: Record<string, unknown> = {}
  for (const name of [...PLAIN, ...OPTIONAL]) if (clean(form[name])) set[name] = clean(form[name])
  if (Object.keys(form.attributes).length) set.attributes = form.attributes
  if (form.place) set.place = form.place
  return set as Partial<SiteFields>
}

/** A field of a site or of a form by its name; a member of `attributes` by `attributes.NAME`. */
export function valueOf(from: Partial<SiteFields> | Form, field: string): unknown {
  const [first, member] = field.split('.')
  const value = (from as Record<string, unknown>)[first]
  return member && first === 'attributes' ? (value as Record<string, unknown> | undefined)?.[member] : value
}

/** Takes a field of a site into a form. */
export function take(form: Form, site: Site, field: string): void {
  const [first, member] = field.split('.')
  const fresh = formOf(site)
  if (first !== 'attributes' || !member) {
    Object.assign(form, { [first]: fresh[first as keyof Form] })
    return
  }
  const { [member]: _, ...others } = form.attributes
  form.attributes = fresh.attributes[member] === undefined ? others : { ...others, [member]: fresh.attributes[member] }
}

/** Brings the first field that the server refused into view and into the hands. */
export async function showWrong(form: { $el: HTMLElement } | undefined): Promise<void> {
  await nextTick()
  const field = form?.$el.querySelector<HTMLElement>('.el-form-item.is-error')
  field?.scrollIntoView({ block: 'center' })
  field?.querySelector<HTMLElement>('input')?.focus({ preventScroll: true })
}
