// Writes v2.json: what yjs 13 makes of many documents in update v1 and v2. Run: node tests/golden/yjs/generate_v2.mjs
//
// Every entry is one document, told by its bytes: "updates" are the updates it got, as [v1, v2] pairs in the order in
// which they were applied (a document of one client emitted them itself). From the document: "v1" and "v2" (full
// state), "stateVector", "snapshotV1", "snapshotV2". From the updates alone: "mergedV1" and "mergedV2". "diffs" has for
// some state vectors what the document lacks beyond them ("v1", "v2") and the diff of the full update ("diffV1",
// "diffV2"). "v1AsV2" and "v2AsV1" convert the full state. Values of root types are in "value" where JSON can say them.
import { readFileSync } from 'node:fs'
import { randomOf } from '../../support/random.mjs'
import { Y, doc, hex, madeBy, unhex, writeGolden } from './yjs.mjs'

const documents = []

const stateVectorsOf = d => {
  const all = [...Y.decodeStateVector(Y.encodeStateVector(d)).entries()]
  const encode = entries => hex(Y.encodeStateVector(new Map(entries)))
  const half = all.map(([client, clock]) => [client, Math.floor(clock / 2)]).filter(([, clock]) => clock > 0)
  const almost = all.map(([client, clock]) => [client, clock - 1]).filter(([, clock]) => clock > 0)
  const firstOnly = all.slice(0, 1)
  const stranger = [[987654, 3]]
  return [...new Set([half, almost, firstOnly, all, stranger].map(encode))]
}

const record = (id, d, updates, extra = {}) => {
  const v1 = Y.encodeStateAsUpdate(d)
  const v2 = Y.encodeStateAsUpdateV2(d)
  const snapshot = Y.snapshot(d)
  documents.push({
    id,
    gc: d.gc,
    updates: updates.map(([a, b]) => [hex(a), hex(b)]),
    v1: hex(v1),
    v2: hex(v2),
    stateVector: hex(Y.encodeStateVector(d)),
    snapshotV1: hex(Y.encodeSnapshot(snapshot)),
    snapshotV2: hex(Y.encodeSnapshotV2(snapshot)),
    mergedV1: hex(Y.mergeUpdates(updates.map(([a]) => a))),
    mergedV2: hex(Y.mergeUpdatesV2(updates.map(([, b]) => b))),
    diffs: stateVectorsOf(d).map(since => ({
      since,
      v1: hex(Y.encodeStateAsUpdate(d, unhex(since))),
      v2: hex(Y.encodeStateAsUpdateV2(d, unhex(since))),
      diffV1: hex(Y.diffUpdate(v1, unhex(since))),
      diffV2: hex(Y.diffUpdateV2(v2, unhex(since)))
    })),
    v1AsV2: hex(Y.convertUpdateFormatV1ToV2(v1)),
    v2AsV1: hex(Y.convertUpdateFormatV2ToV1(v2)),
    ...extra
  })
}

/** Collects what a document emits as [v1, v2] pairs. */
const emissionsOf = d => {
  const updates = []
  d.on('update', update => updates.push([update]))
  d.on('updateV2', update => updates[updates.length - 1].push(update))
  return updates
}

const scenario = (id, edit, { clientID = 1, ...options } = {}) => {
  const d = doc(clientID, options)
  const updates = emissionsOf(d)
  edit(d)
  record(id, d, updates)
}

const text = (d, run) => run(d.getText('t'))
const long = (word, count) => Array.from({ length: count }, (_, i) => word + i).join(' ')

// --- the documents of vectors.json ---------------------------------------------------------------------------------
const older = JSON.parse(readFileSync(new URL('vectors.json', import.meta.url)))
for (const entry of older.updates) {
  const update = unhex(entry.update)
  const d = doc(999, { gc: entry.gc ?? true })
  Y.applyUpdate(d, update)
  record(`vectors/${entry.id}`, d, [[update, Y.convertUpdateFormatV1ToV2(update)]], entry.value ? { value: entry.value } : {})
}

