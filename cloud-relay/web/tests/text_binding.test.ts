import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { movedBy, smallestEdit, type Delta } from '../src/canvas/text_binding'

const applied = (before: string, after: string, caret: number): string => {
  const edit = smallestEdit(before, after, caret)
  return edit === undefined ? before : before.slice(0, edit.at) + edit.insert + before.slice(edit.at + edit.removeCount)
}

describe('smallestEdit', () => {
  it('is nothing for equal texts', () => expect(smallestEdit('abc', 'abc', 1)).toBeUndefined())
  it('puts a doubled letter where the caret is', () => {
    expect(smallestEdit('hello', 'helllo', 4)).toEqual({ at: 3, removeCount: 0, insert: 'l' })
    expect(smallestEdit('aaa', 'aaaa', 1)).toEqual({ at: 0, removeCount: 0, insert: 'a' })
  })
  it('replaces only what was selected', () => {
    expect(smallestEdit('one two three', 'one 2 three', 5)).toEqual({ at: 4, removeCount: 3, insert: '2' })
  })
  it('never cuts a surrogate pair', () => {
    expect(smallestEdit('a😀b', 'a😁b', 3)).toEqual({ at: 1, removeCount: 2, insert: '😁' })
    expect(smallestEdit('😀', '😀😀', 2)?.insert).toBe('😀')
  })
  it('turns before into after for random edits', () => {
    let seed = 7
    const next = (below: number): number => (seed = (seed * 48271) % 2147483647) % below
    for (let i = 0; i < 3000; ++i) {
      const before = Array.from({ length: next(8) }, () => 'ab'[next(2)]).join('')
      const at = next(before.length + 1)
      const remove = next(before.length - at + 1)
      const insert = Array.from({ length: next(3) }, () => 'ab'[next(2)]).join('')
      const after = before.slice(0, at) + insert + before.slice(at + remove)
      expect(applied(before, after, at + insert.length)).toBe(after)
    }
  })
})

describe('movedBy', () => {
  it('goes along with text before it and stays for text behind it', () => {
    expect(movedBy(3, [{ insert: 'xy' }], true)).toBe(5)
    expect(movedBy(3, [{ retain: 3 }, { insert: 'xy' }], true)).toBe(3)
    expect(movedBy(3, [{ retain: 3 }, { insert: 'xy' }], false)).toBe(5)
    expect(movedBy(3, [{ retain: 1 }, { delete: 5 }], true)).toBe(1)
  })
})

describe('two people typing in one text', () => {
  it('keep every character', () => {
    const [one, other] = [new Y.Doc(), new Y.Doc()]
    const [a, b] = [one.getText('t'), other.getText('t')]
    a.insert(0, 'shared')
    Y.applyUpdate(other, Y.encodeStateAsUpdate(one))
    const type = (text: Y.Text, after: string, caret: number, deltas: readonly Delta[]): void => {
      const edit = smallestEdit('shared', after, caret)
      if (edit === undefined) return
      const at = deltas.reduce((position, delta) => movedBy(position, delta, true), edit.at)
      text.insert(at, edit.insert)
    }
    type(a, 'AAshared', 2, [])
    type(b, 'sharedBB', 8, [])
    Y.applyUpdate(one, Y.encodeStateAsUpdate(other))
    Y.applyUpdate(other, Y.encodeStateAsUpdate(one))
    expect(a.toString()).toBe('AAsharedBB')
    expect(b.toString()).toBe(a.toString())
  })
})
