// Writes vectors.json: what yjs 13, lib0 and y-protocols produce for the scenarios below.
// Run: node tests/golden/yjs/generate.mjs   (needs tools/node_modules). The C++ side replays every scenario by its id.
import { createRequire } from 'node:module'
import { writeFileSync, readFileSync } from 'node:fs'

const require = createRequire(new URL('../../../tools/package.json', import.meta.url))
const Y = require('yjs')
const encoding = require('lib0/encoding')
const sync = require('y-protocols/sync')

const hex = bytes => Buffer.from(bytes).toString('hex')
const version = name => JSON.parse(readFileSync(new URL(`../../../tools/node_modules/${name}/package.json`, import.meta.url))).version
const written = write => { const e = encoding.createEncoder(); write(e); return hex(encoding.toUint8Array(e)) }

const doc = (clientID, options = {}) => { const d = new Y.Doc(options); d.clientID = clientID; return d }
const state = d => hex(Y.encodeStateAsUpdate(d))
const vector = d => hex(Y.encodeStateVector(d))

const primitives = {
  varUint: [0, 1, 127, 128, 255, 300, 16383, 16384, 2 ** 31 - 1, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]
    .map(v => [String(v), written(e => encoding.writeVarUint(e, v))]),
  varInt: ['0', '-0', '1', '-1', '63', '-63', '64', '-64', '127', '128', '-8192', '2147483647', '-2147483648']
    .map(v => [v, written(e => encoding.writeVarInt(e, Number(v)))]),
  varString: ['', 'a', 'ü', '€', '😀'].map(v => [v, written(e => encoding.writeVarString(e, v))])
}

// The C++ side builds the same values by these names.
const values = {
  undefined, null: null, zero: 0, minusZero: -0, one: 1, minusOne: -1, sixtyFour: 64, maxInt31: 2 ** 31 - 1,
  minInt31: -(2 ** 31 - 1), twoTo31: 2 ** 31, minusTwoTo31: -(2 ** 31), half: 0.5, tenth: 0.1, nan: NaN,
  infinity: Infinity, minusInfinity: -Infinity, huge: 1e300, tiny: 5e-324, true: true, false: false, emptyText: '',
  text: 'hi', emoji: '😀', list: [1, 'a'], emptyList: [], members: { b: 1, a: null }, emptyObject: {},
  indexKeys: { b: 1, 10: 2, 9: 3, '01': 4 }, nested: { a: [{ b: [] }] }, bytes: new Uint8Array([1, 2]),
  bigInt: 123n, minusBigInt: -1n, undefinedMember: { a: undefined }
}
const any = Object.entries(values).map(([name, v]) => [name, written(e => encoding.writeAny(e, v))])

const jsonNumbers = [0, -0, 1, -1, 0.1, 1.5, 100, 1e20, 1e21, 1.5e21, 123456789012345680000, 1e-6, 1e-7, 1.5e-7,
  0.000001234, 5e-324, 1.7976931348623157e308, 2 ** 53, 1 / 3, 123e-20, 4.35, 2e-7]
  .map(v => { const bits = Buffer.alloc(8); bits.writeDoubleBE(v); return [bits.toString('hex'), JSON.stringify(v)] })
const jsonTexts = ['"', '\\', '\b\f\n\r\t', '\u0000\u001f\u007f', 'ü€😀', '/', '\u2028'].map(v => [v, JSON.stringify(v)])

const updates = []
/** Records a scenario: its update, value, state vector, and whether a fresh document writes the same bytes again. */
const record = (id, name, d, extra = {}) => {
  const update = extra.update ?? state(d)
  const copy = doc(999, { gc: d.gc })
  Y.applyUpdate(copy, Buffer.from(update, 'hex'))
  updates.push({ id, name, update, stateVector: vector(d), gc: d.gc, reloads: state(copy) === update, ...extra })
}
const scenario = (id, name, run, { clientID = 1, ...options } = {}) => {
  const d = doc(clientID, options)
  record(id, name, d, run(d) ?? {})
}
const text = d => ({ value: { t: d.getText('t').toString() } })

