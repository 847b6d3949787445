// What the server refused, opened again so that the person can mend it and hand it in anew: a visit as another draft, a site's values in
// its form. The refused operation stays where it is until the new one is on its way.
import { v7 as uuid } from 'uuid'

import type { FieldDb } from '../db/database'
import type { Capture, OutboxRow } from '../db/local'
import type { PhotoCapture } from '../db/rows'
import { namePhoto, siteTables, withoutSignature } from '../photos/naming'
import { phoneTime } from './clock'
import { mergeFields, seenSite } from './overlay'
import { keepDraft, openDraft } from './siteDraft'
import { formOf } from './siteForm'

/** Why it cannot be opened: what it needs left the phone, or another form lies there that was not saved. */
export class ResubmitError extends Error {
  constructor(readonly trouble: 'gone' | 'form-open') { super(trouble) }
}

/** Whether a person can mend a rejected operation on this phone. */
export async function canResubmit(db: FieldDb, { t, id, operation }: OutboxRow): Promise<boolean> {
  if (t === 'site') return operation.kind === 'create' || (await seenSite(db, id)) !== undefined
  if (t !== 'visit' || operation.kind !== 'create') return false
  const capture = await db.captures.get(id)
  return capture !== undefined && (await seenSite(db, capture.site_id)) !== undefined
}

function firstWrong(errors: unknown): string | undefined {
  const named = Array.isArray(errors) ? errors.map((one: { link_id?: unknown }) => one?.link_id) : []
  return named.find((link_id): link_id is string => typeof link_id === 'string')
}

/** A draft with all that a refused visit holds but its signature: what is mended is signed anew. Answers its id. */
async function draftOf(db: FieldDb, { n, id, problem }: OutboxRow): Promise<string> {
  return db.transaction('rw', [db.captures, db.answers, db.photos], async () => {
    const old = await db.captures.get(id)
    if (!old) throw new ResubmitError('gone')
    const begun = await db.captures.where('site_id').equals(old.site_id)
      .filter(({ mends, status }) => mends === n && status === 'draft').first()
    if (begun) return begun.id
    const rows = await db.answers.where('visit').equals(id).toArray()
    const photos = withoutSignature(old)
    const made: Capture = {
      ...old, id: uuid(), mends: n, status: 'draft', photos, signature: null, touched_at: phoneTime(), signed_at: null, sha256: null,
      receipt: null, position: firstWrong(problem?.errors) ?? old.position,
    }
    await db.captures.add(made)
    await db.answers.bulkPut(rows.map((row) => ({ ...row, visit: made.id })))
    await db.photos.where('sha256').anyOf(Object.keys(photos)).modify((photo) => { photo.owners.push(`visit:${made.id}`) })
    return made.id
  })
}

/** The refused values in the site's form, over what is known of the site now. */
async function formAgain(db: FieldDb, { n, id, operation: { kind, set } }: OutboxRow): Promise<void> {
  const fresh = kind === 'create'
  const opened = await openDraft(db, fresh ? undefined : id)
  if (!opened) throw new ResubmitError('gone')
  if (opened.draft.mends === n) return
  if (opened.left) throw new ResubmitError('form-open')
  const { photos = {}, ...fields } = set as { photos?: Record<string, PhotoCapture | null> }
  const form = formOf(mergeFields((!fresh && (await seenSite(db, id))) || {}, fields))
  await db.transaction('rw', siteTables(db), async () => {
    for (const [sha, known] of Object.entries(photos)) if (known) await namePhoto(db, `site:${id}`, null, sha, known)
    await keepDraft(db, fresh ? { id, base: null, before: null, form, mends: n } : { ...opened.draft, form, mends: n })
  })
}

/** Opens a rejected operation again; answers the page where it is mended. Raises ResubmitError. */
export async function resubmit(db: FieldDb, n: number): Promise<string> {
  const row = await db.outbox.get(n)
  if (!row || row.state !== 'rejected') throw new ResubmitError('gone')
  if (row.t === 'visit') return `/visits/${await draftOf(db, row)}`
  await formAgain(db, row)
  return row.operation.kind === 'create' ? '/sites/new' : `/sites/${row.id}/edit`
}
