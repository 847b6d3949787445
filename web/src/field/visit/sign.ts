// Signing: from here on the visit never changes, and it is on its way.
import { enqueue } from '../sync/enqueue'
import { phoneTime } from '../stores/clock'
import { settle } from '../stores/refused'
import { db } from '../stores/session'
import { assemble, contentOf } from './content'

/** Why a visit is not signed yet: pictures are still made ready (they could not be added afterwards), or it is signed or gone. */
export type SignTrouble = 'photos-working' | 'not-a-draft'
export class SignError extends Error {
  constructor(readonly trouble: SignTrouble) { super(trouble) }
}

/**
 * Signs a draft: its hash, its status and its operation in one transaction. The hash is computed before it (a transaction does not outlive
 * other waits); when something was written meanwhile, it is computed again. Raises SignError.
 */
export async function signVisit(id: string): Promise<void> {
  const of = db()
  for (;;) {
    const { text, sha256 } = await assemble(of, id)
    const done = await of.transaction('rw', [of.captures, of.answers, of.intake, of.outbox, of.meta], async () => {
      const capture = await of.captures.get(id)
      if (capture?.status !== 'draft') throw new SignError('not-a-draft')
      const owner = `visit:${id}`
      if (await of.intake.where('owner').equals(owner).filter(({ failed }) => !failed).count()) throw new SignError('photos-working')
      const now = contentOf(capture, await of.answers.where('visit').equals(id).toArray())
      if (now.text !== text) return false
      const at = phoneTime()
      await of.captures.update(id, { status: 'signed', signed_at: at, touched_at: at, sha256 })
      await enqueue(of, { t: 'visit', id, kind: 'create', set: now.set })
      if (capture.mends !== undefined) await settle(of, capture.mends)
      return true
    })
    if (done) return
  }
}
