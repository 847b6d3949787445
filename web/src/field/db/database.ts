// The phone's database: a copy of the server's rows, and what was captured here. One per person and device id.
//
// The copy is never edited by the person: what a page shows is the copy with the outbox laid over it (stores/overlay.ts). A
// rejected operation, a conflict or a pull from the beginning then needs no undoing.
import Dexie, { type EntityTable, type Table } from 'dexie'

import type { AnswerRow, BlobRow, Capture, IntakeRow, OutboxRow, PhotoRow } from './local'
import type { Checklist, ChecklistRow, ConflictRow, PlanRow, QuarantineRow, RegionRow, SiteRow, TaskRow, VisitRow } from './rows'

/** A site in the copy, with what a search looks for. */
export type SiteCopy = SiteRow & { initials: string }

/** A single value kept by name: session, cursor, last_n, acked, last_contact, trouble … */
export interface Meta { key: string; value: unknown }

export class FieldDb extends Dexie {
  meta!: EntityTable<Meta, 'key'>
  regions!: EntityTable<RegionRow, 'code'>
  plans!: Table<PlanRow, [string, string]>
  checklists!: Table<ChecklistRow, [string, string]>
  contents!: EntityTable<Checklist, 'version'>
  sites!: EntityTable<SiteCopy, 'id'>
  tasks!: EntityTable<TaskRow, 'id'>
  visits!: EntityTable<VisitRow, 'id'>
  quarantine!: EntityTable<QuarantineRow, 'op'>
  conflicts!: EntityTable<ConflictRow, 'id'>
  captures!: EntityTable<Capture, 'id'>
  answers!: Table<AnswerRow, [string, string]>
  outbox!: EntityTable<OutboxRow, 'n'>
  photos!: EntityTable<PhotoRow, 'sha256'>
  blobs!: EntityTable<BlobRow, 'sha256'>
  intake!: EntityTable<IntakeRow, 'id'>

  constructor(device_id: string, options: ConstructorParameters<typeof Dexie>[1] = {}) {
    // strict: a write is on the disk before it is told as done. A battery may die at any moment.
    super(`field-${device_id}`, { chromeTransactionDurability: 'strict', ...options })
    this.version(1).stores({
      meta: 'key',
      regions: 'code, b', plans: '[b+id], b', checklists: '[b+id], b, id', contents: 'version',
      sites: 'id, b, grid, type', tasks: 'id, b, site_id', visits: 'id, b, site_id',
      quarantine: 'op, b, row_id', conflicts: 'id, b, row_id',
      captures: 'id, site_id, status', answers: '[visit+link_id], visit',
      outbox: 'n, op, state, [t+id]', photos: 'sha256, *owners, state', blobs: 'sha256', intake: 'id, owner',
    })
  }

  /** A kept value, or `otherwise`. */
  async kept<T>(key: string, otherwise: T): Promise<T> {
    return ((await this.meta.get(key))?.value as T | undefined) ?? otherwise
  }

  /** Keep a value by name. */
  async keep(key: string, value: unknown): Promise<void> {
    await this.meta.put({ key, value })
  }
}
