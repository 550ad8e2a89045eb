// Writes types.json: XML types and sub-documents. Run: node tests/golden/yjs/generate_types.mjs
import { exchange, script, writeScripts } from './script.mjs'

const x = (...steps) => ['x', ...steps]
const element = (name, attributes = [], children = []) => ({ $xml: name, attributes, children })

script('elements, texts and attributes', p => {
  p.perform([{ on: x(), do: 'insert', at: 0, values: [element('P', [['id', '1'], ['class', 'lead']], [{ $xmltext: 'hi' }]), { $xmltext: 'tail' }] }])
  p.perform([{ on: x(0), do: 'set', key: 'id', value: '2' }, { on: x(0), do: 'unset', key: 'class' }])
  p.perform([{ on: x(0), do: 'push', values: [element('br'), element('')] }])
  p.perform([{ on: x(0), do: 'after', at: 0, values: [element('i')] }, { on: x(0), do: 'after', at: null, values: [element('first')] }])
  p.perform([{ on: x(0), do: 'delete', at: 1, count: 2 }])
})
script('attributes of every kind of value', p => {
  const values = ['text', 1, -1.5, 1e21, true, false, null, [1, null, 'a', [2, [3]], true], { a: 1 }, { $bytes: '0102ff' }, { $text: 'inner' }, { $map: [['k', 1]] }, { $array: [1] }, element('in'), { $doc: 'guid' }]
  p.perform([{ on: x(), do: 'insert', at: 0, values: [element('p')] }])
  values.forEach((value, i) => p.perform([{ on: x(0), do: 'set', key: 'k' + i, value }]))
})
script('attributes sort by UTF-16 units', p => {
  p.perform([{ on: x(), do: 'insert', at: 0, values: [element('p', ['b', 'a', 'B', '10', '9', 'ü', '\uffee', '😀'].map(key => [key, key]))] }])
})
script('names in lower case', p => {
  const names = ['DIV', 'svgRect', 'ÄÖÜ', 'ΑΒΓ', 'ЖЁ', 'Ščit', 'a1-B']
  p.perform([{ on: x(), do: 'insert', at: 0, values: names.map(name => element(name)) }])
})
script('texts with formatting', p => {
  p.perform([{ on: x(), do: 'insert', at: 0, values: [{ $xmltext: 'some words' }] }])
  p.perform([{ on: x(0), do: 'format', at: 0, count: 4, attributes: { em: { color: 'red', title: 'a"b' } } }])
  p.perform([{ on: x(0), do: 'format', at: 2, count: 5, attributes: { a: { href: '#' }, b: true, n: 12, s: 'xy', list: ['v', 2] } }])
  p.perform([{ on: x(0), do: 'text', at: 3, text: '😀' }, { on: x(0), do: 'embed', at: 1, value: { img: 'u' } }])
  p.perform([{ on: x(0), do: 'embed', at: 0, value: { $map: [['k', 1]] } }, { on: x(0), do: 'embed', at: 0, value: { $text: 'inner' }, attributes: { b: {} } }])
  p.perform([{ on: x(0), do: 'set', key: 'lang', value: 'de' }, { on: x(0), do: 'set', key: 'lang', value: 'en' }])
  p.perform([{ on: x(0), do: 'erase', at: 0, count: 4 }, { on: x(0), do: 'unset', key: 'lang' }])
})
script('equal formats side by side stay apart', p => {
  p.perform([{ on: x(), do: 'insert', at: 0, values: [{ $xmltext: 'abcdef' }] }])
  p.perform([{ on: x(0), do: 'format', at: 0, count: 2, attributes: { b: true } }])
  p.perform([{ on: x(0), do: 'format', at: 2, count: 2, attributes: { b: true } }])
  p.perform([{ on: x(0), do: 'format', at: 1, count: 3, attributes: { f: { list: [1, 2] } } }])
  p.perform([{ on: x(0), do: 'format', at: 1, count: 3, attributes: { f: { list: [1, 2] }, b: true } }])
  p.perform([{ on: x(0), do: 'text', at: 3, text: 'X' }, { on: x(0), do: 'text', at: 5, text: 'Y', attributes: { f: { list: [1, 2] } } }])
})
script('hooks and nested fragments', p => {
  p.perform([{ on: x(), do: 'insert', at: 0, values: [{ $hook: 'Clock', entries: [['zone', 'utc'], ['n', 1]] }, { $fragment: [element('in'), { $xmltext: 't' }] }] }])
  p.perform([{ on: x(0), do: 'set', key: 'zone', value: 'cet' }, { on: x(0), do: 'unset', key: 'n' }])
  p.perform([{ on: x(1), do: 'insert', at: 1, values: [element('more')] }])
})
script('XML types in maps, arrays and texts', p => {
  p.perform([{ on: ['m'], do: 'set', key: 'f', value: { $fragment: [element('p')] } }, { on: ['a'], do: 'push', values: [element('li', [['n', 1]]), 1, { $xmltext: 'x' }] }])
  p.perform([{ on: ['t'], do: 'text', at: 0, text: 'ab' }, { on: ['t'], do: 'embed', at: 1, value: element('img', [['src', 'u']]), attributes: { w: 1 } }])
  p.perform([{ on: ['m', 'f', 0], do: 'set', key: 'k', value: 'v' }, { on: ['t', 0], do: 'unset', key: 'src' }])
})
script('types with content in plain text', p => {
  p.perform([{ on: ['t'], do: 'text', at: 0, text: 'ab' }])
  p.perform([{ on: ['t'], do: 'embed', at: 1, value: { $map: [['k', 1], ['l', { $text: 'in' }]] } }])
  p.perform([{ on: ['t'], do: 'embed', at: 0, value: { $array: [1, 2] }, attributes: {} }, { on: ['t', 1], do: 'set', key: 'k', value: 2 }])
})
script('structs and deletes that wait are part of a state', (p, q) => {
  const updates = ['a', 'b', 'c'].map((text, i) => p.perform([{ on: ['t'], do: 'text', at: i, text }]))
  updates.push(p.perform([{ on: ['t'], do: 'erase', at: 0, count: 2 }]))
  q.receive(updates[2].updates[0])
  q.encode('00')
  q.receive(updates[3].updatesV2[0], 'v2')
  q.encode('00')
  q.encode(p.vector())
  q.receive(updates[1].updatesV2[0], 'v2')
  q.encode('00')
  q.receive(updates[0].updates[0])
}, { peers: 2 })
script('deep trees', p => {
  const on = x()
  for (let depth = 0; depth < 12; depth++) {
    p.perform([{ on: [...on], do: 'push', values: [element('d' + depth), { $xmltext: 'text ' + depth }] }])
    on.push(0)
  }
  p.perform([{ on: x(0, 0, 0), do: 'delete', at: 0, count: 1 }])
})
script('undo brings elements back', p => {
  p.perform([{ on: x(), do: 'insert', at: 0, values: [element('ul', [['k', 'v']], [element('li', [], [{ $xmltext: 'one' }]), element('li')])] }])
  p.perform([{ on: x(0), do: 'set', key: 'k', value: 'w' }])
  p.perform([{ on: x(0), do: 'delete', at: 0, count: 1 }])
  p.perform([{ on: x(), do: 'delete', at: 0, count: 1 }])
  for (let i = 0; i < 4; i++) p.undo()
  for (let i = 0; i < 4; i++) p.redo()
})
script('two writers of one tree', (p, q) => {
  p.perform([{ on: x(), do: 'insert', at: 0, values: [element('p')] }])
  exchange(p, q)
  p.perform([{ on: x(0), do: 'push', values: [{ $xmltext: 'p' }] }, { on: x(0), do: 'set', key: 'k', value: 'p' }])
  q.perform([{ on: x(0), do: 'push', values: [{ $xmltext: 'q' }] }, { on: x(0), do: 'set', key: 'k', value: 'q' }])
  exchange(p, q)
  p.perform([{ on: x(), do: 'delete', at: 0, count: 1 }])
  q.perform([{ on: x(0, 0), do: 'text', at: 1, text: ' lost' }])
  exchange(p, q)
}, { peers: 2 })

