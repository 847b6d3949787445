// What a form about somebody still lacks, before it is sent.
import { userForm as texts } from '../../locales'
import type { Fields } from './UserFields.vue'

/** The first thing that is missing, in words; empty when nothing is. */
export function missingIn({ login, name, role, regions }: Fields): string {
  if (!login.trim()) return texts.missing.login
  if (!name.trim()) return texts.missing.name
  if (!role) return texts.missing.role
  return role !== 'admin' && !regions.length ? texts.missing.regions : ''
}
