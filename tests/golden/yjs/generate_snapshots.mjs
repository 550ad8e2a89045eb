// Writes snapshots.json: snapshots and documents as of them. Run: node tests/golden/yjs/generate_snapshots.mjs
import { exchange, script, writeScripts } from './script.mjs'

const t = ['t'], m = ['m'], a = ['a']

/** Restores each snapshot so far, compared with each older one. */
const restoreAll = p => {
  const count = p.snapshots.length
  for (let which = 0; which < count; which++) {
    for (let before = 0; before <= which; before++) p.restore(which, before)
  }
}

script('text as of each step', p => {
  p.snapshot()
  const edits = [{ do: 'text', at: 0, text: 'hello world' }, { do: 'erase', at: 2, count: 4 }, { do: 'text', at: 2, text: 'XYZ' }, { do: 'format', at: 1, count: 6, attributes: { b: true } },
    { do: 'text', at: 4, text: 'in', attributes: { i: true } }, { do: 'embed', at: 3, value: { img: 'u' } }, { do: 'erase', at: 0, count: 8 }, { do: 'format', at: 0, count: 2, attributes: { b: null } }]
  for (const edit of edits) {
    p.perform([{ on: t, ...edit }])
    p.snapshot()
    p.contains(p.snapshots.length - 1, p.emitted.updates[0])
    p.contains(p.snapshots.length - 2, p.emitted.updates[0])
  }
  restoreAll(p)
}, { gc: false })
script('pairs that a snapshot cuts', p => {
  p.perform([{ on: t, do: 'text', at: 0, text: 'a😀' }])
  p.snapshot()
  p.perform([{ on: t, do: 'text', at: 3, text: 'b😀c' }])
  p.snapshot()
  p.perform([{ on: t, do: 'erase', at: 0, count: 3 }])
  p.snapshot()
  restoreAll(p)
}, { gc: false })
script('maps, arrays and XML as of each step', p => {
  p.perform([{ on: m, do: 'set', key: 'k', value: 1 }, { on: a, do: 'push', values: [1, 2, 3] }, { on: ['x'], do: 'push', values: [{ $xml: 'p', attributes: [['k', 'v']] }] }])
  p.snapshot()
  p.perform([{ on: m, do: 'set', key: 'k', value: { $map: [['x', 1]] } }, { on: a, do: 'delete', at: 1, count: 1 }, { on: ['x', 0], do: 'set', key: 'k', value: 'w' }])
  p.snapshot()
  p.perform([{ on: ['m', 'k'], do: 'set', key: 'x', value: 2 }, { on: a, do: 'insert', at: 1, values: ['new', { $doc: 'guid' }] }])
  p.snapshot()
  p.perform([{ on: m, do: 'unset', key: 'k' }, { on: ['x'], do: 'delete', at: 0, count: 1 }, { on: a, do: 'delete', at: 0, count: 4 }])
  p.snapshot()
  restoreAll(p)
}, { gc: false })
script('undo adds to what a snapshot shows', p => {
  p.perform([{ on: t, do: 'text', at: 0, text: 'abc' }])
  p.perform([{ on: t, do: 'erase', at: 1, count: 1 }])
  p.snapshot()
  p.undo()
  p.snapshot()
  p.redo()
  p.snapshot()
  restoreAll(p)
}, { gc: false })
script('several writers', (p, q) => {
  p.perform([{ on: t, do: 'text', at: 0, text: 'shared text' }])
  exchange(p, q)
  p.snapshot()
  p.perform([{ on: t, do: 'erase', at: 0, count: 3 }])
  q.perform([{ on: t, do: 'text', at: 6, text: 'INSERTED' }, { on: t, do: 'erase', at: 2, count: 3 }])
  p.contains(0, q.emitted.updates[0])
  exchange(p, q)
  p.snapshot()
  p.perform([{ on: t, do: 'text', at: 8, text: '...' }])
  p.snapshot()
  restoreAll(p)
}, { gc: false, peers: 2 })
script('of a document that collects', p => {
  p.perform([{ on: t, do: 'text', at: 0, text: 'abcdef' }, { on: m, do: 'set', key: 'n', value: { $map: [['k', 1]] } }])
  p.snapshot()
  p.perform([{ on: t, do: 'erase', at: 1, count: 2 }, { on: m, do: 'unset', key: 'n' }])
  p.snapshot()
  p.contains(1, p.emitted.updates[0])
  p.contains(0, p.emitted.updates[0])
})

writeScripts('snapshots.json')
