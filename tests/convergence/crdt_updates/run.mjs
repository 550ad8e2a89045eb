// Random sets of updates from real yjs documents, merged, cut by state vectors and converted between v1 and v2: every
// result must be equal byte for byte to that of yjs. All commands go to the program in one batch.
//
//   node tests/convergence/crdt_updates/run.mjs PEER [--sets N] [--seed N]
//
// A difference prints its seed; --seed N runs that one set alone.
import { spawnSync } from 'node:child_process'
import { randomOf } from '../../support/random.mjs'
import { Y, apply, hex, unhex } from '../crdt_yjs/edits.mjs'

const args = process.argv.slice(2)
const option = (name, otherwise) => args.includes(name) ? Number(args[args.indexOf(name) + 1]) : otherwise
const oneSeed = option('--seed', null)
const seeds = oneSeed === null ? Array.from({ length: option('--sets', 1000) }, (_, i) => i + 1) : [oneSeed]

const words = ['a', 'bc', 'def', 'ü', '€', '😀', 'x😀y', '\n', '"', 'a text that is longer than twenty units']
const keys = ['k', 'l', 'name', '7', '']
const attributes = random => ({ [random.pick(['b', 'i', 'font'])]: random.pick([true, null, 'red', 12, 1.5, { f: 'serif', s: [1] }]) })

const valueOf = random => random.pick([
  () => random.below(1000), () => random.pick(words), () => random.pick([0.1, -7.5, -0, 2 ** 40, NaN]), () => null,
  () => ({ u: undefined, big: 12n }), () => true, () => ({ b: random.below(9), a: [random.pick(words)] }),
  () => ({ $bytes: hex([random.below(256), random.below(256)]) }), () => ({ $text: random.pick(words) }),
  () => ({ $array: [random.below(9), random.pick(words)] }), () => ({ $map: [[random.pick(keys), random.below(9)]] })
])()

const plainEdit = (doc, random) => apply(doc, {
  path: [random.below(3), random.below(1000), random.below(1000)],
  kind: random.below(12),
  at: random.chance(50) ? 10000 : random.below(10000),
  count: random.below(100),
  text: random.pick(words),
  key: random.pick(keys),
  attributes: attributes(random),
  values: Array.from({ length: 1 + random.below(3) }, () => valueOf(random))
})

const xmlEdit = (doc, random) => {
  const fragment = doc.getXmlFragment('x')
  const inside = fragment.length > 0 ? fragment.get(random.below(fragment.length)) : null
  if (inside === null || random.chance(40)) {
    const text = new Y.XmlText()
    const hook = new Y.XmlHook(random.pick(words))
    return fragment.insert(random.below(fragment.length + 1), [random.pick([text, hook, new Y.XmlElement(random.pick(['p', 'div']))])])
  }
  if (random.chance(20)) return fragment.delete(random.below(fragment.length), 1)
  if (inside instanceof Y.XmlText) return inside.insert(0, random.pick(words), attributes(random))
  if (inside instanceof Y.XmlElement) return inside.setAttribute(random.pick(keys), random.pick(words))
}

const documentEdit = (doc, random) => {
  const meta = random.chance(50) ? { meta: { a: random.below(9) } } : {}
  doc.getMap('m').set(random.pick(keys), new Y.Doc({ guid: 'sub' + random.below(9), autoLoad: random.chance(50), ...meta }))
}

const edit = (doc, random) => random.chance(80)
  ? plainEdit(doc, random)
  : random.chance(70) ? xmlEdit(doc, random) : documentEdit(doc, random)

