// What changed on the server, page by page, each with its cursor in one transaction.
import { Problem } from '@/shared/api/problem'

import type { Checklist, Citation, Item, Receipt, SiteRow } from '../db/rows'
import { syncing } from '../locales/syncing'
import { phoneTime } from '../stores/clock'
import { keepFrequencies, type Frequencies } from '../stores/frequencies'
import { sweep, type Marked } from './beginAnew'
import { noteContact } from './contact'
import { copyTables, keyOf, siteCopy } from './copy'
import { SCHEMA } from './push'
import { sendMissing, takeReceipt } from './takeReceipts'
import type { Wire } from './wire'

interface Change { b: string; t: string; id: string; op: 'put' | 'remove'; rev?: number; row?: Record<string, unknown> }

interface Page {
  changes: Change[]; drop: string[]; cursor: string; has_more: boolean; items?: Record<string, Omit<Item, 'citations'>>; server_time: string
}

interface PulledItem { ref: string; citations: Citation[] }
interface PulledChecklist {
  version: string; site_type: string; title: string; sections: { id: string; title: string; items: PulledItem[] }[]
}

/** A checklist put together: each question by its reference, with its citations. A question that did not come is a page cut short. */
export function assembled(row: PulledChecklist, items: Record<string, Omit<Item, 'citations'>>): Checklist {
  const item = ({ ref, citations }: PulledItem) => {
    if (!items[ref]) throw new Problem(0, 'no-answer', syncing.offline)
    return { ...items[ref], citations } as Item
  }
  const sections = row.sections.map((section) => ({ id: section.id, title: section.title, items: section.items.map(item) }))
  return { version: row.version, site_type: row.site_type, title: row.title, sections }
}

async function put(wire: Wire, change: Change, items: Record<string, Omit<Item, 'citations'>>): Promise<void> {
  const { db } = wire
  const row = { ...change.row, b: change.b }
  if (change.t === 'site') {
    await db.sites.put(siteCopy(row as SiteRow))
  } else if (change.t === 'checklist') {
    const { sections, ...inForce } = row as unknown as PulledChecklist & { b: string }
    await db.contents.put(assembled({ ...inForce, sections }, items))
    await db.checklists.put({ ...inForce, id: change.id, b: change.b } as never)
  } else {
    await copyTables(db)[change.t].put(row)
  }
  const told = row as { receipt?: Receipt | null; photos_missing?: string[] }
  if (change.t === 'visit' && told.receipt) await takeReceipt(db, told.receipt)
  if (told.photos_missing?.length) await sendMissing(db, told.photos_missing)
}

/**
 * Applies one page, which was asked for at `asked`: first `drop`, then the changes in their order. A row is removed only if it is held under
 * that bucket.
 */
export async function takePage(wire: Wire, page: Page, etag: string | null, asked: Date): Promise<void> {
  const { db } = wire
  const [told, come] = [Date.parse(page.server_time), wire.now()]
  const tables = copyTables(db)
  await db.transaction('rw', [...Object.values(tables), db.meta, db.contents, db.captures, db.photos, db.blobs], async () => {
    const marked = await db.kept<Marked | null>('marked', null)
    const fresh: Record<string, Set<string>> = {}
    for (const table of Object.values(tables)) if (page.drop.length) await table.where('b').anyOf(page.drop).delete()
    for (const change of page.changes) {
      if (change.t === 'rules') { // of its county: a value, not rows that a page would look for
        if (change.op === 'put') await keepFrequencies(db, change.id, change.row?.frequencies as Frequencies)
        continue
      }
      const table = tables[change.t]
      if (!table) continue // of a type that a newer server knows
      const key = keyOf(change.t, change.b, change.id)
      if (change.op === 'put') {
        await put(wire, change, page.items ?? {})
        if (marked) (fresh[change.t] ??= new Set()).add(JSON.stringify(key))
      } else if (((await table.get(key)) as { b: string } | undefined)?.b === change.b) {
        await table.delete(key)
      }
    }
    if (marked) {
      for (const [t, keys] of Object.entries(fresh)) marked[t] = (marked[t] ?? []).filter((key) => !keys.has(key))
      if (page.has_more) await db.keep('marked', marked)
      else await sweep(db, marked)
    }
    await db.keep('cursor', page.cursor)
    await db.keep('etag', page.has_more ? null : etag)
    await noteContact(wire, told - come.getTime(), told - asked.getTime())
  })
}

/** Pulls until there is no more. Raises Problem: 410 and `bad-cursor` mean to begin anew. */
export async function pull(wire: Wire): Promise<void> {
  const { db, session, client } = wire
  for (let more = true; more;) {
    const [cursor, etag] = await Promise.all([db.kept<string | null>('cursor', null), db.kept<string | null>('etag', null)])
    const [schema, limit] = [Math.min(SCHEMA, session.limits.schema), Math.min(500, session.limits.pull_changes)]
    const query = new URLSearchParams({ schema: String(schema), limit: String(limit) })
    if (cursor) query.set('cursor', cursor)
    const headers: Record<string, string> = cursor && etag ? { 'If-None-Match': etag } : {}
    const asked = wire.now()
    const { answer, json } = await client.told<Page>(`/api/v1/sync/pull?${query}`, { headers, accept: [304], timeout: 120_000 })
    if (!json) return void (await db.keep('last_contact', phoneTime(wire.now())))
    await takePage(wire, json, answer.headers.get('ETag'), asked)
    more = json.has_more
  }
}
