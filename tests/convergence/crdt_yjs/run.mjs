// Random histories over real yjs documents and documents of this engine. Every document of ours has a yjs twin with
// the same client id that makes the same calls and gets the same updates in the same order: every update the two emit
// must be equal byte for byte. In the end all peers must be equal by value, state vector and deletes.
//
// One thing differs by intent. When yjs gets a struct again that it knows already, it still cuts the items at the
// struct's origins. Cuts next to an item that undo re-created stay, and a cut surrogate pair becomes U+FFFD on that
// peer alone. We cut nothing then. Where only this differs the history counts as inexact; few may.
//
//   node tests/convergence/crdt_yjs/run.mjs PEER [--histories N] [--seed N] [--steps N] [--verbose]
//
// A failing history prints its seed; --seed N runs that one history alone.
import { Engine, randomOf } from './engine.mjs'
import { Y, apply, canonical, dump, hex, unhex } from './edits.mjs'

const args = process.argv.slice(2)
const option = (name, otherwise) => args.includes(name) ? Number(args[args.indexOf(name) + 1]) : otherwise
const program = args[0]
const histories = option('--histories', 600)
const oneSeed = option('--seed', null)
const stepCount = option('--steps', 60)
const verbose = args.includes('--verbose')

let inexact = false
const blurred = text => text.replaceAll('😀', '\ufffd\ufffd')