// --- text ----------------------------------------------------------------------------------------------------------
scenario('empty', () => {})
scenario('oneLetter', d => text(d, t => t.insert(0, 'x')))
scenario('typing', d => text(d, t => [...'typing a line of text'].forEach((c, i) => t.insert(i, c))))
scenario('typingBackwards', d => text(d, t => [...'sdrawkcab'].forEach(c => t.insert(0, c))))
scenario('longText', d => text(d, t => { t.insert(0, long('word', 90)); t.insert(200, long('more', 40)) }))
scenario('astralText', d => text(d, t => { t.insert(0, '😀😃a😄'); t.insert(4, 'ü€'); t.delete(0, 2) }))
scenario('brokenPair', d => text(d, t => { t.insert(0, 'x😀y'); t.delete(2, 1) }))
scenario('manyDeletes', d => text(d, t => { t.insert(0, long('w', 30)); for (let i = 0; i < 20; i++) t.delete(i * 2, 1) }))
scenario('manyDeletesKept', d => text(d, t => { t.insert(0, long('w', 30)); for (let i = 0; i < 20; i++) t.delete(i * 2, 1) }), { gc: false })
scenario('formats', d => text(d, t => {
  t.insert(0, long('format', 12))
  for (let i = 0; i < 10; i++) t.format(i * 5, 4, { bold: true, size: i, font: { family: 'serif', weights: [400, 700] } })
  t.format(3, 30, { bold: null })
}))
scenario('formattedInserts', d => text(d, t => { t.insert(0, 'plain'); t.insert(2, 'bold', { bold: true }); t.insert(4, 'x', {}); t.insert(9, 'link', { href: 'https://example.org/?a=1&b="2"' }) }))
scenario('embeds', d => text(d, t => { t.insert(0, 'ab'); t.insertEmbed(1, { image: 'u.png', size: [1, 2.5] }); t.insertEmbed(0, { image: null }, { width: 100 }); t.delete(1, 1) }))
scenario('embeddedType', d => text(d, t => { t.insert(0, 'ab'); t.insertEmbed(1, new Y.Map([['k', 1]])) }))
scenario('delta', d => text(d, t => t.applyDelta([{ insert: 'Gandalf', attributes: { bold: true } }, { insert: ' the ' }, { insert: 'Grey', attributes: { color: '#ccc' } }, { insert: '\n' }])))
scenario('textAttributes', d => text(d, t => { t.insert(0, 'x'); t.setAttribute('lang', 'de'); t.setAttribute('lang', 'en'); t.removeAttribute('none') }))

// --- maps, arrays, values ------------------------------------------------------------------------------------------
const allValues = [null, true, false, 0, -0, 1, -1, 63, 64, -64, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 53, 0.5, 0.1, NaN, Infinity, 1e300,
  '', 'text', 'ü€😀', [], [1, [2, [3]]], {}, { a: { b: { c: null } } }, { b: 1, 10: 2, 9: 3 }, 123n, -(2n ** 63n)]
scenario('everyValue', d => d.getArray('a').insert(0, allValues.filter(v => typeof v !== 'bigint')))
scenario('everyValueAsKey', d => { const m = d.getMap('m'); allValues.forEach((v, i) => m.set('key' + i, v)) })
scenario('undefinedValues', d => { d.getArray('a').insert(0, [[undefined], { u: undefined }, [[1, undefined]]]); d.getMap('m').set('u', undefined) })
scenario('binary', d => { d.getArray('a').insert(0, [new Uint8Array([]), new Uint8Array(300).fill(7), 1]); d.getMap('m').set('b', new Uint8Array([0, 255])) })
scenario('overwrites', d => { const m = d.getMap('m'); for (let i = 0; i < 30; i++) m.set('k' + i % 3, i); m.delete('k1') })
scenario('overwritesKept', d => { const m = d.getMap('m'); for (let i = 0; i < 30; i++) m.set('k' + i % 3, 'v' + i); m.delete('k1') }, { gc: false })
scenario('manyKeys', d => d.transact(() => { const m = d.getMap('m'); for (let i = 0; i < 60; i++) m.set('property' + i % 12, i) }))
scenario('deepMaps', d => { let m = d.getMap('m'); for (let i = 0; i < 12; i++) { const n = new Y.Map(); m.set('child', n); n.set('level', i); m = n } })
scenario('mapsInArray', d => d.transact(() => { const a = d.getArray('a'); for (let i = 0; i < 15; i++) a.push([new Y.Map([['id', 'node' + i], ['x', i * 1.5], ['visible', i % 2 === 0]])]) }))
scenario('removedTrees', d => { const a = d.getArray('a'); for (let i = 0; i < 6; i++) a.push([new Y.Map([['k', new Y.Array()], ['t', new Y.Text('text')]])]); a.delete(1, 3); a.get(0).get('t').insert(2, 'x') })
scenario('removedTreesKept', d => { const a = d.getArray('a'); for (let i = 0; i < 6; i++) a.push([new Y.Map([['k', new Y.Array()], ['t', new Y.Text('text')]])]); a.delete(1, 3) }, { gc: false })
scenario('arrayEdits', d => { const a = d.getArray('a'); a.push([1, 2, 3]); a.insert(1, ['x', 'y']); a.delete(0, 2); a.unshift([true]); a.push([{ a: 1 }]) })
scenario('manyRoots', d => { for (let i = 0; i < 10; i++) { d.getText('root number ' + i).insert(0, 'x'); d.getMap('' + i).set('k', i) } })
scenario('emptyNames', d => { d.getText('').insert(0, 'root without a name'); d.getMap('m').set('', 'key without a name') })
scenario('longNames', d => d.getMap('m'.repeat(300)).set('k'.repeat(300), 'v'))
scenario('nothingKept', d => d.transact(() => { d.getArray('a').push([1, new Y.Map([['x', 1]])]); d.getArray('a').delete(0, 2) }))

