// Writes positions.json: relative positions. Run: node tests/golden/yjs/generate_positions.mjs
import { exchange, script, writeScripts } from './script.mjs'

const t = ['t'], a = ['a']
const everywhere = (p, on, size) => {
  for (let index = 0; index <= size + 1; index++) {
    p.position(on, index, 0)
    p.position(on, index, -1)
  }
}

script('in text that changes', p => {
  everywhere(p, t, 0)
  p.perform([{ on: t, do: 'text', at: 0, text: 'abcdef' }])
  everywhere(p, t, 6)
  p.resolve()
  p.perform([{ on: t, do: 'text', at: 0, text: 'xx' }])
  p.resolve()
  p.perform([{ on: t, do: 'erase', at: 3, count: 3 }])
  p.resolve()
  everywhere(p, t, 5)
  p.perform([{ on: t, do: 'erase', at: 0, count: 5 }])
  everywhere(p, t, 0)
  p.resolve()
})
script('in text where nothing is collected', p => {
  p.perform([{ on: t, do: 'text', at: 0, text: 'abcdef' }])
  everywhere(p, t, 6)
  p.perform([{ on: t, do: 'erase', at: 1, count: 4 }])
  everywhere(p, t, 2)
  p.resolve()
}, { gc: false })
script('undone deletions are followed', p => {
  p.perform([{ on: t, do: 'text', at: 0, text: 'abcdef' }])
  everywhere(p, t, 6)
  p.perform([{ on: t, do: 'erase', at: 1, count: 3 }])
  p.resolve()
  p.undo()
  p.resolve()
  p.perform([{ on: t, do: 'text', at: 2, text: 'new' }])
  p.undo(); p.redo(); p.undo(); p.undo(); p.undo()
  p.resolve()
})
script('in nested types', p => {
  p.perform([{ on: ['m'], do: 'set', key: 'n', value: { $text: 'inner' } }, { on: a, do: 'push', values: [1, { $array: [1, 2] }, 3] }, { on: ['x'], do: 'push', values: [{ $xml: 'p', children: [{ $xmltext: 'in' }] }] }])
  everywhere(p, ['m', 'n'], 5)
  everywhere(p, ['a', 1], 2)
  everywhere(p, a, 3)
  everywhere(p, ['x'], 1)
  everywhere(p, ['x', 0], 1)
  everywhere(p, ['x', 0, 0], 2)
  p.resolve()
  p.perform([{ on: a, do: 'delete', at: 1, count: 1 }])
  p.resolve()
  p.perform([{ on: ['m'], do: 'unset', key: 'n' }])
  p.resolve()
  p.undo(); p.undo()
  p.resolve()
})
script('in formatted text with embeds and broken pairs', p => {
  p.perform([{ on: t, do: 'text', at: 0, text: 'a😀bc' }, { on: t, do: 'format', at: 3, count: 2, attributes: { b: true } }, { on: t, do: 'embed', at: 1, value: { img: 'u' } }])
  everywhere(p, t, 6)
  p.perform([{ on: t, do: 'erase', at: 0, count: 1 }])
  p.resolve()
})
script('on another replica, before and after it knows the content', (p, q) => {
  p.perform([{ on: t, do: 'text', at: 0, text: 'shared' }])
  exchange(p, q)
  q.perform([{ on: t, do: 'text', at: 3, text: '---' }])
  everywhere(q, t, 9)
  q.resolve()
  exchange(p, q)
  everywhere(p, t, 9)
  p.resolve()
}, { peers: 2 })

writeScripts('positions.json')
