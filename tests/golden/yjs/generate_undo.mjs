// Writes undo.json: short histories with undo and redo, run by real yjs. Each step says what it does and, for every
// document, what it then holds, how many steps lie on both stacks and which update bytes it sent. Run it again only
// when yjs changes: node tests/golden/yjs/generate_undo.mjs
import { createRequire } from 'node:module'
import { readFileSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'

const require = createRequire(new URL('../../../tools/package.json', import.meta.url))
let nowMs = 1_700_000_000_000
Date.now = () => nowMs // before yjs takes its clock from here
const Y = require('yjs')

const hex = bytes => Buffer.from(bytes).toString('hex')
const valueOf = json => {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) return json
  if ('$map' in json) return new Y.Map(json.$map.map(([key, value]) => [key, valueOf(value)]))
  if ('$array' in json) return Y.Array.from(json.$array.map(valueOf))
  if ('$text' in json) return new Y.Text(json.$text)
  return json
}
const rootOf = (doc, name) => name === 't' ? doc.getText(name) : name === 'a' ? doc.getArray(name) : doc.getMap(name)
const typeAt = (doc, [root, ...path]) => path.reduce((type, step) => type.get(step), rootOf(doc, root))

const verbs = {
  set: (type, { key, value }) => type.set(key, valueOf(value)),
  unset: (type, { key }) => type.delete(key),
  insert: (type, { at, values }) => type.insert(at, values.map(valueOf)),
  write: (type, { at, text, attributes }) => type.insert(at, text, attributes),
  remove: (type, { at, count }) => type.delete(at, count),
  format: (type, { at, count, attributes }) => type.format(at, count, attributes)
}

/** Yjs starts a run at every format mark; here runs of equal attributes are one. */
const runsOf = text => text.toDelta().reduce((runs, { insert, attributes = {} }) => {
  const last = runs.at(-1)
  if (last && isDeepStrictEqual(last.attributes, attributes)) last.insert += insert
  else runs.push({ insert, attributes })
  return runs
}, [])

class Peer {
  constructor ({ client, origins = ['me'], captureMs = 0, scope = [['m'], ['a'], ['t']], ignoreRemoteMapChanges = false, spareTypes = false, refuse = [] }) {
    this.doc = new Y.Doc()
    this.doc.clientID = client
    const types = scope.map(path => typeAt(this.doc, path))
    this.undoManager = new Y.UndoManager(scope.length ? types : this.doc, {
      trackedOrigins: new Set(origins), captureTimeout: captureMs, ignoreRemoteMapChanges,
      deleteFilter: item => !(spareTypes && item.content instanceof Y.ContentType),
      captureTransaction: tr => !refuse.includes(tr.origin)
    })
    this.sent = []
    this.events = []
    this.doc.on('update', update => this.sent.push(hex(update)))
    const note = what => event => this.events.push(`${what} ${event.type}`)
    this.undoManager.on('stack-item-added', note('added'))
    this.undoManager.on('stack-item-updated', note('updated'))
    this.undoManager.on('stack-item-popped', note('popped'))
  }

  state () {
    const text = runsOf(this.doc.getText('t'))
    const out = { m: this.doc.getMap('m').toJSON(), a: this.doc.getArray('a').toJSON(), t: text,
      undo: this.undoManager.undoStack.length, redo: this.undoManager.redoStack.length, events: this.events, sent: this.sent }
    this.events = []
    this.sent = []
    return out
  }
}

const histories = []
const history = (name, peers, steps) => {
  const people = peers.map(options => new Peer(options))
  const sync = () => people.forEach(to => people.forEach(from => {
    if (to !== from) Y.applyUpdate(to.doc, Y.encodeStateAsUpdate(from.doc, Y.encodeStateVector(to.doc)))
  }))
  const told = steps.map(step => {
    const { peer = 0 } = step
    const person = people[peer]
    let done
    if (step.do === 'edit') {
      person.doc.transact(() => step.edits.forEach(e => verbs[e.verb](typeAt(person.doc, e.path), e)), step.origin ?? 'me')
    } else if (step.do === 'sync') sync()
    else if (step.do === 'wait') nowMs += step.ms
    else if (step.do === 'stop') person.undoManager.stopCapturing()
    else if (step.do === 'clear') person.undoManager.clear(step.stack !== 'redo', step.stack !== 'undo')
    else if (step.do === 'track') person.undoManager.addTrackedOrigin(step.origin)
    else if (step.do === 'untrack') person.undoManager.removeTrackedOrigin(step.origin)
    else if (step.do === 'scope') person.undoManager.addToScope(typeAt(person.doc, step.path))
    else done = person.undoManager[step.do]() !== null
    return { ...step, ...(done === undefined ? {} : { done }), then: people.map(p => p.state()) }
  })
  histories.push({ name, peers, steps: told })
}

