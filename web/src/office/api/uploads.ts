// Photos and papers from the desk to the server: photos by tus (what a cut connection brought is kept), papers in one request.
import { ElMessage } from 'element-plus/es/components/message/index'
import 'element-plus/es/components/message/style/css'
import { DetailedError, Upload } from 'tus-js-client'

import { Problem, problemIn } from '@/shared/api/problem'
import { sha256Of } from '@/shared/sha256'

import { client } from '../stores/session'
import { asProblem } from './ask'
import { save } from './download'
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

/** The problem of a file, which its name belongs to: several are handed in at once. */
function problemWith(file: File, { status, code, title, detail, remedy, errors, retryAfter, body }: Problem): Problem {
  return new Problem(status, code, title, `${file.name}：${detail || title}`, remedy, errors, retryAfter, body)
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
      onProgress: (sent, all) => progress(all ? sent / all : 0), onSuccess: () => resolve(),
      onError: (error) => reject(problemWith(file, problemOf(error))),
    }).start()
  })
  return sha256
}

/** Hands in a paper of a region; tells how much of it has gone. Raises Problem. */
export function sendDocument(file: File, region: string, progress: (share: number) => void = () => undefined): Promise<Document> {
  const body = new FormData()
  body.set('file', file)
  return new Promise((resolve, reject) => {
    const asking = new XMLHttpRequest()  // fetch does not tell what has gone
    asking.open('POST', `${client.base}/api/v1/documents?region=${region}`)
    asking.setRequestHeader('Authorization', `Bearer ${client.token}`)
    asking.setRequestHeader('Accept', 'application/json')
    asking.responseType = 'json'
    asking.timeout = 300_000
    asking.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0)
    asking.onload = () => {
      const answer = (asking.response ?? {}) as Record<string, unknown>
      if (asking.status < 300) resolve(answer as unknown as Document)
      else reject(problemWith(file, problemIn(asking.status, answer, asking.getResponseHeader('Retry-After'), `HTTP ${asking.status}`)))
    }
    asking.onerror = asking.ontimeout = () => reject(new Problem(0, 'no-answer', '没有连上服务器'))
    asking.send(body)
  })
}

/** Fetches a document with the token and shows it in a window of its own; what no browser shows is saved. */
export async function openDocument({ sha256, name, mime }: Document): Promise<void> {
  const page = mime && !/pdf|image/.test(mime) ? null : window.open('', '_blank')
  try {
    const blob = await (await client.ask(`/api/v1/documents/${sha256}`, { headers: { Accept: '*/*' }, timeout: 300_000 })).blob()
    if (!page) return save(blob, name ?? sha256)
    const url = URL.createObjectURL(blob)
    page.location.href = url
    setTimeout(() => URL.revokeObjectURL(url), 60_000)
  } catch (error) {
    page?.close()
    ElMessage({ type: 'error', message: asProblem(error).message })
  }
}
