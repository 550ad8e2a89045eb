// Undo and redo against real yjs. Every document of ours has a yjs twin with the same client id and the same undo
// managers; both run the same random plan of edits, undo, redo, waits and exchanges. After every step the updates they
// emit must be equal byte for byte, and so must values, depths of the stacks and the events of the managers.
//
// Now and then a document of ours is written, loaded into another that collects all that was deleted, and opened again
// under a new client id with the saved undo stacks; its twin lives on. No difference may show. Only: loading cleans up
// formats around deleted text, in yjs too, so that later text may be written between other tombstones than in the twin,
// and text that comes back may be formatted otherwise. Where only that differs the history ends; few may.
//
// One thing differs by intent: a manager of the whole yjs document makes a step of a transaction that changed nothing.
// And about one history in ten thousand makes yjs throw, when it undoes inside a type that was collected meanwhile. That
// ends the history; we have to stay alive.
//
//   node tests/convergence/crdt_undo/run.mjs PEER [--histories N] [--seed N] [--steps N] [--first N] [--show]
//
// Each run starts at a seed of its own (--first), printed. A failing history prints its seed and the shortest beginning
// of its plan that fails; --seed N --steps M runs that again, --show prints the plan.
import { clock } from './clock.mjs'
import { randomOf } from '../../support/random.mjs'
import { Engine } from '../crdt_yjs/engine.mjs'
import { Y, apply, canonical, dump, hex, unhex } from '../crdt_yjs/edits.mjs'
import { planOf } from './plan.mjs'

const args = process.argv.slice(2)
const option = (name, otherwise) => args.includes(name) ? Number(args[args.indexOf(name) + 1]) : otherwise
const oneSeed = option('--seed', null)
const stepCount = option('--steps', 60)
const histories = oneSeed === null ? option('--histories', 400) : 1
const first = oneSeed ?? option('--first', 1 + Math.floor(performance.timeOrigin) % 1_000_000)
const planSteps = 60

/** A yjs undo manager that tells what peer.cpp's Undoer tells. */
class Undoer {
  constructor (doc, { scope, origins, capture, ignoreRemoteMapChanges, spareTypes, refuse }) {
    const roots = { m: () => doc.getMap('m'), a: () => doc.getArray('a'), t: () => doc.getText('t') }
    const isWhole = scope.length === 0
    this.undoManager = new Y.UndoManager(isWhole ? doc : scope.map(name => roots[name]()), {
      trackedOrigins: new Set(origins),
      captureTimeout: capture,
      ignoreRemoteMapChanges,
      deleteFilter: item => !(spareTypes && item.content instanceof Y.ContentType),
      captureTransaction: tr => !refuse.includes(tr.origin) && !(isWhole && tr.changedParentTypes.size === 0)
    })
    this.events = []
    const note = what => event => this.events.push(`${what} ${event.type}`)
    this.undoManager.on('stack-item-added', note('added'))
    this.undoManager.on('stack-item-updated', note('updated'))
    this.undoManager.on('stack-item-popped', note('popped'))
  }

  tell () {
    const { undoStack, redoStack } = this.undoManager
    return { undo: undoStack.length, redo: redoStack.length, events: this.events.splice(0) }
  }
}

class Twin {
  constructor (options) {
    this.doc = new Y.Doc({ gc: options.gc })
    this.doc.clientID = options.client
    // A text that yjs learns of before it is named forgets that it has formats.
    for (const define of ['getMap:m', 'getArray:a', 'getText:t']) this.doc[define.slice(0, -2)](define.at(-1))
    this.undoers = [new Undoer(this.doc, options), ...(options.second ? [new Undoer(this.doc, options.second)] : [])]
    this.updates = []
    this.doc.on('update', update => this.updates.push(hex(update)))
  }

  run (step) {
    this.updates = []
    const { undoManager } = this.undoers[step.manager ?? 0]
    switch (step.do) {
      case 'edit': this.doc.transact(() => step.edits.forEach(e => apply(this.doc, e)), step.origin); break
      case 'apply': Y.applyUpdate(this.doc, unhex(step.update), 'remote'); break
      case 'undo': undoManager.undo(); break
      case 'redo': undoManager.redo(); break
      case 'reopen':
        // Ours goes on in a new document; yjs cannot, so it only takes the new id and ends the group of edits.
        this.doc.clientID = step.client
        this.undoers.forEach(u => u.undoManager.stopCapturing())
        break
      case 'stop': undoManager.stopCapturing(); break
      case 'clear': undoManager.clear(); break
      case 'track': undoManager.addTrackedOrigin(step.origin); break
      case 'untrack': undoManager.removeTrackedOrigin(step.origin); break
    }
    return this.updates
  }
}

class YjsThrew extends Error {}
class Reformatted extends Error {}

const same = (what, ours, theirs) => {
  if (ours !== theirs) throw new Error(`${what}\n  ours ${ours}\n  yjs  ${theirs}`)
}

const structsOf = updates => updates.flatMap(update => Y.decodeUpdate(unhex(update)).structs)

const bytesOf = struct => {
  const encoder = new Y.UpdateEncoderV1()
  struct.write(encoder, 0)
  return hex(encoder.toUint8Array())
}

