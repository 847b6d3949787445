// Why a picture could not be taken in. `intake.failed` holds the sentence that the person reads (locales/photos.ts).
import type { Unusable } from './picture'

export type Failure = Unusable | 'full' | 'signed' | 'gone' | 'too-many' | 'broken'

/** A picture that was not taken in, and why. */
export class PhotoError extends Error {
  constructor(readonly failure: Failure) {
    super(failure)
    this.name = 'PhotoError'
  }
}
