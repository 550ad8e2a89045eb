import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { compressPlugin } from './build/compress'
import { fontsPlugin } from './build/fonts'
import { serviceWorkerPlugin } from './build/service_worker'
import { tokensPlugin } from './build/tokens_css'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const relay = process.env['TESSERA_RELAY'] ?? 'http://127.0.0.1:8420'

export default defineConfig({
  plugins: [
    tokensPlugin(here('../../app/shell/theme/tokens.json')),
    fontsPlugin(process.env['TESSERA_FONT_DIR'] ?? '/usr/share/fonts/opentype/inter'),
    serviceWorkerPlugin(here('src/sw.ts'), here('public')),
    compressPlugin(),
  ],
  // Fonts are emitted by the plug-in under the addresses that its CSS names.
  build: { target: 'es2022', reportCompressedSize: false, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: {
    fs: { allow: [here('../..')] },
    proxy: { '/api': relay, '/sync': { target: relay, ws: true } },
  },
})
