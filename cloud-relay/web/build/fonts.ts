/// Puts the same Inter files that the native renderer uses into the bundle, and the @font-face rules for them.
/// They come from Debian's fonts-inter and are never in the repository.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

const virtualId = 'virtual:fonts.css'
const faces: readonly (readonly [string, number])[] = [
  ['Inter-Regular.otf', 400],
  ['Inter-Medium.otf', 500],
  ['Inter-SemiBold.otf', 600],
  ['Inter-Bold.otf', 700],
]

export const fontsPlugin = (folder: string): Plugin => ({
  name: 'tessera-fonts',
  resolveId: id => (id === virtualId ? `\0${virtualId}` : undefined),
  load: id =>
    id === `\0${virtualId}`
      ? faces
          .map(([file, weight]) =>
            `@font-face{font-family:Inter;font-weight:${weight};font-style:normal;font-display:swap;` +
            `src:url("/assets/fonts/${file}") format("opentype")}`)
          .join('')
      : undefined,
  configureServer(server) {
    server.middlewares.use('/assets/fonts', (request, response, next) => {
      const path = join(folder, (request.url ?? '').replace(/^\//, ''))
      if (!faces.some(([file]) => path.endsWith(file)) || !existsSync(path)) return next()
      response.setHeader('Content-Type', 'font/otf')
      response.end(readFileSync(path))
    })
  },
  generateBundle() {
    for (const [file] of faces) {
      const path = join(folder, file)
      if (!existsSync(path)) throw new Error(`${path} is missing: install the package fonts-inter`)
      this.emitFile({ type: 'asset', fileName: `assets/fonts/${file}`, source: readFileSync(path) })
    }
  },
})
