// The checklists that visits were made with. One never changes: it is read once.
import type { Checklist } from '../../api/review'
import { client } from '../../stores/session'

const read = new Map<string, Promise<Checklist>>()

/** The checklist of a version. Raises Problem. */
export function checklistOf(version: string): Promise<Checklist> {
  const known = read.get(version) ?? client.json<Checklist>(`/api/v1/checklists/${version}`)
  read.set(version, known)
  known.catch(() => read.delete(version))
  return known
}
