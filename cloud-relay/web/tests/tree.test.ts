import { describe, expect, it } from 'vitest'
import { compareBytes } from '../src/base/ids'
import { isOrderKey, orderKeyBetween, orderKeyStem, orderKeysBetween } from '../src/document/order_key'
import { buildTree } from '../src/document/tree'
import { goldenCases, goldenFile } from './golden'

type TreeCase = {
  name: string
  rows: { id: string; page: boolean; parent: string; order: string }[]
  pages: string[]
  children: Record<string, string[]>
}

const cases = goldenCases<TreeCase>('tree')

describe('the tree of the shared golden files', () => {
  it('has cases to run', () => expect(cases.length).toBeGreaterThan(5))
  it.each(cases)('$name', golden => {
    const tree = buildTree(golden.rows.map(row => ({ id: row.id, isPage: row.page, parent: row.parent, orderKey: row.order })))
    expect(tree.pages).toEqual(golden.pages)
    expect(Object.fromEntries(tree.children)).toEqual(golden.children)
  })
  it('does not depend on the order of the rows', () => {
    for (const golden of cases.slice(0, 40)) {
      const rows = golden.rows.map(row => ({ id: row.id, isPage: row.page, parent: row.parent, orderKey: row.order }))
      const backward = buildTree([...new Map(rows.map(row => [row.id, row])).values()].reverse())
      expect(Object.fromEntries(backward.children)).toEqual(golden.children)
    }
  })
})

describe('order keys of the shared golden files', () => {
  const golden = goldenFile('order_keys.json') as {
    keys: { key: string; valid: boolean }[]
    stems: { after: string; before: string; stem: string }[]
  }
  it.each(golden.keys)('"$key" is a key: $valid', ({ key, valid }) => expect(isOrderKey(key)).toBe(valid))
  it.each(golden.stems)('between "$after" and "$before" stands $stem', ({ after, before, stem }) => expect(orderKeyStem(after, before)).toBe(stem))
  it('gives valid keys strictly between, whatever was there', () => {
    let keys = ['']
    for (let round = 0; round < 400; ++round) {
      const at = (round * 7) % keys.length
      const [low, high] = [keys[at] ?? '', keys[at + 1] ?? '']
      const key = orderKeyBetween(low, high)
      expect(isOrderKey(key)).toBe(true)
      if (low !== '') expect(compareBytes(low, key)).toBeLessThan(0)
      if (high !== '') expect(compareBytes(key, high)).toBeLessThan(0)
      keys = [...keys.slice(0, at + 1), key, ...keys.slice(at + 1)]
    }
  })
  it('spreads many keys and keeps them short', () => {
    const keys = orderKeysBetween('a0', 'a1', 200)
    expect([...keys].sort(compareBytes)).toEqual(keys)
    expect(Math.max(...keys.map(key => key.length))).toBeLessThan(64)
  })
})