scenario('text', 'text insert', d => { d.getText('t').insert(0, 'abc'); return text(d) })
scenario('append', 'append merges, insert in the middle splits', d => {
  const t = d.getText('t')
  t.insert(0, 'abc'); t.insert(3, 'def'); t.insert(1, 'X')
  return text(d)
})
const removeMiddle = d => {
  d.getText('t').insert(0, 'abcdef')
  d.getText('t').delete(1, 3)
  return text(d)
}
scenario('remove', 'delete in the middle, collected', removeMiddle)
scenario('removeKept', 'delete in the middle, gc off', removeMiddle, { gc: false })
scenario('map', 'overwritten key and null', d => {
  const m = d.getMap('m')
  m.set('k', 1); m.set('k', 'two'); m.set('z', null)
  return { value: { m: m.toJSON() } }
})
scenario('nested', 'map in map with array', d => {
  const m = d.getMap('m')
  d.transact(() => {
    const n = new Y.Map()
    m.set('n', n)
    n.set('x', 1.5); n.set('y', 0.1)
    const list = new Y.Array()
    n.set('list', list)
    list.insert(0, [1, true, 'x', { q: [] }])
  })
  return { value: { m: m.toJSON() } }
})
scenario('removeNested', 'deleting a nested map leaves one collected struct for its children', d => {
  const m = d.getMap('m')
  const n = new Y.Map([['a', 1], ['b', 2]])
  m.set('n', n); m.delete('n')
  return { value: { m: {} } }
})
scenario('array', 'plain values share items, bytes stand alone', d => {
  const a = d.getArray('a')
  a.insert(0, [1, 2, new Uint8Array([9, 8]), 'z', null])
}, { clientID: 7 })
scenario('surrogate', 'insert inside a surrogate pair', d => {
  const t = d.getText('t')
  t.insert(0, 'a😀b'); t.insert(2, 'X')
  return text(d)
})
scenario('format', 'bold on 0..4', d => {
  const t = d.getText('t')
  t.insert(0, 'bold plain'); t.format(0, 4, { bold: true })
  return { ...text(d), delta: t.toDelta() }
})
scenario('formatOverlap', 'overlapping formats and an insert that inherits', d => {
  const t = d.getText('t')
  t.insert(0, 'one two three')
  t.format(0, 7, { bold: true, size: 12 })
  t.format(4, 9, { bold: null, color: '#f00' })
  t.insert(3, 'X')
  t.insert(8, 'Y', { bold: true })
  t.delete(2, 4)
  return { ...text(d), delta: t.toDelta() }
})
scenario('embed', 'embed is JSON text', d => {
  const t = d.getText('t')
  t.insert(0, 'x'); t.insertEmbed(1, { img: 'u' })
  return { delta: t.toDelta() }
})
scenario('xml', 'xml fragment', d => {
  const x = d.getXmlFragment('x')
  d.transact(() => {
    const p = new Y.XmlElement('p')
    x.insert(0, [p])
    p.setAttribute('id', '1')
    p.insert(0, [new Y.XmlText('hi')])
  })
  return { onlyReload: true }
})
scenario('subdocument', 'sub-document', d => {
  d.getMap('m').set('s', new Y.Doc({ guid: 'sub-1', meta: { a: 1 } }))
  return { onlyReload: true }
})

const concurrent = (id, name, edit) => {
  const a = doc(1), b = doc(2)
  edit(a, 1); edit(b, 2)
  const inputs = [state(a), state(b)]
  Y.applyUpdate(a, Buffer.from(inputs[1], 'hex'))
  Y.applyUpdate(b, Buffer.from(inputs[0], 'hex'))
  if (state(a) !== state(b)) throw new Error(`${id}: the peers differ`)
  record(id, name, a, { inputs, value: a.toJSON() })
}
concurrent('concurrentText', 'concurrent inserts: the lower id goes left', (d, n) => d.getText('t').insert(0, n === 1 ? 'AA' : 'BB'))
concurrent('concurrentMap', 'concurrent set: the higher id wins', (d, n) => d.getMap('m').set('k', 'from' + n))
concurrent('concurrentArray', 'concurrent pushes', (d, n) => d.getArray('a').push([n, n * 10]))

