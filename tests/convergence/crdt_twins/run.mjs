// Random histories over real yjs documents and documents of this engine. A history runs in yjs; documents with a twin
// write down every command and what yjs answered. The engine then runs the same commands and must answer the same:
// every update in both formats, events, sub-documents, states, relative positions, snapshots and what they show, byte
// for byte. In the end all peers must be equal by value, state vector and deletes.
//
// One thing differs by intent. When yjs gets a struct again that it knows already, it still cuts the items at the
// struct's origins. Cuts next to an item that undo re-created stay, and a cut surrogate pair becomes U+FFFD on that
// peer alone. We cut nothing then. Where only this differs the history counts as inexact; few may.
//
//   node tests/convergence/crdt_twins/run.mjs PEER [--histories N] [--from SEED] [--seed N] [--steps N] [--verbose]
//
// Each run starts at a seed of its own. A failing history prints its seed; --seed N runs that one history alone.
import { Y, canonical, dump, hex, typeAt, unhex } from './edits.mjs'
import { Network, TwinPeer, YjsPeer } from './peers.mjs'
import { randomOf } from '../../support/random.mjs'
import { Engine } from '../crdt_yjs/engine.mjs'
import { randomPath } from './random_edits.mjs'

const args = process.argv.slice(2)
const option = (name, otherwise) => args.includes(name) ? Number(args[args.indexOf(name) + 1]) : otherwise
const program = args[0]
const histories = option('--histories', 1000)
const oneSeed = option('--seed', null)
const firstSeed = option('--from', Date.now() % 2 ** 31)
const stepCount = option('--steps', 40)
const verbose = args.includes('--verbose')

let inexact = false
const blurred = text => text.replaceAll('😀', '\ufffd\ufffd')

const sameText = (a, b) => {
  if (a === b) return true
  inexact = true
  return blurred(a) === blurred(b)
}

const deletesOf = update => {
  const ranges = [...Y.decodeUpdate(unhex(update)).ds.clients.entries()].sort((a, b) => a[0] - b[0])
  return JSON.stringify(ranges.map(([client, list]) => [client, list.map(d => [d.clock, d.len])]))
}

/** Full states that are equal once a document has loaded them and joined what was cut. */
const sameState = (a, b) => {
  if (a === b) return true
  inexact = true
  const [x, y] = [a, b].map(update => {
    const doc = new Y.Doc()
    Y.applyUpdate(doc, unhex(update))
    return doc
  })
  return blurred(canonical(dump(x))) === blurred(canonical(dump(y))) &&
    hex(Y.encodeStateVector(x)) === hex(Y.encodeStateVector(y)) && deletesOf(a) === deletesOf(b)
}

const sameAnswer = (command, ours, theirs) => {
  switch (command.do) {
    case 'encode': return sameState(ours.v1, theirs.v1) && (ours.v2 === theirs.v2 || ours.v1 !== theirs.v1)
    case 'restore':
      return sameState(ours.state, theirs.state) && ours.equal === theirs.equal &&
        sameText(canonical(ours.text), canonical(theirs.text)) && sameText(canonical(ours.changes), canonical(theirs.changes))
    case 'dump': case 'edit': case 'undo': case 'redo': case 'stop': case 'apply': return sameText(canonical(ours), canonical(theirs))
    default: return canonical(ours) === canonical(theirs)
  }
}

const checkAnswers = (script, answers) => {
  script.forEach(({ command, answer }, i) => {
    if (sameAnswer(command, answers[i], answer)) return
    const [ours, theirs] = [answers[i], answer].map(a => ['dump', 'restore'].includes(command.do) ? canonical(a) : JSON.stringify(a))
    throw new Error(`command ${i}: ${JSON.stringify(command)}\n  ours ${ours}\n  yjs  ${theirs}`)
  })
}

const checkSnapshots = (random, peer) => {
  peer.snapshot()
  const count = peer.snapshots.length
  if (!peer.doc.gc && random.chance(50)) {
    const which = random.below(count)
    peer.restore(which, random.below(which + 1))
  }
  const update = peer.emitted.updates.at(-1)
  if (update) peer.contains(random.below(count), update)
}

