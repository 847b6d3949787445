// Receipts, and photos that the server says it lacks.
import type { FieldDb } from '../db/database'
import type { Capture } from '../db/local'
import type { Receipt } from '../db/rows'

/** Whether the receipt is for what this phone holds. One for something else proves nothing: the visit is kept and shown. */
export function receiptFits(capture: Pick<Capture, 'sha256' | 'receipt'>): boolean {
  return capture.receipt !== null && capture.sha256 !== null && capture.receipt.sha256 === capture.sha256
}

/** Whether there is a receipt, and it is for something else. */
export const receiptDiffers = (capture: Pick<Capture, 'sha256' | 'receipt'>): boolean => capture.receipt !== null && !receiptFits(capture)

/** Keeps a receipt with its capture, also one that differs. Runs in the transaction of a page or of results, which hold `captures`. */
export async function takeReceipt(db: FieldDb, receipt: Receipt): Promise<void> {
  await db.captures.update(receipt.visit, { receipt })
}

/**
 * Photos that the server lacks although it had them once (its storage was restored, or nobody named them for too long) go up again,
 * as long as their bytes are here. Runs in the transaction of a page or of results, which hold `photos` and `blobs`.
 */
export async function sendMissing(db: FieldDb, missing: string[]): Promise<void> {
  for (const sha256 of missing) {
    const photo = await db.photos.get(sha256)
    if (photo?.state === 'stored' && (await db.blobs.where('sha256').equals(sha256).count())) {
      await db.photos.update(sha256, { state: 'kept', upload_url: null, sent_bytes: 0, stored_at: null })
    }
  }
}
