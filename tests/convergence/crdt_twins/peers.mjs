// Peers of a history. Everything runs in yjs; a twin also writes down each command with the answer that yjs gave, for
// the engine to give the same one.
import { Y, apply, dump, eventOf, eventValue, hex, kindOf, typeAt, unhex } from './edits.mjs'
import { randomEdit } from './random_edits.mjs'

const rootNames = ['t', 'm', 'a', 'x']

/** Removed documents are told a second time when yjs destroys them; that event is left out. */
const isEcho = ({ added, removed, loaded }) =>
  added.size === 0 && loaded.size === 0 && [...removed].every(doc => doc.isDestroyed)

const guidsOf = docs => [...docs].map(doc => doc.guid)

/** A yjs document with its undo manager; collects what it emits. */
export class YjsPeer {
  constructor (client, gc, capture) {
    this.doc = new Y.Doc({ gc })
    this.doc.clientID = client
    this.client = client
    const roots = rootNames.map(name => typeAt(this.doc, [name]))
    this.undoManager = new Y.UndoManager(roots, { trackedOrigins: new Set(['me']), captureTimeout: capture })
    this.emitted = { updates: [], updatesV2: [], events: [], subdocuments: [] }
    this.doc.on('update', update => this.emitted.updates.push(hex(update)))
    this.doc.on('updateV2', update => this.emitted.updatesV2.push(hex(update)))
    this.doc.on('subdocs', event => isEcho(event) ||
      this.emitted.subdocuments.push({ added: guidsOf(event.added), removed: guidsOf(event.removed), loaded: guidsOf(event.loaded) }))
    this.positions = []
    this.snapshots = []
  }

  observe () {
    for (const name of rootNames) {
      const root = typeAt(this.doc, [name])
      root.observe(event => this.emitted.events.push({ root: name, shallow: eventOf(event) }))
      root.observeDeep(events => this.emitted.events.push({ root: name, deep: events.map(eventOf) }))
    }
  }

  run (body) {
    this.emitted = { updates: [], updatesV2: [], events: [], subdocuments: [] }
    body()
    return this.emitted
  }

  /** Makes `count` random edits in one transaction; returns them. */
  edit (random, flavour, count, origin) {
    const edits = []
    const emitted = this.run(() => this.doc.transact(() => {
      for (let i = 0; i < count; i++) {
        const edit = randomEdit(random, this.doc, flavour)
        edits.push(edit)
        apply(this.doc, edit)
      }
    }, origin))
    return this.note({ do: 'edit', edits, origin }, emitted)
  }

  /** Makes the given edits in one transaction. */
  perform (edits, origin = 'me') {
    return this.note({ do: 'edit', edits, origin }, this.run(() => this.doc.transact(() => edits.forEach(edit => apply(this.doc, edit)), origin)))
  }

  undo () { return this.note({ do: 'undo' }, this.run(() => this.undoManager.undo())) }
  redo () { return this.note({ do: 'redo' }, this.run(() => this.undoManager.redo())) }
  stop () { return this.note({ do: 'stop' }, this.run(() => this.undoManager.stopCapturing())) }

  receive (update, format = 'v1') {
    const applyUpdate = format === 'v1' ? Y.applyUpdate : Y.applyUpdateV2
    return this.note({ do: 'apply', update, format }, this.run(() => applyUpdate(this.doc, unhex(update), 'remote')))
  }

  load (n) {
    const docs = [...this.doc.subdocs]
    if (docs.length === 0) return
    const { guid } = docs[n % docs.length]
    this.note({ do: 'load', guid }, this.run(() => docs.filter(doc => doc.guid === guid).forEach(doc => doc.load())))
  }

  encode (since) {
    const vector = unhex(since)
    return this.note({ do: 'encode', since }, {
      v1: hex(Y.encodeStateAsUpdate(this.doc, vector)),
      v2: hex(Y.encodeStateAsUpdateV2(this.doc, vector))
    })
  }

  vector () { return this.note({ do: 'vector' }, hex(Y.encodeStateVector(this.doc))) }
  dump () { return this.note({ do: 'dump' }, dump(this.doc)) }