/** The new structs, those that are dead at once or collected as bare clocks. */
const livingParts = updates => structsOf(updates).reduce((parts, struct) => {
  const { id: { client, clock }, length, content } = struct
  const last = parts.at(-1)
  if (content !== undefined && !(content instanceof Y.ContentDeleted)) parts.push({ client, clock, bytes: bytesOf(struct) })
  else if (last?.end === clock && last.client === client) last.end += length
  else parts.push({ client, clock, end: clock + length })
  return parts
}, [])

/** Which clocks updates have structs of. */
const clocksOf = updates => structsOf(updates).reduce((ranges, { id: { client, clock }, length }) => {
  const last = ranges.at(-1)
  if (last?.end === clock && last.client === client) last.end += length
  else ranges.push({ client, clock, end: clock + length })
  return ranges
}, [])

/** The content with all text as one run. */
const unformatted = content => canonical(JSON.parse(JSON.stringify(content), (key, value) =>
  key === '$text' ? value.map(({ insert }) => ({ insert, attributes: {} })) : value))

const hasFormats = doc => [...doc.store.clients.values()].flat().some(s => s.content instanceof Y.ContentFormat)

const runPlan = async (engine, { peers, steps }) => {
  await engine.ask({ do: 'reset' })
  const reopened = new Set()
  const twins = peers.map(options => new Twin(options))
  for (const [peer, options] of peers.entries()) await engine.ask({ do: 'new', peer, ...options })

  const both = async step => {
    const ours = await engine.ask(step)
    if (!Array.isArray(ours)) throw new Error(ours)
    let theirs
    try {
      theirs = twins[step.peer].run(step)
    } catch (error) {
      throw new YjsThrew(error.message)
    }
    if (step.do === 'reopen') reopened.add(step.peer)
    // What was collected on the way stays so, where the twin may still have it for other reasons than undo.
    const form = !reopened.has(step.peer) ? updates => updates : step.do === 'apply' ? clocksOf : livingParts
    const [a, b] = [ours, theirs].map(updates => JSON.stringify(form(updates)))
    if (a !== b && reopened.has(step.peer) && hasFormats(twins[step.peer].doc)) {
      await check(step.peer)
      throw new Reformatted()
    }
    same('updates', a, b)
  }
  const fetch = async (to, from) => {
    const since = Y.encodeStateVector(twins[to].doc)
    await both({ do: 'apply', peer: to, update: hex(Y.encodeStateAsUpdate(twins[from].doc, since)) })
  }
  const check = async peer => {
    const ours = await engine.ask({ do: 'dump', peer })
    const theirs = dump(twins[peer].doc)
    if (reopened.has(peer) && canonical(ours) !== canonical(theirs) && unformatted(ours) === unformatted(theirs)) throw new Reformatted()
    same('content', canonical(ours), canonical(theirs))
    const stacks = (await engine.ask({ do: 'stacks', peer }))
      .map(({ events, ...depths }) => ({ ...depths, events: events.filter(e => !e.startsWith('cleared')) }))
    same('stacks', JSON.stringify(stacks), JSON.stringify(twins[peer].undoers.map(u => u.tell())))
  }

  for (const [number, step] of steps.entries()) {
    try {
      if (step.do === 'wait') {
        clock.nowMs += step.ms
        for (const peer of peers.keys()) await engine.ask({ ...step, peer })
        continue
      }
      if (step.do === 'sync') {
        if (step.other === step.peer) continue
        await fetch(step.peer, step.other)
        await check(step.peer)
        await fetch(step.other, step.peer)
        await check(step.other)
        continue
      }
      await both(step)
      await check(step.peer)
    } catch (error) {
      throw Object.assign(error, { number, step })
    }
  }
}

const engine = new Engine(args[0])
const started = performance.now()
let failures = 0
let thrown = 0
let reformatted = 0
let undone = 0
console.log(`seeds from ${first}`)
for (let seed = first; seed < first + histories && failures < 5; seed++) {
  const plan = planOf(randomOf(seed), planSteps)
  plan.steps.length = Math.min(plan.steps.length, stepCount)
  undone += plan.steps.filter(s => s.do === 'undo' || s.do === 'redo').length
  if (args.includes('--show')) console.log(plan.peers, plan.steps.map((s, i) => `${i + 1} ${JSON.stringify(s)}`).join('\n'))
  try {
    await runPlan(engine, plan)
  } catch (error) {
    if (error instanceof YjsThrew && ++thrown <= 1 + histories / 1000) continue
    if (error instanceof Reformatted && ++reformatted <= 1 + histories / 100) continue
    failures++
    console.log(`seed ${seed}, step ${error.number + 1} (replay: --seed ${seed} --steps ${error.number + 1} --show)\n` +
      `${JSON.stringify(error.step)}\n${error.message.slice(0, 3000)}`)
  }
}
engine.end()
console.log(`${histories} histories with ${undone} undos and redos, ${failures} failed, ` +
  `${thrown} ended by yjs, ${reformatted} by formats, ${((performance.now() - started) / 1000).toFixed(1)} s`)
process.exit(failures ? 1 : 0)