// --- xml and sub-documents -----------------------------------------------------------------------------------------
scenario('xmlTree', d => d.transact(() => {
  const body = new Y.XmlElement('body')
  d.getXmlFragment('x').insert(0, [body, new Y.XmlText('tail')])
  for (let i = 0; i < 5; i++) {
    const p = new Y.XmlElement('p')
    body.push([p])
    p.setAttribute('class', 'c' + i); p.setAttribute('level', i)
    p.push([new Y.XmlText('paragraph ' + i)])
  }
}))
scenario('xmlEdits', d => {
  const x = d.getXmlFragment('x')
  x.push([new Y.XmlElement('a'), new Y.XmlElement('b'), new Y.XmlHook('hook')])
  x.get(0).setAttribute('k', 'v'); x.get(0).removeAttribute('k'); x.get(0).setAttribute('n', { deep: [1] })
  x.get(2).set('state', 1)
  x.delete(1, 1)
  x.insertAfter(x.get(0), [new Y.XmlText('between')])
  x.get(1).insert(0, 'formatted ', { em: { color: 'red' } })
})
scenario('xmlRootElement', d => { const e = d.getXmlElement('e'); e.setAttribute('k', 'v'); e.push([new Y.XmlElement('child')]) })
scenario('xmlFragmentInMap', d => { const f = new Y.XmlFragment(); f.insert(0, [new Y.XmlElement('p'), new Y.XmlText('t')]); d.getMap('m').set('f', f) })
scenario('subdocuments', d => {
  const m = d.getMap('m')
  m.set('plain', new Y.Doc({ guid: 'guid-1' }))
  m.set('options', new Y.Doc({ guid: 'guid-2', gc: false, autoLoad: true, meta: { name: 'x', tags: [1, null] } }))
  d.getArray('a').push([new Y.Doc({ guid: 'guid-3', meta: 'text' }), 1])
  m.delete('plain')
})
scenario('subdocumentsKept', d => { const m = d.getMap('m'); m.set('s', new Y.Doc({ guid: 'guid-1' })); m.set('s', new Y.Doc({ guid: 'guid-2' })) }, { gc: false })

// --- ids, clients, holes -------------------------------------------------------------------------------------------
for (const clientID of [0, 127, 128, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]) {
  scenario('client' + clientID, d => { text(d, t => { t.insert(0, 'ab'); t.insert(1, 'c'); t.delete(0, 1) }); d.getMap('m').set('k', 1) }, { clientID })
}

/** Several documents that edit alone and then meet; the first is recorded with the updates in the order it got them. */
const meeting = (id, clients, edit, options = {}) => {
  const docs = clients.map(client => doc(client, options))
  const emitted = docs.map(emissionsOf)
  const seen = emissionsOf(docs[0])
  for (let round = 0; round < 3; round++) {
    docs.forEach((d, i) => edit(d, i, round))
    const sent = emitted.map(list => list.splice(0))
    docs.forEach((d, to) => sent.forEach((list, from) => from !== to && list.forEach(([v1]) => Y.applyUpdate(d, v1))))
    emitted.forEach(list => list.splice(0))
  }
  record(id, docs[0], seen)
}
meeting('threeWriters', [5, 300, 70000], (d, i, round) => text(d, t => t.insert(Math.min(t.length, round * 2 + i), 'w' + i + round)))
meeting('threeWritersOneKey', [3, 2, 1], (d, i, round) => d.getMap('m').set('k' + round, 'from' + i))
meeting('threeWritersNested', [3, 9, 4], (d, i, round) => {
  const m = d.getMap('m')
  if (!m.has('list')) m.set('list', new Y.Array())
  m.get('list').insert(0, [i, new Y.Map([['by', i]])])
  if (round === 2) m.get('list').delete(1, 1)
})
meeting('threeWritersFormat', [3, 9, 4], (d, i, round) => text(d, t => {
  t.insert(round, 'text ' + i + ' ')
  t.format(i, 5, { ['mark' + i % 2]: round % 2 ? null : { by: i } })
}))
meeting('threeWritersDelete', [1, 2 ** 40, 77], (d, i, round) => text(d, t => { t.insert(0, 'abcdef'); t.delete(i, round + 1) }))
meeting('tenWriters', [10, 20, 30, 40, 50, 60, 70, 80, 90, 100], (d, i, round) => d.getArray('a').insert(0, [i * 10 + round]))
meeting('eightWritersOfNodes', [11, 12, 13, 14, 15, 16, 17, 18], (d, i, round) => d.transact(() => {
  const nodes = d.getMap('nodes')
  nodes.set(`n${i}.${round}`, new Y.Map([['name', 'Rectangle ' + i], ['x', i * 10.25], ['y', round], ['fill', { r: 1, g: 0.5, b: 0 }]]))
  if (round > 0) nodes.get(`n${i}.0`)?.set('x', round)
}))

