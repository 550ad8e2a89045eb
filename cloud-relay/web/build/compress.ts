/// Writes .br and .gz beside every text and font file, so that the relay sends them without any work, and prints
/// what a first visit costs on the wire.
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const compressible = /\.(html|js|css|svg|json|webmanifest|otf|txt)$/

const filesUnder = (folder: string): string[] =>
  readdirSync(folder).flatMap(name => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesUnder(path) : [path]
  })

export const compressPlugin = (): Plugin => {
  return {
    name: 'tessera-compress',
    apply: 'build',
    writeBundle: {
      order: 'post',
      sequential: true,
      handler(options) {
        const out = options.dir
        if (out === undefined) return
        let codeBytes = 0
        let fontBytes = 0
        for (const path of filesUnder(out).filter(name => compressible.test(name))) {
          const raw = readFileSync(path)
          const quality = path.endsWith('.otf') ? 9 : 11
          const brotli = brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } })
          writeFileSync(`${path}.br`, brotli)
          writeFileSync(`${path}.gz`, gzipSync(raw, { level: 9 }))
          if (path.endsWith('.otf')) fontBytes += brotli.length
          else codeBytes += brotli.length
        }
        this.info(`on the wire (brotli): ${codeBytes} bytes of code and markup, ${fontBytes} bytes of fonts`)
      },
    },
  }
}
