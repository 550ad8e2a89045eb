// What an edit means to a yjs document; peer.cpp says the same for ours.
import { createRequire } from 'node:module'

const require = createRequire(new URL('../../../tools/package.json', import.meta.url))
export const Y = require('yjs')

export const hex = bytes => Buffer.from(bytes).toString('hex')
export const unhex = text => new Uint8Array(Buffer.from(text, 'hex'))

const valueOf = json => {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) return json
  if ('$bytes' in json) return unhex(json.$bytes)
  if ('$map' in json) return new Y.Map(json.$map.map(([k, v]) => [k, valueOf(v)]))
  if ('$array' in json) return Y.Array.from(json.$array.map(valueOf))
  if ('$text' in json) return new Y.Text(json.$text)
  return json
}

const typesIn = type => {
  if (type instanceof Y.Map) return [...type.keys()].sort().map(k => type.get(k)).filter(v => v instanceof Y.AbstractType)
  if (type instanceof Y.Array) return type.toArray().filter(v => v instanceof Y.AbstractType)
  return []
}

const targetOf = (doc, path) => {
  let type = [() => doc.getText('t'), () => doc.getMap('m'), () => doc.getArray('a')][path[0] % 3]()
  for (const step of path.slice(1)) {
    const inside = typesIn(type)
    const pick = step % (inside.length + 1)
    if (pick === inside.length) break
    type = inside[pick]
  }
  return type
}

const editText = (text, edit) => {
  const size = text.length
  const at = edit.at % (size + 1)
  const count = Math.min(1 + edit.count % 5, size - at)
  switch (edit.kind % 6) {
    case 2: return text.insert(at, edit.text, { ...edit.attributes })
    case 3: return count > 0 && text.delete(at, count)
    case 4:
      // A format that changes nothing but starts inside a surrogate pair breaks that pair on one yjs peer only.
      if (/[\ud800-\udfff]/.test(text.toString())) return text.format(0, size, { ...edit.attributes })
      return count > 0 && text.format(at, count, { ...edit.attributes })
    case 5: return text.insertEmbed(at, { img: edit.text }, { ...edit.attributes })
    default: return text.insert(at, edit.text)
  }
}

const editMap = (map, edit) =>
  edit.kind % 4 === 3 ? map.delete(edit.key) : map.set(edit.key, valueOf(edit.values[0]))

const editArray = (array, edit) => {
  const size = array.length
  const at = edit.at % (size + 1)
  const values = edit.values.map(valueOf)
  switch (edit.kind % 4) {
    case 0: return array.push(values)
    case 3: {
      const count = Math.min(1 + edit.count % 3, size - at)
      return count > 0 && array.delete(at, count)
    }
    default: return array.insert(at, values)
  }
}

export const apply = (doc, original) => {
  // Yjs compares attribute objects by identity, so no two edits may share one.
  const edit = structuredClone(original)
  const target = targetOf(doc, edit.path)
  if (target instanceof Y.Text) editText(target, edit)
  else if (target instanceof Y.Map) editMap(target, edit)
  else editArray(target, edit)
}

const dumpValue = value => {
  if (value instanceof Uint8Array) return { $bytes: hex(value) }
  if (value instanceof Y.Map) return { $map: Object.fromEntries([...value.entries()].map(([k, v]) => [k, dumpValue(v)])) }
  if (value instanceof Y.Array) return value.toArray().map(dumpValue)
  if (value instanceof Y.Text) {
    const delta = value.toDelta().map(op => ({ insert: op.insert, attributes: op.attributes ?? {} }))
    return { $text: delta, length: value.length }
  }
  return value
}

/** The whole content, as peer.cpp's dump prints it. */
export const dump = doc => ({
  t: dumpValue(doc.getText('t')), m: dumpValue(doc.getMap('m')), a: dumpValue(doc.getArray('a')),
  pending: doc.store.pendingStructs !== null || doc.store.pendingDs !== null
})

const sorted = value => {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value.$text)) {
    const runs = []
    for (const op of value.$text.map(sorted)) {
      const last = runs.at(-1)
      if (last && typeof last.insert === 'string' && typeof op.insert === 'string' &&
          JSON.stringify(last.attributes) === JSON.stringify(op.attributes)) last.insert += op.insert
      else runs.push({ ...op })
    }
    return { ...value, $text: runs }
  }
  return Object.fromEntries(Object.keys(value).sort().map(k => [k, sorted(value[k])]))
}

/** Text that is equal for equal content: keys sorted, runs of equal attributes joined. */
export const canonical = content => JSON.stringify(sorted(content))