  position (path, index, assoc) {
    const position = Y.createRelativePositionFromTypeIndex(typeAt(this.doc, path), index, assoc)
    this.positions.push(position)
    this.note({ do: 'position', on: path, index, assoc },
      { bytes: hex(Y.encodeRelativePosition(position)), json: Y.relativePositionToJSON(position) })
  }

  resolve () {
    this.note({ do: 'resolve' }, this.positions.map(position => [true, false].map(follow => {
      const at = Y.createAbsolutePositionFromRelativePosition(position, this.doc, follow)
      return at && { kind: kindOf(at.type), index: at.index, assoc: at.assoc }
    })))
  }

  snapshot () {
    const snapshot = Y.snapshot(this.doc)
    this.snapshots.push(snapshot)
    this.note({ do: 'snapshot' }, { v1: hex(Y.encodeSnapshot(snapshot)), v2: hex(Y.encodeSnapshotV2(snapshot)) })
  }

  /** Text and whole document as of a snapshot; `before` is an older one to compare the text with. */
  restore (which, before) {
    const snapshot = this.snapshots[which]
    const restored = Y.createDocFromSnapshot(this.doc, snapshot)
    restored.clientID = 4242
    const runs = old => this.doc.getText('t').toDelta(snapshot, old)
      .map(op => ({ insert: op.insert instanceof Y.AbstractType ? { $type: kindOf(op.insert) } : op.insert, attributes: op.attributes ?? {} }))
    return this.note({ do: 'restore', which, before }, {
      state: hex(Y.encodeStateAsUpdate(restored)),
      text: { $text: runs() },
      changes: { $text: runs(this.snapshots[before]) },
      entries: Object.fromEntries(Object.entries(Y.typeMapGetAllSnapshot(this.doc.getMap('m'), snapshot)).map(([k, v]) => [k, eventValue(v)])),
      equal: Y.equalSnapshots(snapshot, this.snapshots[before])
    })
  }

  contains (which, update) {
    this.note({ do: 'contains', which, update }, Y.snapshotContainsUpdate(this.snapshots[which], unhex(update)))
  }

  note (_command, answer) { return answer }
}

/** Writes down what the engine is to be asked and to answer. */
export class TwinPeer extends YjsPeer {
  constructor (script, id, client, gc, capture) {
    super(client, gc, capture)
    this.script = script
    this.id = id
    this.observe()
    this.note({ do: 'new', client, gc, capture }, null)
  }

  note (command, answer) {
    this.script.push({ command: { peer: this.id, ...command }, answer })
    return answer
  }
}

/** Updates on their way, in any order, some twice; a peer that is offline gets and sends nothing. */
export class Network {
  constructor (peers, random) {
    this.peers = peers
    this.random = random
    this.inbox = peers.map(() => [])
    this.online = peers.map(() => true)
  }

  send (from, { updates, updatesV2 }) {
    if (!this.online[from]) return
    updates.forEach((v1, i) => this.inbox.forEach((box, to) =>
      to !== from && this.online[to] && box.push({ v1, v2: updatesV2[i] })))
  }

  deliver (to) {
    const box = this.inbox[to]
    if (!this.online[to] || box.length === 0) return
    const at = this.random.below(box.length)
    const update = box[at]
    if (!this.random.chance(10)) box.splice(at, 1)
    const format = this.random.chance(70) ? 'v1' : 'v2'
    // Clean-up of formats can make a peer write something of its own on receipt.
    const emitted = this.peers[to].receive(update[format], format)
    if (this.random.chance(20)) this.send(to, emitted)
  }

  sync (a, b) {
    for (const [to, from] of [[a, b], [b, a]]) {
      const { v1, v2 } = this.peers[from].encode(this.peers[to].vector())
      if (this.random.chance(70)) this.peers[to].receive(v1, 'v1')
      else this.peers[to].receive(v2, 'v2')
    }
  }

  toggle (peer) {
    this.online[peer] = !this.online[peer]
    if (!this.online[peer]) {
      this.inbox[peer] = []
      return
    }
    this.peers.forEach((_, other) => other !== peer && this.online[other] && this.sync(peer, other))
  }

  settle () {
    for (let round = 0; round < 3; round++) {
      this.peers.forEach((_, a) => this.peers.forEach((_, b) => a < b && this.sync(a, b)))
    }
  }
}
