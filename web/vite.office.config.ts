// Builds the office into what the server serves at /office/: a desk application for browsers of the last years.
import vue from '@vitejs/plugin-vue'
import components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { defineConfig } from 'vite'

import { at, precompressed, version } from './build/common'

export default defineConfig({
  root: at('src/office'),
  base: '/office/',
  publicDir: at('src/field/public'),
  define: { __APP_VERSION__: JSON.stringify(version) },
  resolve: { alias: { '@': at('src') } },
  plugins: [
    vue(),
    // Only the components that a page uses are loaded, each with its style.
    components({ dirs: [], resolvers: [ElementPlusResolver({ importStyle: 'css' })], dts: at('src/office/components.d.ts') }),
    precompressed,
  ],
  build: { outDir: at('../inspect_api/static/office'), emptyOutDir: true, target: 'es2020', reportCompressedSize: false },
  server: { proxy: { '/api': process.env.API ?? 'http://127.0.0.1:8000' } },
})