const sameText = (a, b) => {
  if (a === b) return true
  inexact = true
  return blurred(a) === blurred(b)
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

/** A yjs document with its undo manager; collects the updates it emits. */
class YjsPeer {
  constructor (client, gc, capture) {
    this.doc = new Y.Doc({ gc })
    this.doc.clientID = client
    this.client = client
    const scope = [this.doc.getMap('m'), this.doc.getArray('a'), this.doc.getText('t')]
    this.undoManager = new Y.UndoManager(scope, { trackedOrigins: new Set(['me']), captureTimeout: capture })
    this.updates = []
    this.doc.on('update', update => this.updates.push(hex(update)))
  }

  emitted (run) {
    this.updates = []
    run()
    return this.updates
  }

  async edit (edits, origin) { return this.emitted(() => this.doc.transact(() => edits.forEach(e => apply(this.doc, e)), origin)) }
  async undo () { return this.emitted(() => this.undoManager.undo()) }
  async redo () { return this.emitted(() => this.undoManager.redo()) }
  async stop () { return this.emitted(() => this.undoManager.stopCapturing()) }
  async receive (update) { return this.emitted(() => Y.applyUpdate(this.doc, unhex(update), 'remote')) }
  async encode (since) { return hex(Y.encodeStateAsUpdate(this.doc, unhex(since))) }
  async vector () { return hex(Y.encodeStateVector(this.doc)) }
  async dump () { return dump(this.doc) }
}

/** A document of ours and its yjs twin; every answer is compared. */
class TwinPeer {
  constructor (engine, id, client, gc, capture) {
    this.engine = engine
    this.id = id
    this.twin = new YjsPeer(client, gc, capture)
    this.client = client
  }

  async start (gc, capture) { await this.engine.ask({ do: 'new', peer: this.id, client: this.client, gc, capture }) }

  async both (command, twinAnswer) {
    const [ours, theirs] = await Promise.all([this.engine.ask({ peer: this.id, ...command }), twinAnswer])
    const isState = command.do === 'encode'
    if (isState ? !sameState(ours, theirs) : JSON.stringify(ours) !== JSON.stringify(theirs)) {
      throw new Error(`${JSON.stringify(command)}\n  ours ${JSON.stringify(ours)}\n  yjs  ${JSON.stringify(theirs)}`)
    }
    return ours
  }

  edit (edits, origin) { return this.both({ do: 'edit', edits, origin }, this.twin.edit(edits, origin)) }
  undo () { return this.both({ do: 'undo' }, this.twin.undo()) }
  redo () { return this.both({ do: 'redo' }, this.twin.redo()) }
  stop () { return this.both({ do: 'stop' }, this.twin.stop()) }
  receive (update) { return this.both({ do: 'apply', update }, this.twin.receive(update)) }
  encode (since) { return this.both({ do: 'encode', since }, this.twin.encode(since)) }
  vector () { return this.both({ do: 'vector' }, this.twin.vector()) }
  async dump () {
    const [ours, theirs] = await Promise.all([this.engine.ask({ do: 'dump', peer: this.id }), this.twin.dump()])
    if (!sameText(canonical(ours), canonical(theirs))) throw new Error(`content\n  ours ${canonical(ours)}\n  yjs  ${canonical(theirs)}`)
    return ours
  }
}

const words = ['a', 'bc', 'def', 'ü', '€', '😀', 'x😀y', '\n', '"', 'long text here']
const keys = ['k', 'l', 'name', '7']
const attributeValues = [true, null, 'red', 12, { f: 'serif', s: 1 }]

const randomValue = (random, depth = 0) => {
  switch (random.below(depth > 2 ? 6 : 10)) {
    case 0: return random.below(1000)
    case 1: return random.pick(words)
    case 2: return random.pick([0.1, -7.5, 1e21, 1e-7, 2 ** 40, 0.5])
    case 3: return random.pick([true, false, null])
    case 4: return { b: random.below(9), a: [random.pick(words), null] }
    case 5: return { $bytes: hex([random.below(256), random.below(256)]) }
    case 6: return { $text: random.pick(['', ...words]) }
    case 7: return { $array: Array.from({ length: random.below(4) }, () => randomValue(random, depth + 1)) }
    default: return { $map: Array.from({ length: random.below(3) }, () => [random.pick(keys), randomValue(random, depth + 1)]) }
  }
}

const randomAttributes = random => {
  const attributes = {}
  for (let i = 1 + random.below(2); i > 0; i--) attributes[random.pick(['b', 'i', 'font'])] = random.pick(attributeValues)
  return attributes
}

const randomEdit = (random, flavour) => ({
  path: [flavour === 'text' ? 0 : random.below(3), random.next() % 1000, random.next() % 1000, random.next() % 1000],
  kind: flavour === 'plain' ? random.pick([0, 1, 3]) : random.below(12),
  at: random.below(10000),
  count: random.below(100),
  text: random.pick(words),
  key: random.pick(keys),
  attributes: randomAttributes(random),
  values: Array.from({ length: 1 + random.below(3) }, () => randomValue(random))
})

/** Updates on their way, in any order, some twice; a peer that is offline gets and sends nothing. */
class Network {
  constructor (peers, random) {
    this.peers = peers
    this.random = random
    this.inbox = peers.map(() => [])
    this.online = peers.map(() => true)
  }

  send (from, updates) {
    if (!this.online[from]) return
    updates.forEach(update => this.inbox.forEach((box, to) => to !== from && this.online[to] && box.push(update)))
  }

  async deliver (to) {
    const box = this.inbox[to]
    if (!this.online[to] || box.length === 0) return
    const at = this.random.below(box.length)
    const update = box[at]
    if (!this.random.chance(10)) box.splice(at, 1)
    this.send(to, this.random.chance(20) ? await this.receive(to, update) : (await this.receive(to, update), []))
  }

  /** Clean-up of formats can make a peer write something of its own on receipt. */
  async receive (to, update) { return this.peers[to].receive(update) }

  async sync (a, b) {
    for (const [to, from] of [[a, b], [b, a]]) {
      await this.peers[to].receive(await this.peers[from].encode(await this.peers[to].vector()))
    }
  }

  async toggle (peer) {
    this.online[peer] = !this.online[peer]
    if (!this.online[peer]) {
      this.inbox[peer] = []
      return
    }
    for (let other = 0; other < this.peers.length; other++) {
      if (other !== peer && this.online[other]) await this.sync(peer, other)
    }
  }

  async settle () {
    for (let round = 0; round < 3; round++) {
      for (let a = 0; a < this.peers.length; a++) {
        for (let b = a + 1; b < this.peers.length; b++) await this.sync(a, b)
      }
    }
  }
}

const deletesOf = update => {
  const ranges = [...Y.decodeUpdate(unhex(update)).ds.clients.entries()].sort((a, b) => a[0] - b[0])
  return JSON.stringify(ranges.map(([client, list]) => [client, list.map(d => [d.clock, d.len])]))
}

const stepOf = async (random, network, flavour, i) => {
  const peer = network.peers[i]
  const roll = random.below(100)
  if (roll < 50) {
    const edits = Array.from({ length: random.chance(20) ? 3 : 1 }, () => randomEdit(random, flavour))
    network.send(i, await peer.edit(edits, random.chance(80) ? 'me' : 'other'))
  } else if (roll < 58) network.send(i, await peer.undo())
  else if (roll < 62) network.send(i, await peer.redo())
  else if (roll < 65) await peer.stop()
  else if (roll < 92) await network.deliver(i)
  else if (roll < 96) await network.toggle(i)
  else await network.sync(i, random.below(network.peers.length))
}

const runHistory = async (engine, seed) => {
  const random = randomOf(seed)
  await engine.ask({ do: 'reset' })
  const flavour = random.pick(['all', 'all', 'text', 'plain'])
  const gc = random.chance(85)
  const capture = random.pick([0, 1e9])
  const clients = random.pick([[1, 2, 3], [3, 2, 1], [7, 4294967295, 9007199254740991], [20, 10, 30]])
  const peers = []
  for (let i = 0; i < 3; i++) {
    if (i === 2) {
      peers.push(new YjsPeer(clients[i], gc, capture))
    } else {
      peers.push(new TwinPeer(engine, i, clients[i], gc, capture))
      await peers[i].start(gc, capture)
    }
  }
  const network = new Network(peers, random)
  for (let step = 0; step < stepCount; step++) await stepOf(random, network, flavour, random.below(peers.length))
  await network.settle()

  const contents = [], vectors = [], deletes = []
  for (const peer of peers) {
    const content = await peer.dump()
    if (content.pending) throw new Error('something is still pending')
    contents.push(canonical(content))
    vectors.push(await peer.vector())
    const state = await peer.encode('00')
    deletes.push(deletesOf(state))
    const fresh = new YjsPeer(99, gc, capture)
    await fresh.receive(state)
    if (!sameText(canonical(await fresh.dump()), canonical(content))) throw new Error('yjs reads the full state differently')
  }
  for (const [what, list] of Object.entries({ contents, vectors, deletes })) {
    if (!list.every(one => sameText(one, list[0]))) throw new Error(`${what} differ\n  ${list.join('\n  ')}`)
  }
}

const engine = new Engine(program)
const started = Date.now()
const seeds = oneSeed === null ? Array.from({ length: histories }, (_, i) => i + 1) : [oneSeed]
let failures = 0
let inexactCount = 0
for (const seed of seeds) {
  try {
    inexact = false
    await runHistory(engine, seed)
    inexactCount += inexact
    if (verbose) console.log(`seed ${seed}: equal`)
  } catch (error) {
    failures++
    console.log(`seed ${seed} (replay: --seed ${seed} --steps ${stepCount}): ${verbose ? error.stack : error.message.slice(0, 3000)}`)
    if (failures >= 5) break
  }
}
engine.end()
console.log(`${seeds.length} histories, ${failures} failed, ${inexactCount} inexact, ` +
  `${((Date.now() - started) / 1000).toFixed(1)} s`)
process.exit(failures || inexactCount > Math.max(1, seeds.length / 200) ? 1 : 0)