{
  // Updates that arrive without what they build on: full states carry them along.
  const d = doc(1)
  const all = emissionsOf(d)
  text(d, t => { t.insert(0, 'one'); t.insert(3, 'two'); t.delete(0, 1); t.insert(2, 'three') })
  d.getMap('m').set('k', new Y.Map([['a', 1]])); d.getMap('m').get('k').set('b', 2)
  for (const [id, picked] of Object.entries({ pendingStructs: [1, 3, 5], pendingDeletes: [2], pendingBoth: [0, 2, 5], holes: [0, 3, 5] })) {
    const late = doc(2)
    picked.forEach(i => Y.applyUpdate(late, all[i][0]))
    record(id, late, picked.map(i => all[i]))
  }
}
{
  // Old JSON content, which only bytes can make: [1, "a", undefined, {"b": null}] in the root array "a". Then edits cut it.
  const jsonOf = texts => '01010100' + '02' + '010161' + hex([texts.length]) +
    texts.map(t => hex([t.length]) + hex(Buffer.from(t))).join('') + '00'
  const v1 = unhex(jsonOf(['1', '"a"', 'undefined', '{"b":null}']))
  const d = doc(2)
  const updates = emissionsOf(d)
  Y.applyUpdate(d, v1)
  record('oldJson', d, [[v1, Y.convertUpdateFormatV1ToV2(v1)]])
  d.getArray('a').insert(1, ['between']); d.getArray('a').delete(3, 1)
  record('oldJsonEdited', d, updates)
}

// --- random histories ----------------------------------------------------------------------------------------------
const words = ['a', 'bc', 'def', 'ü', '€', '😀', '\n', '"', 'long text here']
const randomValue = random => random.pick([1, -7.5, 'text', null, true, [1, { a: 2 }], { b: 'c' }, new Uint8Array([1, 2])])
const randomType = random => random.pick([() => new Y.Map([['k', 1]]), () => Y.Array.from([1, 'two']), () => new Y.Text('inner'),
  () => new Y.XmlElement('p'), () => new Y.Doc({ guid: 'sub' + random.below(9) })])()
const randomEdit = (random, d) => {
  const t = d.getText('t'), a = d.getArray('a'), m = d.getMap('m')
  const at = random.below(t.length + 1)
  switch (random.below(10)) {
    case 0: case 1: case 2: return t.insert(at, random.pick(words))
    case 3: return t.length > at && t.delete(at, Math.min(3, t.length - at))
    case 4: return t.format(0, t.length, { [random.pick(['b', 'i'])]: random.pick([true, null, 'red']) })
    case 5: return a.insert(random.below(a.length + 1), [randomValue(random), randomValue(random)])
    case 6: return a.insert(random.below(a.length + 1), [randomType(random)])
    case 7: return a.length > 1 && a.delete(random.below(a.length - 1), 1)
    case 8: return m.set(random.pick(['k', 'l', 'name']), randomType(random))
    default: return m.set(random.pick(['k', 'l', 'name']), randomValue(random))
  }
}
for (let seed = 1; seed <= 20; seed++) {
  const random = randomOf(seed)
  meeting(`random${seed}`, random.pick([[1, 2, 3], [900, 20, 4000000000], [2 ** 40, 5, 6]]), d => {
    for (let i = random.below(4); i >= 0; i--) d.transact(() => { randomEdit(random, d); if (random.chance(30)) randomEdit(random, d) })
  }, { gc: seed % 4 !== 0 })
}

writeGolden('v2.json', { madeBy, documents })
