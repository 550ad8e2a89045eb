/// Puts the same Inter files that the native renderer uses into the bundle, and the @font-face rules for them into the page.
/// They come from Debian's fonts-inter and are never in the repository.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

const faces: readonly (readonly [string, number])[] = [
  ['Inter-Regular.otf', 400],
  ['Inter-Medium.otf', 500],
  ['Inter-SemiBold.otf', 600],
  ['Inter-Bold.otf', 700],
]

/// The relay tells browsers to keep /assets for ever, so the name says the content.
const addressOf = (file: string, bytes: Buffer): string =>
  `assets/fonts/${file.replace('.otf', '')}-${createHash('sha256').update(bytes).digest('hex').slice(0, 8)}.otf`

export const fontsPlugin = (folder: string): Plugin => {
  const read = (file: string): Buffer => {
    const path = join(folder, file)
    if (!existsSync(path)) throw new Error(`${path} is missing: install the package fonts-inter`)
    return readFileSync(path)
  }
  return {
    name: 'tessera-fonts',
    transformIndexHtml: () => [{
      tag: 'style',
      injectTo: 'head',
      children: faces
        .map(([file, weight]) =>
          `@font-face{font-family:Inter;font-weight:${weight};font-display:swap;src:url("/${addressOf(file, read(file))}")}`)
        .join(''),
    }],
    configureServer(server) {
      server.middlewares.use('/assets/fonts', (request, response, next) => {
        const face = faces.find(([file]) => request.url === `/${addressOf(file, read(file)).slice('assets/fonts/'.length)}`)
        if (face === undefined) return next()
        response.setHeader('Content-Type', 'font/otf')
        response.end(read(face[0]))
      })
    },
    generateBundle() {
      for (const [file] of faces) {
        const bytes = read(file)
        this.emitFile({ type: 'asset', fileName: addressOf(file, bytes), source: bytes })
      }
    },
  }
}