{
  const d = doc(1)
  const parts = []
  d.on('update', u => parts.push(hex(u)))
  const t = d.getText('t')
  t.insert(0, 'one'); t.insert(3, 'two'); t.delete(0, 1)
  const late = doc(2)
  Y.applyUpdate(late, Buffer.from(parts[1], 'hex'))
  Y.applyUpdate(late, Buffer.from(parts[2], 'hex'))
  record('pending', 'updates 2 and 3 of three', late, { inputs: [parts[1], parts[2]], value: { t: '' }, reloads: undefined })
  Y.applyUpdate(late, Buffer.from(parts[0], 'hex'))
  record('pendingResolved', 'then update 1', late, { inputs: [parts[1], parts[2], parts[0]], value: { t: 'netwo' } })
  updates.push({ id: 'mergeNoGap', name: 'merge of updates 1 and 3', inputs: [parts[0], parts[2]], merge: true,
    update: hex(Y.mergeUpdates([parts[0], parts[2]].map(p => Buffer.from(p, 'hex')))) })
}
{
  const d = doc(1)
  const parts = []
  d.on('update', u => parts.push(hex(u)))
  const t = d.getText('t')
  t.insert(0, 'a'); t.insert(1, 'b'); t.insert(2, 'c')
  updates.push({ id: 'mergeHole', name: 'merge with a hole writes Skip', inputs: [parts[0], parts[2]], merge: true,
    update: hex(Y.mergeUpdates([parts[0], parts[2]].map(p => Buffer.from(p, 'hex')))) })
  updates.push({ id: 'diff', name: 'what a peer at clock 2 lacks', inputs: parts, since: '010102',
    update: hex(Y.encodeStateAsUpdate(d, Buffer.from('010102', 'hex'))) })
}
scenario('client32', '32-bit client id', d => { d.getText('t').insert(0, 'm'); return text(d) }, { clientID: 2 ** 32 - 1 })
scenario('client53', '53-bit client id', d => { d.getText('t').insert(0, 'm'); return text(d) }, { clientID: 2 ** 53 - 1 })

{
  const d = doc(1)
  const t = d.getText('t')
  const um = new Y.UndoManager(t, { captureTimeout: 0 })
  t.insert(0, 'hello'); t.insert(5, ' world'); t.delete(0, 1)
  um.undo()
  record('undoDelete', 'undo of a delete re-inserts a copy', d, text(d))
  um.undo()
  record('undoInsert', 'undo of an insert deletes it', d, text(d))
  um.redo()
  record('redo', 'redo', d, text(d))
}
{
  const d = doc(1)
  const m = d.getMap('m')
  const um = new Y.UndoManager(m, { captureTimeout: 0 })
  const n = new Y.Map([['a', 1], ['list', new Y.Array()]])
  m.set('n', n)
  n.get('list').push([1, 2])
  n.set('a', 2)
  m.delete('n')
  um.undo()
  record('undoNested', 'undo brings a deleted map back with its children', d, { value: { m: m.toJSON() } })
  um.undo()
  record('undoNestedTwice', 'and then the change inside it', d, { value: { m: m.toJSON() } })
  um.redo(); um.redo()
  record('redoNested', 'and forth again', d, { value: { m: m.toJSON() } })
}

const streams = {}
{
  const d = doc(5)
  const out = []
  d.on('update', u => out.push(hex(u)))
  const a = d.getArray('a'), t = d.getText('t'), m = d.getMap('m')
  a.push([1]); a.push([2]); a.insert(1, ['x', new Uint8Array([1])]); a.delete(0, 2)
  t.insert(0, 'hello'); t.insert(5, ' there'); t.delete(2, 3); t.format(1, 4, { b: true })
  d.transact(() => { m.set('k', 1); m.set('k', 2); m.delete('k'); t.insert(0, 'zz'); t.delete(0, 2) })
  m.set('t', new Y.Text('inner')); m.get('t').insert(5, '!'); m.delete('t')
  streams.mixed = out
}

const messages = {}
{
  const d = doc(1)
  d.getText('t').insert(0, 'hi')
  messages.step1Empty = written(e => sync.writeSyncStep1(e, doc(9)))
  messages.step1 = written(e => sync.writeSyncStep1(e, d))
  messages.step2 = written(e => sync.writeSyncStep2(e, d))
  messages.update = written(e => sync.writeUpdate(e, Y.encodeStateAsUpdate(d)))
}

const out = { madeBy: { yjs: version('yjs'), lib0: version('lib0'), 'y-protocols': version('y-protocols') },
  primitives, any, jsonNumbers, jsonTexts, updates, streams, messages }
writeFileSync(new URL('vectors.json', import.meta.url), JSON.stringify(out, null, 1) + '\n')
console.log(`vectors.json: ${updates.length} updates, ${any.length} values`)
