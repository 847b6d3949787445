// The worker that makes pictures ready, so that the page answers taps meanwhile.
import { prepare, type Prepared, type Unusable } from './picture'

/** What the worker is asked, and what it answers: the picture, or why it cannot be used. */
export interface Asked { id: number; file: Blob }
export interface Answered { id: number; prepared?: Prepared; unusable?: Unusable }

const scope = self as unknown as { onmessage: (event: MessageEvent<Asked>) => void; postMessage: (answered: Answered) => void }

scope.onmessage = async ({ data: { id, file } }) => {
  try {
    scope.postMessage({ id, prepared: await prepare(file) })
  } catch (error) {
    scope.postMessage({ id, unusable: (error as Error).message === 'too-large' ? 'too-large' : 'unreadable' })
  }
}
