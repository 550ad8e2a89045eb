// Undo and redo against real yjs. Every document of ours has a yjs twin with the same client id and the same undo
// managers; both run the same random plan of edits, undo, redo, waits and exchanges. After every step the updates they
// emit must be equal byte for byte, and so must values, depths of the stacks and the events of the managers.
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
import { Engine, randomOf } from '../crdt_yjs/engine.mjs'
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
      case 'stop': undoManager.stopCapturing(); break
      case 'clear': undoManager.clear(); break
      case 'track': undoManager.addTrackedOrigin(step.origin); break
      case 'untrack': undoManager.removeTrackedOrigin(step.origin); break
    }
    return this.updates
  }
}

class YjsThrew extends Error {}

const same = (what, ours, theirs) => {
  if (ours !== theirs) throw new Error(`${what}\n  ours ${ours}\n  yjs  ${theirs}`)
}

const runPlan = async (engine, { peers, steps }) => {
  await engine.ask({ do: 'reset' })
  const twins = peers.map(options => new Twin(options))
  for (const [peer, options] of peers.entries()) await engine.ask({ do: 'new', peer, ...options })

  const both = async step => {
    const ours = await engine.ask(step)
    let theirs
    try {
      theirs = twins[step.peer].run(step)
    } catch (error) {
      throw new YjsThrew(error.message)
    }
    same('updates', JSON.stringify(ours), JSON.stringify(theirs))
  }
  const fetch = async (to, from) => {
    const since = Y.encodeStateVector(twins[to].doc)
    await both({ do: 'apply', peer: to, update: hex(Y.encodeStateAsUpdate(twins[from].doc, since)) })
  }
  const check = async peer => {
    same('content', canonical(await engine.ask({ do: 'dump', peer })), canonical(dump(twins[peer].doc)))
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
    failures++
    console.log(`seed ${seed}, step ${error.number + 1} (replay: --seed ${seed} --steps ${error.number + 1} --show)\n` +
      `${JSON.stringify(error.step)}\n${error.message.slice(0, 3000)}`)
  }
}
engine.end()
console.log(`${histories} histories with ${undone} undos and redos, ${failures} failed, ` +
  `${thrown} ended by yjs, ${((performance.now() - started) / 1000).toFixed(1)} s`)
process.exit(failures ? 1 : 0)
