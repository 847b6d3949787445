// Reads a ZIP that is stored and not compressed, from its central directory, as an office's program does.

/** The files by name, in their order. Throws when it is no ZIP. */
export function unzip(zip: Buffer): Record<string, Buffer> {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  if (end < 0) throw new Error('no ZIP')
  const files: Record<string, Buffer> = {}
  let at = zip.readUInt32LE(end + 16)
  for (let count = zip.readUInt16LE(end + 10); count > 0; count -= 1) {
    const [size, start] = [zip.readUInt32LE(at + 24), zip.readUInt32LE(at + 42)]
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset))
    const data = start + 30 + zip.readUInt16LE(start + 26) + zip.readUInt16LE(start + 28)
    files[zip.toString('utf-8', at + 46, at + 46 + name)] = zip.subarray(data, data + size)
    at += 46 + name + extra + comment
  }
  return files
}
