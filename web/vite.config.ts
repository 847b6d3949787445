// Builds the phone app into what the server serves at /field/. Old Android phones (Chrome 80 and later) set the target.
import { VantResolver } from '@vant/auto-import-resolver'
import vue from '@vitejs/plugin-vue'
import components from 'unplugin-vue-components/vite'
import { defineConfig, type Plugin } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'

import { at, precompressed, version } from './build/common'
import { app } from './src/field/locales/shell'

/** Vant's icon font names another host for browsers without WOFF2; ours all have it, and no page of ours asks another host. */
const ownFont: Plugin = {
  name: 'own-font', enforce: 'pre',
  transform: (code, id) => (id.includes('vant/es/icon/index.css') ? code.replace(/,\s*url\(\/\/[^)]*\)\s*format\(["']?woff["']?\)/g,
    '') : null),
}

export default defineConfig({
  root: at('src/field'),
  base: '/field/',
  define: { __APP_VERSION__: JSON.stringify(version) },
  resolve: { alias: { '@': at('src') } },
  plugins: [
    ownFont,
    vue(),
    // Only the Vant components that a page uses are loaded, each with its style.
    components({ dirs: [], resolvers: [VantResolver()], dts: at('src/field/components.d.ts') }),
    VitePWA({
      // The app registers it itself (stores/update.ts): the person is asked before a newer version takes over.
      registerType: 'prompt', injectRegister: false, strategies: 'generateSW',
      manifest: {
        id: '/field/', name: app.name, short_name: app.short, description: app.description, lang: 'zh-CN', start_url: '/field/',
        scope: '/field/',
        display: 'standalone', orientation: 'portrait', theme_color: '#0b5c4a', background_color: '#f3f5f4',
        icons: [
          { src: 'icons/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: 'icons/icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: 'icons/maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
      workbox: {
        // All of the shell, lazy pages too: a phone in a cellar opens a page for the first time. The API is never cached here.
        globPatterns: ['**/*.{js,css,html,svg,png,woff2,webmanifest}'], navigateFallback: '/field/index.html', cleanupOutdatedCaches: true,
        // The first worker serves the page that registered it, or that page would have no other pages without a network.
        skipWaiting: false, clientsClaim: true, inlineWorkboxRuntime: true, sourcemap: false, dontCacheBustURLsMatching: /\/assets\//,
      },
    }),
    precompressed,
  ],
  build: { outDir: at('../inspect_api/static/field'), emptyOutDir: true, target: 'chrome80', cssTarget: 'chrome80',
    reportCompressedSize: false },
  server: { proxy: { '/api': 'http://127.0.0.1:8000' } },
})