const edit = (...edits) => ({ do: 'edit', edits })
const by = (peer, step) => ({ ...step, peer })
const from = (origin, step) => ({ ...step, origin })
const set = (key, value, path = ['m']) => ({ verb: 'set', path, key, value })
const unset = (key, path = ['m']) => ({ verb: 'unset', path, key })
const insert = (at, values, path = ['a']) => ({ verb: 'insert', path, at, values })
const write = (at, text, attributes) => ({ verb: 'write', path: ['t'], at, text, ...(attributes ? { attributes } : {}) })
const remove = (at, count, path = ['t']) => ({ verb: 'remove', path, at, count })
const format = (at, count, attributes) => ({ verb: 'format', path: ['t'], at, count, attributes })
const undo = { do: 'undo' }
const redo = { do: 'redo' }
const sync = { do: 'sync' }
const stop = { do: 'stop' }
const wait = ms => ({ do: 'wait', ms })
const map = (...entries) => ({ $map: entries })
const list = (...values) => ({ $array: values })
const alone = [{ client: 1 }]
const pair = [{ client: 1 }, { client: 2 }]
const times = (count, step) => Array.from({ length: count }, () => step)

history('text: words come and go', alone, [edit(write(0, 'test')), edit(remove(0, 4)), undo, undo, redo, redo, undo, undo, undo])
history('text: grouped by time', [{ client: 1, captureMs: 500 }], [edit(write(0, 'a')), wait(499), edit(write(1, 'b')), wait(499),
  edit(write(2, 'c')), wait(500), edit(write(3, 'd')), undo, edit(write(3, 'e')), undo, undo, redo, redo, redo])
history('text: stop ends a group', [{ client: 1, captureMs: 500 }], [edit(write(0, 'a')), stop, edit(write(1, 'b')), undo, redo, edit(write(2, 'c')), undo, undo])
history('text: an undo ends a group', [{ client: 1, captureMs: 500 }], [edit(write(0, 'a')), stop, edit(write(1, 'b')), undo, edit(write(1, 'c')), undo, undo])
history('text: around the words of others', pair, [edit(write(0, 'hello')), sync, by(1, edit(write(2, 'XX'))), sync, edit(remove(0, 7)), sync,
  undo, sync, by(1, undo), sync, by(1, redo), sync, undo, sync, redo, redo, sync])
history('text: formats', alone, [edit(write(0, 'bold words')), edit(format(0, 4, { b: true })), edit(format(2, 5, { i: true })),
  edit(format(0, 10, { b: null })), undo, undo, undo, redo, redo, redo, undo, undo, undo, undo])
history('text: another formats what I wrote', pair, [edit(write(0, 'plain')), sync, by(1, edit(format(1, 3, { b: true }))), sync,
  edit(remove(0, 5)), undo, sync, undo, sync, redo, sync])
history('map: one key, set many times', alone, [edit(set('k', 1)), edit(set('k', 2)), edit(set('k', 3)), edit(unset('k')), ...times(5, undo), ...times(5, redo)])
history('map: set twice in one step', [{ client: 1, captureMs: 500 }], [edit(set('k', 20)), stop, edit(set('k', 30)), edit(set('k', 34)), undo, redo, undo, undo])
history('map: the value of another stays', pair, [edit(set('k', 'mine')), edit(set('k', 'mine too')), sync, by(1, edit(set('k', 'theirs'))), sync, undo, sync, redo, by(1, undo), sync, undo])
history('map: two drag one element', pair, [edit(set('el', map(['left', 0]))), sync, by(1, edit(set('left', 100, ['m', 'el']))), sync,
  edit(set('left', 200, ['m', 'el'])), sync, by(1, edit(set('left', 300, ['m', 'el']))), sync, undo, sync, by(1, undo), sync, by(1, undo), sync])
const bold = pair.map(peer => ({ ...peer, ignoreRemoteMapChanges: true }))
history('map: the value of another gives way where asked', bold, [edit(set('el', map(['left', 0]))), sync, by(1, edit(set('left', 100, ['m', 'el']))), sync,
  edit(set('left', 200, ['m', 'el'])), sync, by(1, edit(set('left', 300, ['m', 'el']))), sync, undo, sync, by(1, undo), sync, redo, sync, by(1, redo), sync])
history('map: theirs was deleted again', pair, [edit(set('k', 1)), sync, edit(set('k', 2)), by(1, edit(set('k', 3))), sync, by(1, edit(unset('k'))), sync, undo, sync, undo, sync, redo, redo, sync])
history('map: set at once by two, the winner undoes', pair, [edit(set('x', 1)), sync, edit(set('x', 2)), by(1, edit(set('x', 3))), sync, by(1, undo), sync, by(1, redo), sync])
history('map: other keys of another', pair, [edit(set('a', 1)), sync, by(1, edit(set('b', 2))), sync, edit(set('a', 3), set('c', 4)), sync, undo, sync, redo, sync])
history('nested: a point that moved and went', alone, [edit(set('p', map(['x', 0], ['y', 0]))), edit(set('x', 100, ['m', 'p']), set('y', 100, ['m', 'p'])),
  edit(set('x', 200, ['m', 'p']), set('y', 200, ['m', 'p'])), edit(set('x', 300, ['m', 'p']), set('y', 300, ['m', 'p'])), ...times(4, undo), ...times(4, redo), ...times(4, undo)])
