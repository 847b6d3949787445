// The name of bytes: what photos and visits are known by on both sides.

/** SHA-256 in hex. */
export async function sha256Of(bytes: BufferSource): Promise<string> {
  return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
