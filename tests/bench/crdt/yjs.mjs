// yjs as npm delivers it, its ES module build: the peer of every measurement here.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

const require = createRequire(new URL('../../../tools/package.json', import.meta.url))
const build = require.resolve('yjs') // …/yjs/dist/yjs.cjs

export const Y = await import(pathToFileURL(join(dirname(build), 'yjs.mjs')))
export const yjsVersion = require('yjs/package.json').version
