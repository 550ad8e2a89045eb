// What an edit means to a yjs document, and what a document, an event and a position look like as JSON; edits.cpp says
// the same for ours. An edit names its target: the root, whose first letter tells its kind, then keys and indexes.
import { createRequire } from 'node:module'

const require = createRequire(new URL('../../../tools/package.json', import.meta.url))
export const Y = require('yjs')

export const hex = bytes => Buffer.from(bytes).toString('hex')
export const unhex = text => new Uint8Array(Buffer.from(text, 'hex'))

const filled = (type, fill) => { fill(type); return type }

/** Plain JSON, or one of the forms for what JSON lacks. */
export const valueOf = json => {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) return json
  if ('$bytes' in json) return unhex(json.$bytes)
  if ('$map' in json) return new Y.Map(json.$map.map(([k, v]) => [k, valueOf(v)]))
  if ('$array' in json) return Y.Array.from(json.$array.map(valueOf))
  if ('$text' in json) return new Y.Text(json.$text)
  if ('$xml' in json) {
    return filled(new Y.XmlElement(json.$xml), element => {
      (json.attributes ?? []).forEach(([k, v]) => element.setAttribute(k, valueOf(v)))
      element.insert(0, (json.children ?? []).map(valueOf))
    })
  }
  if ('$fragment' in json) return filled(new Y.XmlFragment(), fragment => fragment.insert(0, json.$fragment.map(valueOf)))
  if ('$xmltext' in json) return new Y.XmlText(json.$xmltext)
  if ('$hook' in json) return filled(new Y.XmlHook(json.$hook), hook => json.entries.forEach(([k, v]) => hook.set(k, valueOf(v))))
  if ('$doc' in json) return new Y.Doc({ guid: json.$doc, ...json.options })
  return json
}

const roots = {
  t: (doc, name) => doc.getText(name),
  m: (doc, name) => doc.getMap(name),
  a: (doc, name) => doc.getArray(name),
  x: (doc, name) => doc.getXmlFragment(name),
  e: (doc, name) => doc.getXmlElement(name),
  y: (doc, name) => doc.get(name, Y.XmlText)
}
export const rootOf = (doc, name) => roots[name[0]](doc, name)

const isKeyed = type => type instanceof Y.Map || type instanceof Y.XmlElement || type instanceof Y.Text
const isList = type => type instanceof Y.Array || type instanceof Y.XmlFragment

const attributeOf = (type, key) => type instanceof Y.Map ? type.get(key) : type.getAttribute(key)
/** The n-th type among the embeds of a text. */
const embeddedIn = (text, n) => text.toDelta().map(op => op.insert).filter(v => v instanceof Y.AbstractType)[n]

export const typeAt = (doc, path) => path.slice(1).reduce((type, step) => {
  if (typeof step === 'string') return attributeOf(type, step)
  return type instanceof Y.Text ? embeddedIn(type, step) : type.get(step)
}, rootOf(doc, path[0]))

/** Steps to the types right inside of a type, in an order that both engines share. */
export const stepsInto = type => {
  const isType = v => v instanceof Y.AbstractType
  const steps = []
  if (isKeyed(type)) {
    const keys = type instanceof Y.Map ? [...type.keys()] : Object.keys(type.getAttributes())
    steps.push(...keys.sort().filter(key => isType(attributeOf(type, key))))
  }
  if (isList(type)) type.toArray().forEach((v, i) => isType(v) && steps.push(i))
  if (type instanceof Y.Text) type.toDelta().filter(op => isType(op.insert)).forEach((_, i) => steps.push(i))
  return steps
}

const actions = {
  insert: (type, edit) => type.insert(edit.at, edit.values.map(valueOf)),
  push: (type, edit) => type.push(edit.values.map(valueOf)),
  after: (type, edit) => type.insertAfter(edit.at === null ? null : type.get(edit.at), edit.values.map(valueOf)),
  delete: (type, edit) => type.delete(edit.at, edit.count),
  set: (type, edit) => type instanceof Y.Map ? type.set(edit.key, valueOf(edit.value)) : type.setAttribute(edit.key, valueOf(edit.value)),
  unset: (type, edit) => type instanceof Y.Map ? type.delete(edit.key) : type.removeAttribute(edit.key),
  text: (type, edit) => edit.attributes ? type.insert(edit.at, edit.text, edit.attributes) : type.insert(edit.at, edit.text),
  embed: (type, edit) => type.insertEmbed(edit.at, valueOf(edit.value), edit.attributes ?? {}),
  erase: (type, edit) => type.delete(edit.at, edit.count),
  format: (type, edit) => type.format(edit.at, edit.count, edit.attributes)
}