const m = ['m']
const document = (guid, options = {}) => ({ $doc: guid, options })
script('sub-documents come and go', p => {
  p.perform([{ on: m, do: 'set', key: 'a', value: document('one') }])
  p.perform([{ on: m, do: 'set', key: 'a', value: document('two', { shouldLoad: false }) }])
  p.load(0)
  p.load(0)
  p.perform([{ on: ['a'], do: 'push', values: [document('three', { gc: false, autoLoad: true, meta: { name: 'x', list: [1, null] } }), 1, document('three')] }])
  p.perform([{ on: m, do: 'unset', key: 'a' }, { on: ['a'], do: 'delete', at: 0, count: 1 }])
})
script('a sub-document that lives for one transaction', p => {
  p.perform([{ on: m, do: 'set', key: 'a', value: document('one') }, { on: m, do: 'set', key: 'a', value: document('two', { shouldLoad: false }) }, { on: m, do: 'unset', key: 'a' }])
})
script('sub-documents go with the type that holds them', p => {
  p.perform([{ on: m, do: 'set', key: 'n', value: { $map: [['s', document('in')], ['l', { $array: [document('deep', { meta: 'm' })] }]] } }])
  p.perform([{ on: m, do: 'unset', key: 'n' }])
  p.undo()
})
script('other replicas load by autoLoad only', (p, q) => {
  p.perform([{ on: m, do: 'set', key: 'a', value: document('plain') }, { on: m, do: 'set', key: 'b', value: document('auto', { autoLoad: true }) }])
  exchange(p, q)
  q.load(0)
  q.perform([{ on: m, do: 'unset', key: 'a' }])
  p.perform([{ on: m, do: 'set', key: 'a', value: document('other') }])
  exchange(p, q)
}, { peers: 2 })
script('sub-documents where nothing is collected', p => {
  p.perform([{ on: m, do: 'set', key: 'a', value: document('one') }])
  p.perform([{ on: m, do: 'set', key: 'a', value: document('two') }])
  p.undo()
}, { gc: false })

writeScripts('types.json')
