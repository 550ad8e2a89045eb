// What every generator of golden data here shares: yjs itself, hexadecimal bytes, documents with a fixed client id,
// seeded randomness and the file that is written.
import { createRequire } from 'node:module'
import { readFileSync, writeFileSync } from 'node:fs'

const require = createRequire(new URL('../../../tools/package.json', import.meta.url))
export const Y = require('yjs')

export const hex = bytes => Buffer.from(bytes).toString('hex')
export const unhex = text => new Uint8Array(Buffer.from(text, 'hex'))
export const doc = (clientID, options = {}) => Object.assign(new Y.Doc(options), { clientID })

const version = name =>
  JSON.parse(readFileSync(new URL(`../../../tools/node_modules/${name}/package.json`, import.meta.url))).version
export const madeBy = { yjs: version('yjs'), lib0: version('lib0') }

/** One entry per line keeps differences readable and the file small. */
export const writeGolden = (name, lists) => {
  const parts = Object.entries(lists).map(([key, value]) => Array.isArray(value)
    ? ` ${JSON.stringify(key)}: [\n${value.map(entry => '  ' + JSON.stringify(entry)).join(',\n')}\n ]`
    : ` ${JSON.stringify(key)}: ${JSON.stringify(value)}`)
  writeFileSync(new URL(name, import.meta.url), `{\n${parts.join(',\n')}\n}\n`)
  console.log(name + ': ' + Object.entries(lists).filter(([, v]) => Array.isArray(v)).map(([k, v]) => `${v.length} ${k}`).join(', '))
}

/** As JSON can hold it: bytes, undefined, big integers and numbers that JSON lacks get a form of their own. */
export const plain = value => {
  if (value === undefined) return { $undefined: true }
  if (typeof value === 'bigint') return { $bigint: String(value) }
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) return { $number: Object.is(value, -0) ? '-0' : String(value) }
  if (value instanceof Uint8Array) return { $bytes: hex(value) }
  if (value instanceof Y.Doc) return { $doc: value.guid }
  if (value instanceof Y.AbstractType) return { $type: value.constructor.name }
  if (Array.isArray(value)) return value.map(plain)
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]))
  }
  return value
}