const checkPositions = (random, peer, flavour) => {
  const path = randomPath(random, peer.doc, flavour)
  const type = typeAt(peer.doc, path)
  if (!(type instanceof Y.Map)) peer.position(path, random.below((type.length ?? 0) + 2), random.pick([0, -1]))
  peer.resolve()
}

const stepOf = (random, network, flavour, i) => {
  const peer = network.peers[i]
  const roll = random.below(100)
  if (roll < 50) {
    const origin = random.chance(80) ? 'me' : 'other'
    network.send(i, peer.edit(random, flavour, random.chance(20) ? 3 : 1, origin))
  } else if (roll < 58) network.send(i, peer.undo())
  else if (roll < 62) network.send(i, peer.redo())
  else if (roll < 64) peer.stop()
  else if (roll < 66) peer.load(random.below(9))
  else if (roll < 92) network.deliver(i)
  else if (roll < 96) network.toggle(i)
  else network.sync(i, (i + 1 + random.below(network.peers.length - 1)) % network.peers.length)
}

/** After every step the document that made it is compared whole. */
const checkStep = (random, peer, flavour) => {
  peer.encode('00')
  checkSnapshots(random, peer)
  if (random.chance(30)) checkPositions(random, peer, flavour)
  if (random.chance(10)) peer.dump()
}

const checkEnd = peers => {
  const contents = [], vectors = [], deletes = []
  for (const peer of peers) {
    const content = peer.dump()
    if (content.pending) throw new Error('something is still pending')
    contents.push(canonical({ ...content, shouldLoad: null }).replace(/"shouldLoad":\w+/g, ''))
    vectors.push(peer.vector())
    deletes.push(deletesOf(peer.encode('00').v1))
  }
  for (const [what, list] of Object.entries({ contents, vectors, deletes })) {
    if (!list.every(one => sameText(one, list[0]))) throw new Error(`${what} differ\n  ${list.join('\n  ')}`)
  }
}

const writeHistory = seed => {
  const random = randomOf(seed)
  const script = [{ command: { do: 'reset' }, answer: null }]
  const flavour = random.pick(['all', 'all', 'text', 'plain', 'xml'])
  const gc = random.chance(75)
  const capture = random.pick([0, 1e9])
  const clients = random.pick([[1, 2, 3], [3, 2, 1], [7, 4294967295, 9007199254740991], [20, 10, 30]])
  const peers = clients.map((client, i) => i < 2 ? new TwinPeer(script, i, client, gc, capture) : new YjsPeer(client, gc, capture))
  const network = new Network(peers, random)
  for (let step = 0; step < stepCount; step++) {
    const i = random.below(peers.length)
    stepOf(random, network, flavour, i)
    if (i < 2) checkStep(random, peers[i], flavour)
  }
  network.settle()
  checkEnd(peers)
  return script
}

const engine = new Engine(program)
const started = Date.now()
const seeds = oneSeed === null ? Array.from({ length: histories }, (_, i) => firstSeed + i) : [oneSeed]
let failures = 0
let inexactCount = 0
let commandCount = 0
for (const seed of seeds) {
  try {
    inexact = false
    const script = writeHistory(seed)
    checkAnswers(script, await engine.ask(script.map(entry => entry.command)))
    commandCount += script.length
    inexactCount += inexact
    if (verbose) console.log(`seed ${seed}: equal`)
  } catch (error) {
    failures++
    console.log(`seed ${seed} (replay: --seed ${seed} --steps ${stepCount}): ${verbose ? error.stack : error.message.slice(0, 3000)}`)
    if (failures >= 5) break
  }
}
engine.end()
console.log(`${seeds.length} histories from seed ${seeds[0]}, ${commandCount} answers, ${failures} failed, ${inexactCount} inexact, ` +
  `${((Date.now() - started) / 1000).toFixed(1)} s`)
process.exit(failures || inexactCount > Math.max(1, seeds.length / 200) ? 1 : 0)
