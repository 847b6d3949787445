// What both apps are built with: paths, the version, and packed files beside the plain ones.
import { readFileSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, URL } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

import type { Plugin } from 'vite'

/** A path inside web/. */
export const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

export const { version } = JSON.parse(readFileSync(at('package.json'), 'utf-8')) as { version: string }

/**
 * Writes .gz and .br beside every text of more than 1 KB, so that the server compresses nothing at request time. Its own few lines, because
 * the service worker is written after the bundle, where a plugin of the bundle does not see it.
 */
export const precompressed: Plugin = {
  name: 'precompressed', apply: 'build',
  closeBundle: {
    order: 'post', sequential: true,
    async handler() {
      const folder = this.environment.config.build.outDir
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(js|css|html|svg|json|webmanifest)$/.test(entry.name)) continue
        const path = join(entry.parentPath, entry.name)
        const bytes = readFileSync(path)
        if (bytes.length <= 1024) continue
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }))
      }
    },
  },
}