/** What a few peers emit in v1 and v2 while they edit and now and then hear of each other. */
const historyOf = random => {
  const gc = random.chance(80)
  const clients = random.pick([[1, 2, 3], [3, 2, 1], [7, 4294967295, 9007199254740991], [200, 10, 30000]])
  const v1 = [], v2 = []
  const docs = clients.map(client => {
    const doc = new Y.Doc({ gc })
    doc.clientID = client
    doc.on('update', update => v1.push(update))
    doc.on('updateV2', update => v2.push(update))
    return doc
  })
  for (let step = 5 + random.below(30); step > 0; step--) {
    const doc = random.pick(docs)
    if (random.chance(20)) Y.applyUpdate(doc, Y.encodeStateAsUpdate(random.pick(docs)))
    else doc.transact(() => { for (let i = random.pick([1, 1, 4]); i > 0; i--) edit(doc, random) })
  }
  return { docs, v1, v2 }
}

const commands = []
const expected = []
const ask = (seed, yjs, ...words) => {
  commands.push([...words.map(word => typeof word === 'string' ? word : hex(word))].join(' '))
  expected.push({ seed, answer: hex(yjs) })
  return yjs
}

const calls = {
  v1: { merge: Y.mergeUpdates, diff: Y.diffUpdate, vector: Y.encodeStateVectorFromUpdate, convert: Y.convertUpdateFormatV1ToV2, state: Y.encodeStateAsUpdate },
  v2: { merge: Y.mergeUpdatesV2, diff: Y.diffUpdateV2, vector: Y.encodeStateVectorFromUpdateV2, convert: Y.convertUpdateFormatV2ToV1, state: Y.encodeStateAsUpdateV2 }
}

const askAll = (seed, format, docs, updates, random) => {
  const other = format === 'v1' ? 'v2' : 'v1'
  const yjs = calls[format]
  const convert = update => ask(seed, yjs.convert(update), 'convert', format, other, update)
  const some = () => updates.filter(() => random.chance(60)).concat(updates.filter(() => random.chance(10)))
    .concat(random.chance(30) ? [yjs.state(random.pick(docs))] : [])
  const merge = parts => ask(seed, yjs.merge(parts), 'merge', format, ...parts)
  const merged = [merge(updates), merge(some()), merge(some().reverse())]
  merged.push(merge([merged[1], merged[2]]), merge([...docs.map(doc => yjs.state(doc)), merged[1]]))
  for (const update of [...merged, yjs.state(random.pick(docs))]) {
    convert(update)
    ask(seed, yjs.vector(update), 'vector', format, update)
    const known = new Map(Y.decodeStateVector(Y.encodeStateVector(docs[0])))
    for (const [client, clock] of known) known.set(client, random.below(clock + 1))
    const vector = Y.encodeStateVector(known)
    convert(ask(seed, yjs.diff(update, vector), 'diff', format, update, vector))
  }
}

const started = Date.now()
for (const seed of seeds) {
  const random = randomOf(seed)
  const { docs, v1, v2 } = historyOf(random)
  askAll(seed, 'v1', docs, v1, random)
  askAll(seed, 'v2', docs, v2, random)
}

const made = Date.now()
const { stdout, status, signal } = spawnSync(args[0], { input: commands.join('\n') + '\n', maxBuffer: 2 ** 30, encoding: 'latin1' })
if (status !== 0) throw new Error(`the program ended with ${status ?? signal}`)
const answers = stdout.trimEnd().split('\n')
const differing = expected.flatMap(({ seed, answer }, i) => answers[i] === answer ? [] : [{ seed, answer, ours: answers[i], command: commands[i] }])
for (const { seed, answer, ours, command } of differing.slice(0, 5)) {
  console.log(`seed ${seed} (replay: --seed ${seed})\n  ${command.slice(0, 3000)}\n  ours ${ours}\n  yjs  ${answer}`)
}
console.log(`${seeds.length} sets of updates, ${commands.length} results, ${differing.length} differ, ` +
  `yjs ${((made - started) / 1000).toFixed(1)} s, ours ${((Date.now() - made) / 1000).toFixed(1)} s`)
process.exit(differing.length > 0 || answers.length !== expected.length ? 1 : 0)