export const apply = (doc, original) => {
  // Yjs compares attribute objects by identity, so no two edits may share one.
  const edit = structuredClone(original)
  actions[edit.do](typeAt(doc, edit.on), edit)
}

const kindNames = new Map([[Y.Map, 'map'], [Y.Array, 'array'], [Y.Text, 'text'], [Y.XmlElement, 'xmlElement'],
  [Y.XmlFragment, 'xmlFragment'], [Y.XmlHook, 'xmlHook'], [Y.XmlText, 'xmlText']])
export const kindOf = type => kindNames.get(type.constructor) ?? 'unknown'

const runsOf = delta => delta.map(op => ({ insert: dumpValue(op.insert), attributes: op.attributes ?? {} }))
const dumpMembers = entries => Object.fromEntries(entries.map(([k, v]) => [k, dumpValue(v)]))

export const dumpValue = value => {
  if (value === undefined) return { $undefined: true }
  if (value instanceof Uint8Array) return { $bytes: hex(value) }
  if (value instanceof Y.Doc) return subdocumentOf(value)
  if (value instanceof Y.XmlHook) return { $hook: value.hookName, entries: dumpMembers([...value.entries()]) }
  if (value instanceof Y.Map) return { $map: dumpMembers([...value.entries()]) }
  if (value instanceof Y.Array) return value.toArray().map(dumpValue)
  if (value instanceof Y.XmlElement) {
    return { $xml: value.nodeName, attributes: dumpMembers(Object.entries(value.getAttributes())), children: value.toArray().map(dumpValue) }
  }
  if (value instanceof Y.XmlFragment) return { $fragment: value.toArray().map(dumpValue) }
  if (value instanceof Y.Text) {
    const name = value instanceof Y.XmlText ? '$xmltext' : '$text'
    return { [name]: runsOf(value.toDelta()), length: value.length, attributes: dumpMembers(Object.entries(value.getAttributes())) }
  }
  return value
}

export const subdocumentOf = doc =>
  ({ $doc: doc.guid, gc: doc.gc, autoLoad: doc.autoLoad, meta: doc.meta, shouldLoad: doc.shouldLoad })

/** The whole content, as dump in edits.cpp prints it. */
export const dump = (doc, names = ['t', 'm', 'a', 'x']) => ({
  ...Object.fromEntries(names.map(name => [name, dumpValue(rootOf(doc, name))])),
  markup: names.filter(name => 'xey'.includes(name[0])).map(name => rootOf(doc, name).toString()),
  pending: doc.store.pendingStructs !== null || doc.store.pendingDs !== null
})

/** Types in events are named only: what was deleted reads as empty. */
export const eventValue = value => {
  if (value instanceof Y.AbstractType) return { $type: kindOf(value) }
  if (value instanceof Y.Doc) return { $doc: value.guid }
  return dumpValue(value)
}

/** Computes a delta without the deletes of superfluous formats that yjs makes on the way. */
const withoutDeletes = compute => {
  const remove = Y.Item.prototype.delete
  const marked = []
  Y.Item.prototype.delete = function () { this.markDeleted(); marked.push(this) }
  try {
    return compute()
  } finally {
    Y.Item.prototype.delete = remove
    marked.forEach(item => { item.deleted = false })
  }
}

const deltaOp = op => {
  const { insert, ...rest } = op
  if (insert === undefined) return rest
  return { ...rest, insert: Array.isArray(insert) ? insert.map(eventValue) : eventValue(insert) }
}

export const eventOf = event => {
  const changes = withoutDeletes(() => event.changes)
  const keys = [...changes.keys.entries()].map(([key, { action, oldValue }]) =>
    [key, action === 'add' ? { action } : { action, oldValue: eventValue(oldValue) }])
  return { target: kindOf(event.target), path: event.path, delta: changes.delta.map(deltaOp), keys: Object.fromEntries(keys) }
}

const sorted = value => {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  const runs = value.$text ?? value.$xmltext
  if (Array.isArray(runs)) {
    const joined = []
    for (const op of runs.map(sorted)) {
      const last = joined.at(-1)
      if (last && typeof last.insert === 'string' && typeof op.insert === 'string' &&
          JSON.stringify(last.attributes) === JSON.stringify(op.attributes)) last.insert += op.insert
      else joined.push({ ...op })
    }
    return { ...value, attributes: sorted(value.attributes), [value.$text ? '$text' : '$xmltext']: joined }
  }
  return Object.fromEntries(Object.keys(value).sort().map(k => [k, sorted(value[k])]))
}

/** Text that is equal for equal content: keys sorted, runs of equal attributes joined. */
export const canonical = content => JSON.stringify(sorted(content))
