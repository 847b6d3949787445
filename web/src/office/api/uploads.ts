// Photos and papers from the desk to the server: photos by tus (what a cut connection brought is kept), papers in one request.
import { DetailedError, Upload } from 'tus-js-client'

import { Problem, problemIn } from '@/shared/api/problem'
import { sha256Of } from '@/shared/sha256'

import { client } from '../stores/session'
import type { Document } from './rectification'

function problemOf(error: Error): Problem {
  const answer = error instanceof DetailedError ? error.originalResponse : null
  let body: Record<string, unknown> = {}
  try {
    body = JSON.parse(answer?.getBody() ?? '{}') as Record<string, unknown>
  } catch {
    // a proxy that speaks HTML: the status alone has to do
  }
  return problemIn(answer?.getStatus() ?? 0, body, answer?.getHeader('Retry-After'), error.message)
}

/** Hands in a photo and tells its SHA-256; one that the server has is not sent again. Raises Problem. */
export async function sendPhoto(file: File, progress: (share: number) => void): Promise<string> {
  const sha256 = await sha256Of(await file.arrayBuffer())
  const known = await client.ask(`/api/v1/blobs/${sha256}`, { method: 'HEAD', accept: [404] })
  if (known.ok) return sha256
  await new Promise<void>((resolve, reject) => {
    new Upload(file, {
      endpoint: `${client.base}/api/v1/files`, retryDelays: [500, 2000, 5000], storeFingerprintForResuming: false,
      headers: { Authorization: `Bearer ${client.token}` }, metadata: { sha256, filetype: file.type },
      onProgress: (sent, all) => progress(all ? sent / all : 0), onSuccess: () => resolve(), onError: (error) => reject(problemOf(error)),
    }).start()
  })
  return sha256
}

/** Hands in a paper of a region. Raises Problem. */
export function sendDocument(file: File, region: string): Promise<Document> {
  const body = new FormData()
  body.set('file', file)
  return client.json<Document>(`/api/v1/documents?region=${region}`, { method: 'POST', body, timeout: 300_000 })
}

/** Opens a document in a window of its own; it is fetched with the token. */
export async function openDocument({ sha256 }: Document): Promise<void> {
  const page = window.open('', '_blank')
  try {
    const url = URL.createObjectURL(await (await client.ask(`/api/v1/documents/${sha256}`, { headers: { Accept: '*/*' } })).blob())
    if (page) page.location.href = url
    setTimeout(() => URL.revokeObjectURL(url), 60_000)
  } catch {
    page?.close()
  }
}
