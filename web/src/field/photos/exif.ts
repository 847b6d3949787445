// What a camera wrote into a JPEG (time, place, model) survives the resizing: the office grades a photo as evidence by it.
//
// A canvas drops EXIF. So the APP1 segment of the original is cut out, mended (upright, the new size, no thumbnail) and put into the
// new file. Pure: bytes in, bytes out. Broken EXIF is no error, it is left out.

const EXIF = [0x45, 0x78, 0x69, 0x66, 0, 0]
const ORIENTATION = 0x0112, EXIF_IFD = 0x8769, GPS_IFD = 0x8825, INTEROP_IFD = 0xa005, WIDTH = 0xa002, HEIGHT = 0xa003
const THUMB_AT = 0x0201, THUMB_BYTES = 0x0202
/** Bytes of one value of each TIFF type, by its number. */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8]

interface Segment { marker: number; start: number; end: number }

/** The segments before the picture data of a JPEG, `start` at the FF. Empty when it is none; ends early where the file is broken. */
function* segments(jpeg: Uint8Array): Generator<Segment> {
  if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8) return
  let at = 2
  while (at + 4 <= jpeg.length && jpeg[at] === 0xff) {
    const marker = jpeg[at + 1]
    if (marker === 0xff) { at += 1; continue }
    if (marker === 0xda || marker === 0xd9) return
    const end = at + 2 + ((jpeg[at + 2] << 8) | jpeg[at + 3])
    if (end < at + 4 || end > jpeg.length) return
    yield { marker, start: at, end }
    at = end
  }
}

/** Whether the bytes begin like a JPEG. */
export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff
}

/** Whether the bytes begin like a HEIF picture (HEIC of phones among them). */
export function isHeif(bytes: Uint8Array): boolean {
  const text = (from: number) => String.fromCharCode(...bytes.subarray(from, from + 4))
  return text(4) === 'ftyp' && ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'].includes(text(8))
}

/** The TIFF block inside a JPEG's EXIF segment (a view, not a copy); null when there is none. */
export function exifOf(jpeg: Uint8Array): Uint8Array | null {
  for (const { marker, start, end } of segments(jpeg)) {
    if (marker === 0xe1 && EXIF.every((byte, i) => jpeg[start + 4 + i] === byte)) return jpeg.subarray(start + 10, end)
  }
  return null
}

/** One entry of a directory: where it stands in the block, and where its value does. */
interface Entry { tag: number; type: number; valueAt: number; bytes: number }
interface Directory { entries: Entry[]; next: number; nextAt: number; end: number }

/** A TIFF block with its byte order. Raises RangeError where it points outside of itself. */
class Tiff {
  readonly view: DataView
  readonly little: boolean

  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const order = this.view.getUint16(0)
    if (order !== 0x4949 && order !== 0x4d4d) throw new RangeError('no TIFF block')
    this.little = order === 0x4949
    if (this.short(2) !== 42) throw new RangeError('no TIFF block')
  }

  short(at: number): number { return this.view.getUint16(at, this.little) }
  long(at: number): number { return this.view.getUint32(at, this.little) }

  /** The directory at `at`; `end` is behind the last byte that it or one of its values uses. */
  directory(at: number): Directory {
    const count = this.short(at)
    const nextAt = at + 2 + count * 12
    const found: Directory = { entries: [], next: this.long(nextAt), nextAt, end: nextAt + 4 }
    for (let entry = at + 2; entry < nextAt; entry += 12) {
      const type = this.short(entry + 2)
      const bytes = (TYPE_BYTES[type] ?? 1) * this.long(entry + 4)
      const valueAt = bytes <= 4 ? entry + 8 : this.long(entry + 8)
      if (valueAt + bytes > this.bytes.length) throw new RangeError('a value outside of the block')
      found.entries.push({ tag: this.short(entry), type, valueAt, bytes })
      found.end = Math.max(found.end, valueAt + bytes)
    }
    return found
  }

  /** A whole number of a SHORT or LONG entry. */
  whole(entry: Entry): number { return entry.type === 3 ? this.short(entry.valueAt) : this.long(entry.valueAt) }

  write(entry: Entry, value: number): void {
    if (entry.type === 3) this.view.setUint16(entry.valueAt, value, this.little)
    else if (entry.type === 4) this.view.setUint32(entry.valueAt, value, this.little)
  }
}

/** Takes the thumbnail out: cuts the block behind `end` when it lies there, else blanks it. */
function withoutThumbnail(tiff: Tiff, first: Directory, end: number): Uint8Array {
  if (!first.next) return tiff.bytes
  let whole = false
  try {
    const second = tiff.directory(first.next)
    const [at, bytes] = [THUMB_AT, THUMB_BYTES].map((tag) => second.entries.find((entry) => entry.tag === tag))
    const start = at ? tiff.whole(at) : first.next
    whole = Math.min(first.next, start) >= end
    if (!whole && at && bytes && start >= end) tiff.bytes.fill(0, start, start + tiff.whole(bytes))
  } catch {
    // a broken second directory: it is only unhooked
  }
  tiff.view.setUint32(first.nextAt, 0, tiff.little)
  return whole ? tiff.bytes.slice(0, end) : tiff.bytes
}

/**
 * A copy of a TIFF block for the resized picture: upright (orientation 1), `width` x `height` pixels, without the thumbnail. null when
 * the block is broken.
 */
export function mended(block: Uint8Array, width: number, height: number): Uint8Array | null {
  try {
    const tiff = new Tiff(block.slice())
    const first = tiff.directory(tiff.long(4))
    const seen: Directory[] = [first]
    for (const directory of seen) {
      for (const entry of directory.entries) {
        if (entry.tag === ORIENTATION && directory === first) tiff.write(entry, 1)
        else if (entry.tag === WIDTH) tiff.write(entry, width)
        else if (entry.tag === HEIGHT) tiff.write(entry, height)
        else if ([EXIF_IFD, GPS_IFD, INTEROP_IFD].includes(entry.tag) && seen.length < 8) seen.push(tiff.directory(tiff.whole(entry)))
      }
    }
    return withoutThumbnail(tiff, first, Math.max(...seen.map((directory) => directory.end)))
  } catch {
    return null
  }
}

/** The JPEG with `block` as its only EXIF, directly behind the start; JFIF and everything else follow as they were. */
export function withExif(jpeg: Uint8Array, block: Uint8Array): Uint8Array {
  const length = 2 + EXIF.length + block.length
  if (!isJpeg(jpeg) || length > 0xffff) return jpeg
  const rest: Uint8Array[] = []
  let at = 2
  for (const { marker, start, end } of segments(jpeg)) {
    if (marker === 0xe1 && EXIF.every((byte, i) => jpeg[start + 4 + i] === byte)) rest.push(jpeg.subarray(at, start))
    else rest.push(jpeg.subarray(at, end))
    at = end
  }
  const parts = [Uint8Array.of(0xff, 0xd8, 0xff, 0xe1, length >> 8, length & 0xff, ...EXIF), block, ...rest, jpeg.subarray(at)]
  const whole = new Uint8Array(parts.reduce((bytes, part) => bytes + part.length, 0))
  parts.reduce((to, part) => (whole.set(part, to), to + part.length), 0)
  return whole
}
