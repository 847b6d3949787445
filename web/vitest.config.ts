// Unit tests of the phone app. Those in tests/sync speak to the real server: tests/web/test_vitest.py starts it and tells where it is.
import { fileURLToPath, URL } from 'node:url'

import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  define: { __APP_VERSION__: JSON.stringify('1.0.0') },
  resolve: { alias: { '@': fileURLToPath(new URL('src', import.meta.url)) } },
  plugins: [vue()],
  test: {
    include: ['tests/**/*.test.ts'], environment: 'node', setupFiles: ['fake-indexeddb/auto'], testTimeout: 60_000, hookTimeout: 60_000,
    // One server for all files: they follow each other, so that a restored server of one is no surprise in another.
    fileParallelism: false,
  },
})
