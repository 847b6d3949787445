// Fields and values of a site as people call them: for its page, its history, an import's changes, and edits that met.
import { siteAttributes, siteForm, siteTypes, sitePage as texts } from '../../locales'
import { pathOf, regionOf } from '../../stores/region'
import { fieldName, valueWords } from '../visit/fields'

const NO_ITEMS = new Map<string, never>()
const PAGE: Record<string, string> = {
  name: texts.name, type: texts.type, grid: texts.grid, address: texts.address, active: texts.active, risk_grade: texts.risk,
    uscc: texts.uscc,
  licence_number: texts.licence, licence_until: texts.until, registration_number: texts.registration, contact: texts.contact,
    phone: texts.phone,
}

/** The name of a field of a site; a member of `attributes` by its own name. */
export function siteField(field: string): string {
  const [first, member] = field.split('.')
  if (first === 'attributes' && member) return siteAttributes[member]?.title ?? member
  return PAGE[field] ?? fieldName(field, NO_ITEMS)
}

/** An attribute's value in words. */
export function attributeWords(name: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return texts.unfilled
  if (typeof value === 'boolean') return value ? texts.yes : texts.no
  const named = siteAttributes[name]?.values ?? {}
  return (Array.isArray(value) ? value : [value]).map((one) => named[String(one)] ?? String(one)).join('、')
}

/** A value of a field in words. */
export function siteValue(field: string, value: unknown): string {
  const [first, member] = field.split('.')
  if (first === 'attributes' && member) return attributeWords(member, value)
  if (field === 'attributes' && value && typeof value === 'object') {
    return Object.entries(value).map(([name,
      one]) => `${siteAttributes[name]?.title ?? name}：${attributeWords(name, one)}`).join('；') || texts.unfilled
  }
  if (field === 'active') return value ? siteForm.open : siteForm.closed
  if (field === 'type') return (siteTypes as Record<string, string>)[String(value)] ?? String(value)
  if (field === 'grid' && typeof value === 'string') return pathOf(value) || regionOf(value)?.name || value
  if (first === 'photos') return member ? (value ? texts.photos : texts.taken) : valueWords('photos', value ?? {}, NO_ITEMS)
  return valueWords(field, value, NO_ITEMS)
}

/** Where a site lies as a list says it: town, then grid. */
export function gridWords(site: { grid: string; grid_name: string | null; town_name: string | null }): string {
  return [site.town_name, site.grid_name].filter(Boolean).join(' ') || pathOf(site.grid) || site.grid
}
