// Writes events.json: what observers of yjs are told. Run: node tests/golden/yjs/generate_events.mjs
import { exchange, script, writeScripts } from './script.mjs'

const t = ['t'], m = ['m'], a = ['a']

script('keys are added, updated and deleted', p => {
  p.perform([{ on: m, do: 'set', key: 'k', value: 1 }])
  p.perform([{ on: m, do: 'set', key: 'k', value: 'two' }, { on: m, do: 'set', key: 'l', value: null }])
  p.perform([{ on: m, do: 'set', key: 'k', value: { $bytes: '01' } }, { on: m, do: 'set', key: 'k', value: { $map: [['x', 1]] } }])
  p.perform([{ on: m, do: 'unset', key: 'k' }, { on: m, do: 'unset', key: 'l' }])
  p.perform([{ on: m, do: 'set', key: 'k', value: 3 }, { on: m, do: 'unset', key: 'k' }])
  p.perform([{ on: m, do: 'set', key: 'l', value: 4 }, { on: m, do: 'unset', key: 'l' }, { on: m, do: 'set', key: 'l', value: 5 }])
  p.perform([{ on: m, do: 'unset', key: 'l' }, { on: m, do: 'set', key: 'l', value: 6 }, { on: m, do: 'set', key: 'l', value: 7 }])
})
script('lists: retain, insert, delete', p => {
  p.perform([{ on: a, do: 'push', values: [1, 2, 3, 4, 5, 6] }])
  p.perform([{ on: a, do: 'insert', at: 2, values: ['x', { $bytes: '07' }, { $text: 'in' }] }])
  p.perform([{ on: a, do: 'delete', at: 1, count: 3 }, { on: a, do: 'push', values: [9] }])
  p.perform([{ on: a, do: 'insert', at: 0, values: [0] }, { on: a, do: 'delete', at: 0, count: 1 }])
  p.perform([{ on: a, do: 'delete', at: 0, count: 6 }])
})
script('paths go by keys and indexes', p => {
  p.perform([{ on: m, do: 'set', key: 'list', value: { $array: [1, { $map: [['name', 'n']] }] } }])
  p.perform([{ on: ['m', 'list', 1], do: 'set', key: 'name', value: 'changed' }])
  p.perform([{ on: ['m', 'list'], do: 'insert', at: 0, values: [0, 0] }, { on: ['m', 'list', 3], do: 'set', key: 'deep', value: { $text: 'x' } }])
  p.perform([{ on: ['m', 'list', 3, 'deep'], do: 'text', at: 1, text: 'y' }, { on: m, do: 'set', key: 'z', value: 1 }])
})
script('nothing of types made or deleted in the transaction', p => {
  p.perform([{ on: m, do: 'set', key: 'n', value: { $map: [] } }, { on: ['m', 'n'], do: 'set', key: 'k', value: 1 }])
  p.perform([{ on: ['m', 'n'], do: 'set', key: 'k', value: 2 }, { on: m, do: 'unset', key: 'n' }])
})
script('text: plain edits', p => {
  p.perform([{ on: t, do: 'text', at: 0, text: 'hello world' }])
  p.perform([{ on: t, do: 'text', at: 5, text: ' 😀' }, { on: t, do: 'erase', at: 0, count: 2 }])
  p.perform([{ on: t, do: 'erase', at: 3, count: 3 }, { on: t, do: 'text', at: 3, text: 'new' }])
  p.perform([{ on: t, do: 'text', at: 0, text: 'gone' }, { on: t, do: 'erase', at: 0, count: 4 }])
})
script('text: formats', p => {
  p.perform([{ on: t, do: 'text', at: 0, text: 'one two three four' }])
  p.perform([{ on: t, do: 'format', at: 0, count: 7, attributes: { bold: true } }])
  p.perform([{ on: t, do: 'format', at: 4, count: 9, attributes: { bold: null, color: 'red' } }])
  p.perform([{ on: t, do: 'format', at: 0, count: 18, attributes: { bold: true, font: { family: 'serif', size: 2 } } }])
  p.perform([{ on: t, do: 'text', at: 4, text: 'X' }, { on: t, do: 'text', at: 9, text: 'Y', attributes: { bold: true } }, { on: t, do: 'text', at: 2, text: 'Z', attributes: {} }])
  p.perform([{ on: t, do: 'erase', at: 1, count: 10 }])
  p.perform([{ on: t, do: 'format', at: 0, count: 5, attributes: { color: null, bold: null, font: null } }])
})
script('text: embeds, types and attributes of the text', p => {
  p.perform([{ on: t, do: 'text', at: 0, text: 'ab' }, { on: t, do: 'embed', at: 1, value: { img: 'u' }, attributes: { w: 1 } }])
  p.perform([{ on: t, do: 'embed', at: 0, value: { $map: [['k', 1]] } }, { on: t, do: 'set', key: 'lang', value: 'de' }])
  p.perform([{ on: ['t', 0], do: 'set', key: 'k', value: 2 }, { on: t, do: 'format', at: 0, count: 4, attributes: { b: true } }])
  p.perform([{ on: t, do: 'erase', at: 0, count: 3 }, { on: t, do: 'unset', key: 'lang' }])
})
script('XML: children and attributes', p => {
  p.perform([{ on: ['x'], do: 'push', values: [{ $xml: 'p', attributes: [['k', 'v']], children: [{ $xmltext: 'in' }] }] }])
  p.perform([{ on: ['x', 0], do: 'set', key: 'k', value: 'w' }, { on: ['x', 0], do: 'push', values: [{ $hook: 'h', entries: [] }] }])
  p.perform([{ on: ['x', 0, 0], do: 'text', at: 2, text: '!' }, { on: ['x', 0, 1], do: 'set', key: 'n', value: 1 }])
  p.perform([{ on: ['x', 0], do: 'delete', at: 0, count: 1 }, { on: ['x', 0], do: 'unset', key: 'k' }])
})
script('remote changes', (p, q) => {
  p.perform([{ on: t, do: 'text', at: 0, text: 'shared' }, { on: a, do: 'push', values: [1, 2] }, { on: m, do: 'set', key: 'k', value: 1 }])
  exchange(p, q)
  p.perform([{ on: t, do: 'format', at: 0, count: 4, attributes: { b: true } }, { on: m, do: 'set', key: 'k', value: 'p' }])
  q.perform([{ on: t, do: 'format', at: 2, count: 4, attributes: { b: true } }, { on: m, do: 'set', key: 'k', value: 'q' }, { on: a, do: 'delete', at: 0, count: 1 }])
  exchange(p, q)
  q.perform([{ on: t, do: 'erase', at: 1, count: 3 }])
  exchange(p, q)
}, { peers: 2 })
script('undo and redo tell as edits do', p => {
  p.perform([{ on: a, do: 'push', values: [1, { $map: [['k', 1]] }] }, { on: t, do: 'text', at: 0, text: 'text' }])
  p.perform([{ on: a, do: 'delete', at: 1, count: 1 }, { on: t, do: 'format', at: 0, count: 2, attributes: { b: true } }])
  p.undo(); p.redo(); p.undo(); p.undo()
})

writeScripts('events.json')
