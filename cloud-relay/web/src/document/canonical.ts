/// Everything a person would call the content as JSON text: the form in which replicas are compared, byte for byte
/// the same as core/document's canonicalJson(). Members ascend by bytes, undefined ones are left out, a Y.Text is
/// {"text": [{"attributes"?, "insert"}...]} with equal neighbours joined, the rest is as JSON.stringify writes it.
import * as Y from 'yjs'
import { compareBytes } from '../base/ids'

const roots = ['assets', 'gen', 'libraries', 'meta', 'modes', 'nodes', 'styles', 'tokens'] as const

const objectText = (members: readonly (readonly [string, unknown])[]): string =>
  `{${members
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([key, value]) => `${JSON.stringify(key)}:${valueText(value)}`)
    .join(',')}}`

const textText = (text: Y.Text): string => {
  const runs: { insert: string; attributes: string; joins: boolean }[] = []
  let open = ''
  for (const part of text.toDelta() as readonly { insert: unknown; attributes?: Record<string, unknown> }[]) {
    const attributes = part.attributes === undefined ? '{}' : objectText(Object.entries(part.attributes))
    const last = runs.at(-1)
    if (typeof part.insert !== 'string') {
      runs.push({ insert: valueText(part.insert), attributes, joins: false })
    } else if (last?.joins === true && last.attributes === attributes) {
      open += part.insert
      last.insert = JSON.stringify(open)
    } else {
      open = part.insert
      runs.push({ insert: JSON.stringify(open), attributes, joins: true })
    }
  }
  const list = runs.map(run => `{${run.attributes === '{}' ? '' : `"attributes":${run.attributes},`}"insert":${run.insert}}`)
  return `{"text":[${list.join(',')}]}`
}

const valueText = (value: unknown): string => {
  if (value instanceof Y.Text) return textText(value)
  if (value instanceof Y.Map) return objectText([...(value as Y.Map<unknown>).entries()])
  if (value instanceof Y.Array) return valueText((value as Y.Array<unknown>).toArray())
  if (value instanceof Y.AbstractType) return valueText(value.toJSON())
  if (Array.isArray(value)) return `[${value.map((item: unknown) => (item === undefined ? 'null' : valueText(item))).join(',')}]`
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Uint8Array) return objectText([...value].map((byte, index) => [String(index), byte]))
  if (typeof value === 'object' && value !== null) return objectText(Object.entries(value))
  return value === undefined ? 'null' : JSON.stringify(value)
}

export const canonicalJson = (doc: Y.Doc): string => `{${roots.map(root => `"${root}":${valueText(doc.getMap(root))}`).join(',')}}`
