// Writes messages.json: what y-protocols 1 and lib0 (tools/package.json) put on the wire for our protocol tests.
// Run: cd tools && npm ci && node ../tests/golden/protocol/generate.mjs
import { createRequire } from 'node:module'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const require = createRequire(new URL('../../../tools/package.json', import.meta.url))
const Y = require('yjs')
const encoding = require('lib0/encoding')
const syncProtocol = require('y-protocols/sync')
const authProtocol = require('y-protocols/auth')
const awarenessProtocol = require('y-protocols/awareness')

const hex = (bytes) => Buffer.from(bytes).toString('hex')
const frame = (outer, write) => {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, outer)
  write(encoder)
  return hex(encoding.toUint8Array(encoder))
}

const docOf = (client, edit) => {
  const doc = new Y.Doc()
  doc.clientID = client
  if (edit) edit(doc)
  return doc
}
const empty = docOf(7)
const hi = docOf(1, (doc) => doc.getText('t').insert(0, 'hi'))
const big = docOf(Number.MAX_SAFE_INTEGER, (doc) => doc.getMap('m').set('k', 'ä'))

const messages = {
  'sync step 1 of an empty document': { hex: frame(0, (e) => syncProtocol.writeSyncStep1(e, empty)), stateVector: {} },
  'sync step 1 of client 1 at clock 2': { hex: frame(0, (e) => syncProtocol.writeSyncStep1(e, hi)), stateVector: { 1: 2 } },
  'sync step 1 of the largest client': {
    hex: frame(0, (e) => syncProtocol.writeSyncStep1(e, big)), stateVector: { [Number.MAX_SAFE_INTEGER]: 1 }
  },
  'sync step 2': { hex: frame(0, (e) => syncProtocol.writeSyncStep2(e, hi)), step2: hex(Y.encodeStateAsUpdate(hi)) },
  'sync step 2 with nothing new': {
    hex: frame(0, (e) => syncProtocol.writeSyncStep2(e, hi, Y.encodeStateVector(hi))), step2: '0000'
  },
  'sync update': {
    hex: frame(0, (e) => syncProtocol.writeUpdate(e, Y.encodeStateAsUpdate(big))), update: hex(Y.encodeStateAsUpdate(big))
  },
  'auth denied': { hex: frame(2, (e) => authProtocol.writePermissionDenied(e, 'no access')), denied: 'no access' },
  'query awareness': { hex: frame(3, () => {}), query: true }
}

// Awareness: each step is an update that a peer applies, with the peer's states and clocks after it.
const awarenessOf = (client) => {
  const awareness = new awarenessProtocol.Awareness(docOf(client))
  clearInterval(awareness._checkInterval)
  return awareness
}
const encode = (awareness, clients) => awarenessProtocol.encodeAwarenessUpdate(awareness, clients)
const receiver = awarenessOf(100)
receiver.setLocalState({ name: 'receiver' })
const events = { change: null, update: null }
receiver.on('change', (change) => { events.change = change })
receiver.on('update', (change) => { events.update = change })
const steps = []
const apply = (name, update) => {
  events.change = events.update = null
  awarenessProtocol.applyAwarenessUpdate(receiver, update, 'test')
  steps.push({
    name,
    hex: hex(update),
    states: Object.fromEntries([...receiver.getStates()].map(([client, state]) => [client, state])),
    clocks: Object.fromEntries([...receiver.meta].map(([client, meta]) => [client, meta.clock])),
    visible: events.change !== null,
    forward: events.update !== null
  })
}
const ann = awarenessOf(1)
apply('a first state at clock 0 is not newer than nothing', encode(ann, [1]))
ann.setLocalState({ user: { name: 'Ann', color: '#CC6677' }, cursor: null })
const annFirst = encode(ann, [1])
apply('a state at clock 1 is taken', annFirst)
apply('the same again changes nothing', annFirst)
ann.setLocalState(ann.getLocalState())
apply('a refresh is forwarded and not shown', encode(ann, [1]))
ann.setLocalState({ user: { name: 'Ann', color: '#CC6677' }, cursor: { page: 'p', x: 1.5, y: -2 } })
apply('another state is shown', encode(ann, [1]))
apply('an older clock is passed over', annFirst)
const ben = awarenessOf(2)
ben.setLocalState({ user: { name: 'Bén 🎨', color: '#117733' } })
apply('a second client comes', encode(ben, [2]))
const annClock = ann.meta.get(1).clock
const offline = encoding.createEncoder()
encoding.writeVarUint(offline, 1)
encoding.writeVarUint(offline, 1)
encoding.writeVarUint(offline, annClock)
encoding.writeVarString(offline, 'null')
apply('null at the known clock ends a held state', encoding.toUint8Array(offline))
apply('null at the known clock again does nothing', encoding.toUint8Array(offline))
apply('a removed client cannot come back at its clock', encode(ann, [1]))
ann.setLocalState({ back: true })
apply('a removed client comes back above its clock', encode(ann, [1]))
const gone = encoding.createEncoder()
encoding.writeVarUint(gone, 1)
encoding.writeVarUint(gone, 100)
encoding.writeVarUint(gone, receiver.meta.get(100).clock + 3)
encoding.writeVarString(gone, 'null')
apply('null for our own live state raises our clock', encoding.toUint8Array(gone))
apply('both clients in one update', (() => {
  ann.setLocalState({ both: 1 })
  ben.setLocalState(null)
  const merged = encoding.createEncoder()
  encoding.writeVarUint(merged, 2)
  encoding.writeUint8Array(merged, encode(ann, [1]).slice(1))
  encoding.writeUint8Array(merged, encode(ben, [2]).slice(1))
  return encoding.toUint8Array(merged)
})())

// Random histories: updates of four clients, some stale, some null, some for the receiver itself; the end state of each.
let seed = 1
const below = (bound) => { // mulberry32, so that the file is the same each time
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) % bound
}
const histories = []
for (let number = 0; number < 40; number++) {
  const peer = awarenessOf(100)
  peer.setLocalState({ self: number })
  const updates = []
  for (let step = 0; step < 12; step++) {
    const encoder = encoding.createEncoder()
    const count = 1 + below(3)
    encoding.writeVarUint(encoder, count)
    for (let entry = 0; entry < count; entry++) {
      encoding.writeVarUint(encoder, [1, 2, 3, 100][below(4)])
      encoding.writeVarUint(encoder, below(6))
      encoding.writeVarString(encoder, below(3) === 0 ? 'null' : JSON.stringify({ v: below(3) }))
    }
    const update = encoding.toUint8Array(encoder)
    awarenessProtocol.applyAwarenessUpdate(peer, update, 'test')
    updates.push(hex(update))
  }
  histories.push({
    updates,
    states: Object.fromEntries(peer.getStates()),
    clocks: Object.fromEntries([...peer.meta].map(([client, meta]) => [client, meta.clock]))
  })
}

const target = fileURLToPath(new URL('./messages.json', import.meta.url))
writeFileSync(target, JSON.stringify({ messages, awareness: { receiver: 100, receiverState: { name: 'receiver' }, steps, histories } }, null, 1) + '\n')
process.exit(0)
