// One picture, from the camera's file to what is kept and sent: at most 1,600 px, JPEG, with its EXIF and its SHA-256.
//
// Runs in the worker, and on the page itself where a worker has no canvas. Pure but for the browser's decoder and canvas.
import { sha256Of } from '@/shared/sha256'

import { exifOf, isHeif, isJpeg, mended, withExif } from './exif'

export const LONG_SIDE = 1600
const QUALITY = 0.8
const SMALL_BYTES = 400_000
/** What the server takes of one photo (UPLOAD_MAX_BYTES). */
const MOST_BYTES = 32_000_000

/** Why a picture cannot be used. `unreadable` also when its file is gone or cut off. */
export type Unusable = 'unreadable' | 'too-large'

/** A picture as it is kept. Pixels are 0 where the browser cannot decode it (HEIC). */
export interface Prepared { blob: Blob; sha256: string; mime: string; width: number; height: number }

/** The size that fits into the long side, never larger than it was. */
export function fitted(width: number, height: number): [number, number] {
  const scale = Math.min(1, LONG_SIDE / Math.max(width, height))
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))]
}

async function decode(blob: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(blob, { imageOrientation: 'from-image' })
  } catch (error) {
    // Browsers of before 2021 do not know the word, and turn the picture upright by themselves.
    if (error instanceof TypeError) return createImageBitmap(blob)
    throw error
  }
}

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D

function paint(context: Context, bitmap: ImageBitmap, width: number, height: number): void {
  context.fillStyle = '#fff' // what is transparent would turn black
  context.fillRect(0, 0, width, height)
  context.imageSmoothingQuality = 'high'
  context.drawImage(bitmap, 0, 0, width, height)
}

async function drawn(bitmap: ImageBitmap, width: number, height: number): Promise<Blob> {
  if (typeof OffscreenCanvas !== 'undefined') {
    const canvas = new OffscreenCanvas(width, height)
    paint(canvas.getContext('2d')!, bitmap, width, height)
    return canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY })
  }
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  paint(canvas.getContext('2d')!, bitmap, width, height)
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('unreadable' satisfies Unusable))), 'image/jpeg', QUALITY)
  })
}

async function kept(bytes: Uint8Array<ArrayBuffer>, mime: string, width: number, height: number): Promise<Prepared> {
  return { blob: new Blob([bytes], { type: mime }), sha256: await sha256Of(bytes), mime, width, height }
}

/**
 * Makes a picture ready. A JPEG that is small enough keeps its bytes; a HEIC that the browser cannot decode stays as it is. Raises an
 * Error whose message is an `Unusable`.
 */
export async function prepare(file: Blob): Promise<Prepared> {
  const bytes = new Uint8Array(await file.arrayBuffer().catch(() => { throw new Error('unreadable' satisfies Unusable) }))
  let bitmap: ImageBitmap
  try {
    bitmap = await decode(file)
  } catch {
    if (!isHeif(bytes)) throw new Error('unreadable' satisfies Unusable)
    if (bytes.length > MOST_BYTES) throw new Error('too-large' satisfies Unusable)
    return kept(bytes, 'image/heic', 0, 0)
  }
  try {
    const [width, height] = fitted(bitmap.width, bitmap.height)
    if (isJpeg(bytes) && bytes.length < SMALL_BYTES && width === bitmap.width && height === bitmap.height) {
      return await kept(bytes, 'image/jpeg', width, height)
    }
    const smaller = new Uint8Array(await (await drawn(bitmap, width, height)).arrayBuffer())
    const exif = exifOf(bytes)
    const block = exif && mended(exif, width, height)
    return await kept((block ? withExif(smaller, block) : smaller) as Uint8Array<ArrayBuffer>, 'image/jpeg', width, height)
  } finally {
    bitmap.close()
  }
}
