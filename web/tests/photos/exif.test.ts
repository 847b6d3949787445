// The EXIF of a photo as it passes through the phone.
import { describe, expect, it } from 'vitest'

import { exifOf, isHeif, isJpeg, mended, withExif } from '../../src/field/photos/exif'

const THUMBNAIL = [0xff, 0xd8, 0xff, 0xd9, 1, 2, 3, 4]
const TAKEN = '2025:05:01 09:30:00\0'

/** A TIFF block as a phone writes it: orientation 6, a taken time, a latitude reference, the old size, a thumbnail behind all. */
function block(little: boolean): Uint8Array {
  const bytes = new Uint8Array(180)
  const view = new DataView(bytes.buffer)
  const short = (at: number, value: number) => view.setUint16(at, value, little)
  const long = (at: number, value: number) => view.setUint32(at, value, little)
  const entry = (at: number, tag: number, type: number, count: number, value: number) => {
    short(at, tag); short(at + 2, type); long(at + 4, count)
    if (type === 3) short(at + 8, value)
    else long(at + 8, value)
  }
  short(0, little ? 0x4949 : 0x4d4d); short(2, 42); long(4, 8)
  short(8, 3); entry(10, 0x0112, 3, 1, 6); entry(22, 0x8769, 4, 1, 50); entry(34, 0x8825, 4, 1, 92); long(46, 130)
  short(50, 3); entry(52, 0x9003, 2, 20, 110); entry(64, 0xa002, 4, 1, 4000); entry(76, 0xa003, 3, 1, 3000); long(88, 0)
  short(92, 1); short(94, 1); short(96, 2); long(98, 2); bytes[102] = 'N'.charCodeAt(0); long(106, 0)
  bytes.set(new TextEncoder().encode(TAKEN), 110)
  short(130, 2); entry(132, 0x0201, 4, 1, 164); entry(144, 0x0202, 4, 1, THUMBNAIL.length); long(156, 0)
  bytes.set(THUMBNAIL, 164)
  return bytes
}

const PLAIN = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 4, 7, 7, 0xff, 0xda, 0, 2, 9, 9, 0xff, 0xd9)
const text = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes)

describe.each([['little', true], ['big', false]] as const)('a %s-endian EXIF block', (_name, little) => {
  it('comes out of a JPEG as it went in', () => {
    expect(exifOf(withExif(PLAIN, block(little)))).toEqual(block(little))
  })

  it('is upright and has the new size after mending', () => {
    const after = mended(block(little), 1200, 1600)!
    const view = new DataView(after.buffer, after.byteOffset)
    expect(view.getUint16(18, little)).toBe(1)
    expect(view.getUint32(72, little)).toBe(1200)
    expect(view.getUint16(84, little)).toBe(1600)
  })

  it('keeps the time and the place', () => {
    const after = mended(block(little), 1200, 1600)!
    expect(text(after.subarray(110, 130))).toBe(TAKEN)
    expect(text(after.subarray(102, 103))).toBe('N')
  })

  it('loses its thumbnail and the directory that names it', () => {
    const after = mended(block(little), 1200, 1600)!
    expect(after.length).toBe(130)
    expect(new DataView(after.buffer, after.byteOffset).getUint32(46, little)).toBe(0)
  })

  it('is not changed itself', () => {
    const before = block(little)
    mended(before, 1, 1)
    expect(before).toEqual(block(little))
  })
})

describe('a broken EXIF block', () => {
  const words = [...'no TIFF at all'].map((c) => c.charCodeAt(0))
  it.each([[[]], [[0x49, 0x49]], [words], [[...block(true).subarray(0, 100)]]])('is left out (%#)', (bytes) => {
    expect(mended(Uint8Array.from(bytes), 10, 10)).toBeNull()
  })

  it('that names itself as its own directory ends', () => {
    const round = block(true)
    new DataView(round.buffer).setUint32(30, 8, true)
    expect(mended(round, 10, 10)).not.toBeNull()
  })
})

describe('a JPEG', () => {
  it('holds one EXIF, directly behind its start, and keeps the rest', () => {
    const twice = withExif(withExif(PLAIN, block(true)), block(false))
    expect(exifOf(twice)).toEqual(block(false))
    expect(twice.length).toBe(PLAIN.length + 10 + block(false).length)
    expect(twice.slice(-(PLAIN.length - 2))).toEqual(PLAIN.slice(2))
  })

  it('stays as it is when the block does not fit into a segment', () => {
    expect(withExif(PLAIN, new Uint8Array(70_000))).toBe(PLAIN)
  })

  it('has no EXIF when its segments are cut off', () => {
    expect(exifOf(withExif(PLAIN, block(true)).subarray(0, 60))).toBeNull()
    expect(exifOf(Uint8Array.of(0xff, 0xd8))).toBeNull()
  })

  it('is told from a HEIC by its first bytes', () => {
    const heic = new TextEncoder().encode('\0\0\0 ftypheic')
    expect([isJpeg(PLAIN), isHeif(PLAIN), isJpeg(heic), isHeif(heic)]).toEqual([true, false, false, true])
  })
})
