// One photo to the server, from where it was, by tus. What a cut connection brought is kept: only what was in flight is sent again.
import { DetailedError, Upload } from 'tus-js-client'

import { Problem, problemIn } from '@/shared/api/problem'
import { sha256Of } from '@/shared/sha256'

import type { PhotoRow } from '../db/local'
import { syncing } from '../locales/syncing'
import { phoneTime } from '../stores/clock'
import type { Wire } from './wire'

/** A connection on which nothing moved for so long is given up: it costs a HEAD to find out more. */
const STALLED = 60_000

/** Told while a photo is on its way: bytes that left the phone. */
export type Progress = (bytes: number) => void

function problemOf(error: Error): Problem {
  const answer = error instanceof DetailedError ? error.originalResponse : null
  if (!answer) return new Problem(0, 'no-answer', syncing.offline)
  let body: Record<string, unknown> = {}
  try {
    body = JSON.parse(answer.getBody()) as Record<string, unknown>
  } catch {
    // a HEAD, or a proxy that speaks HTML: the status alone has to do
  }
  return problemIn(answer.getStatus(), body, answer.getHeader('Retry-After'), '')
}

function run(wire: Wire, photo: PhotoRow, blob: Blob, progress: Progress, stop: AbortSignal): Promise<void> {
  const { db, client } = wire
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout>
    const settle = (then: () => void) => {
      clearTimeout(timer)
      stop.removeEventListener('abort', giveUp)
      then()
    }
    const giveUp = () => settle(() => void upload.abort().finally(() => reject(new Problem(0, 'no-answer', syncing.offline))))
    const moved = () => {
      clearTimeout(timer)
      timer = setTimeout(giveUp, STALLED)
    }
    let asked = false
    /** The first place that is told is where the server is; what comes after it may still lie on the phone. */
    const confirmed = (bytes: number) => {
      if (!asked && bytes > photo.sent_bytes) db.photos.update(photo.sha256, { sent_bytes: bytes }).catch(() => undefined)
      asked = true
    }
    const upload = new Upload(blob, {
      endpoint: `${client.base}/api/v1/files`, uploadUrl: photo.upload_url, uploadSize: blob.size, retryDelays: null, chunkSize: Infinity,
      headers: { Authorization: `Bearer ${client.token}` }, metadata: { sha256: photo.sha256, filetype: photo.mime },
      storeFingerprintForResuming: false,
      onUploadUrlAvailable: () => {
        moved()
        // Without it the photo begins anew after a cut; a phone that is too full to write it has room only once its photos are away.
        db.photos.update(photo.sha256, { upload_url: upload.url }).catch(() => undefined)
      },
      onProgress: (bytes) => {
        moved()
        confirmed(bytes)
        progress(bytes)
      },
      onSuccess: () => settle(resolve),
      onError: (error) => settle(() => reject(problemOf(error))),
      ...wire.upload,
    })
    stop.addEventListener('abort', giveUp)
    moved()
    if (stop.aborted) giveUp()
    else upload.start()
  })
}

/** Problems that the same bytes meet every time: a person has to see the photo. */
const FINAL = ['bad-photo', 'bad-upload', 'tus-version', 'upload-too-large', 'unsupported-media-type']

/**
 * Hands in one photo: asks whether the server has it, goes on where it was. Raises Problem when it has to be tried again; a photo that the
 * server cannot use becomes `refused`, with the problem.
 */
export async function uploadPhoto(wire: Wire, photo: PhotoRow, progress: Progress, stop: AbortSignal): Promise<void> {
  const { db, client } = wire
  const stored = () => db.photos.update(photo.sha256, {
    state: 'stored', sent_bytes: photo.bytes, upload_url: null, problem: null, stored_at: phoneTime(wire.now()),
  })
  const refused = ({ code, title, detail, remedy, errors }: Problem) =>
    db.photos.update(photo.sha256, { state: 'refused', upload_url: null, problem: { code, title, detail, remedy, errors } })
  const found = await db.blobs.get(photo.sha256)
  if (!photo.upload_url) {
    const answer = await client.ask(`/api/v1/blobs/${photo.sha256}`, { method: 'HEAD', accept: [404], timeout: 30_000 })
    if (answer.ok) return void (await stored())
  }
  if (!found) return void (await refused(new Problem(0, 'bytes-lost', syncing.bytesLost, '', syncing.bytesLostRemedy)))
  try {
    await run(wire, photo, found.blob, progress, stop)
    await stored()
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem
    if (FINAL.includes(problem.code)) return void (await refused(problem))
    if (problem.code === 'hash-mismatch' && (await sha256Of(await found.blob.arrayBuffer())) !== photo.sha256) return void (await refused(problem))
    if (problem.code === 'hash-mismatch' || problem.status === 404 || problem.status === 410) {
      await db.photos.update(photo.sha256, { upload_url: null, sent_bytes: 0 })
    }
    throw problem
  }
}