history('nested: changed and deleted in one step', [{ client: 1, captureMs: 500 }], [edit(set('foo', map(['bar', 'v1'], ['baz', 'v2']))), stop,
  edit(set('bar', 'v3', ['m', 'foo'])), edit(unset('foo')), undo, redo, undo])
history('nested: what another put inside comes back too', pair, [edit(set('n', map(['mine', 1]))), sync, by(1, edit(set('theirs', 2, ['m', 'n']))), sync,
  edit(unset('n')), sync, undo, sync, redo, sync, undo, sync])
history('nested: another edits what I bring back', pair, [edit(set('n', map(['k', 1]))), edit(unset('n')), undo, sync, by(1, edit(set('k', 2, ['m', 'n']))), sync, undo, sync, redo, sync, undo, undo, sync])
history('nested: another deleted the parent', pair, [edit(set('n', map(['k', 1]))), edit(set('k', 2, ['m', 'n'])), sync, by(1, edit(unset('n'))), sync, undo, sync, by(1, undo), sync, undo, sync])
history('nested: lists in lists', alone, [edit(insert(0, [list(1, list(2, 3)), map(['l', list('a')])])), edit(insert(1, ['x'], ['a', 0, 1])), edit(remove(0, 1, ['a'])),
  edit(remove(0, 1, ['a'])), undo, undo, undo, undo, redo, redo, redo, redo, undo, undo, undo])
history('nested: three copies of one parent', alone, [edit(set('n', map(['c', list(1)]))), edit(insert(1, [2], ['m', 'n', 'c'])), edit(unset('n')), undo, redo, undo, redo, undo,
  edit(insert(2, [3], ['m', 'n', 'c'])), undo, undo, undo, redo, redo])
history('array: replaced in the middle', pair, [edit(insert(0, [1, 2, 3, 4])), sync, edit(remove(1, 2, ['a']), insert(1, ['x'])), by(1, edit(insert(2, ['theirs']))), sync, undo, sync, redo, sync, undo, undo, sync])
history('array: into a gap that others filled', pair, [edit(insert(0, ['a', 'b', 'c'])), sync, edit(remove(1, 1, ['a'])), sync, by(1, edit(insert(1, ['B']))), sync, undo, sync, redo, sync])
history('scope: other roots stay', [{ client: 1, scope: [['m']] }], [edit(set('k', 1), write(0, 'text')), edit(write(4, '!')), undo, { do: 'scope', path: ['t'] }, edit(write(0, '>')), undo, redo])
history('scope: one nested type', [{ client: 1, scope: [['m']] }], [from('other', edit(set('n', map(['k', 0])))), edit(set('k', 1, ['m', 'n'])), edit(insert(0, [1])), undo, undo])
history('scope: the document', [{ client: 1, scope: [] }], [edit(set('k', 1)), edit(insert(0, [1])), edit(write(0, 't')), undo, undo, undo, redo, redo, redo])
history('origins: only those tracked', alone, [edit(set('k', 1)), from('import', edit(set('l', 2))), undo, { do: 'track', origin: 'import' }, from('import', edit(set('l', 3))), undo,
  { do: 'untrack', origin: 'me' }, edit(set('k', 4)), undo, redo])
history('capture: refused transactions stay out', [{ client: 1, origins: ['me', 'quiet'], refuse: ['quiet'] }], [edit(set('k', 1)), from('quiet', edit(set('q', 1))), undo, undo])
history('filter: types are spared', [{ client: 1, spareTypes: true }], [edit(set('n', map(['k', 1])), set('v', 2)), undo, undo, redo])
history('redo: a new edit forgets it', alone, [edit(write(0, 'a')), edit(write(1, 'b')), undo, edit(write(1, 'c')), redo, undo, undo, redo])
history('redo: untracked and remote edits leave it', pair, [edit(write(0, 'a')), undo, from('other', edit(write(0, 'o'))), by(1, edit(write(0, 'r'))), sync, redo, sync])
history('clear: one stack or both', alone, [edit(write(0, 'a')), edit(write(1, 'b')), undo, { do: 'clear', stack: 'redo' }, redo, undo, edit(write(0, 'c')), { do: 'clear' }, undo, redo])
history('undo of undo, many times', alone, [edit(write(0, 'one ')), edit(write(4, 'two '), set('k', 1)), edit(remove(0, 4), set('k', 2)), ...[undo, undo, redo, redo, undo, redo, undo, undo, undo, redo, redo, redo, undo]])
history('steps without effect are passed over', pair, [edit(write(0, 'first')), edit(set('k', 1)), sync, by(1, edit(unset('k'))), sync, undo, undo, redo, redo])

const version = name => JSON.parse(readFileSync(new URL(`../../../tools/node_modules/${name}/package.json`, import.meta.url))).version
const text = `{"madeBy": {"yjs": "${version('yjs')}"}, "histories": [\n${histories.map(h => JSON.stringify(h)).join(',\n')}\n]}\n`
writeFileSync(new URL('undo.json', import.meta.url), text)
console.log(`undo.json: ${histories.length} histories, ${histories.reduce((sum, h) => sum + h.steps.length, 0)} steps`)
