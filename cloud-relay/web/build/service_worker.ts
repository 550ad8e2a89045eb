/// Writes /sw.js with the list and the digest of everything in the bundle, so that a changed build is a changed
/// worker and the old cache is dropped as a whole.
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { transformWithEsbuild } from 'vite'
import type { Plugin } from 'vite'

export const serviceWorkerPlugin = (source: string, publicFolder: string): Plugin => ({
  name: 'tessera-service-worker',
  apply: 'build',
  enforce: 'post',
  generateBundle: {
    order: 'post',
    async handler(_options, bundle) {
      const digest = createHash('sha256')
      const files: string[] = []
      for (const name of Object.keys(bundle).sort()) {
        const item = bundle[name]
        if (item === undefined) continue
        digest.update(name).update(item.type === 'chunk' ? item.code : item.source)
        files.push(`/${name === 'index.html' ? '' : name}`)
      }
      for (const name of readdirSync(publicFolder).sort()) {
        digest.update(name).update(readFileSync(join(publicFolder, name)))
        files.push(`/${name}`)
      }
      const js = await transformWithEsbuild(readFileSync(source, 'utf8'), 'sw.ts', {
        minify: true,
        format: 'iife',
        define: { __FILES__: JSON.stringify(files), __VERSION__: JSON.stringify(digest.digest('hex').slice(0, 16)) },
      })
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: js.code })
    },
  },
})
