import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import type { Transform } from '../src/base/geometry'
import { apply } from '../src/document/apply'
import { canonicalJson } from '../src/document/canonical'
import type { Command } from '../src/document/command'
import { DesignDoc } from '../src/document/design_doc'
import { History, ownEdit } from '../src/document/history'
import type { Properties } from '../src/document/schema'
import { goldenCases } from './golden'

type GoldenCommand = { kind: string; properties?: Properties; attributes?: Properties; remove?: string[] | true; size?: number[]; record?: Properties }
type Case = {
  name: string
  start: { nodes: Record<string, Record<string, unknown>>; meta?: Record<string, unknown> }
  commands: GoldenCommand[]
  error?: { code: string; node: string; index: number }
  result?: { pages: string[]; children: Record<string, string[]>; nodes: Record<string, unknown>; meta?: unknown; assets?: unknown; gen?: unknown }
}

const startDoc = ({ nodes, meta }: Case['start']): DesignDoc => {
  const ydoc = new Y.Doc()
  ydoc.transact(() => {
    for (const [key, value] of Object.entries(meta ?? {})) ydoc.getMap('meta').set(key, value)
    for (const [id, entry] of Object.entries(nodes)) {
      const map = new Y.Map<unknown>()
      for (const [key, value] of Object.entries(entry)) map.set(key, key === 'text' && typeof value === 'string' ? new Y.Text(value) : value)
      ydoc.getMap('nodes').set(id, map)
    }
  })
  return new DesignDoc(ydoc)
}

const commandOf = (golden: GoldenCommand): Command => {
  const removed = Array.isArray(golden.remove) ? Object.fromEntries(golden.remove.map(key => [key, undefined])) : {}
  return {
    ...golden,
    ...(golden.properties === undefined ? {} : { properties: { ...golden.properties, ...removed } }),
    ...(golden.size === undefined ? {} : { size: { width: golden.size[0], height: golden.size[1] } }),
  } as unknown as Command
}

const content = (doc: DesignDoc): Record<string, Record<string, unknown>> => JSON.parse(canonicalJson(doc.ydoc)) as Record<string, Record<string, unknown>>

const cases = goldenCases<Case>('commands')

describe('commands of the shared golden files', () => {
  it('has cases to run', () => expect(cases.length).toBeGreaterThan(5))
  it.each(cases)('$name', golden => {
    const doc = startDoc(golden.start)
    const before = canonicalJson(doc.ydoc)
    const error = apply(doc, golden.commands.map(commandOf), ownEdit)
    if (golden.error !== undefined) {
      expect(error).toEqual(golden.error)
      expect(canonicalJson(doc.ydoc)).toBe(before)
      return
    }
    expect(error).toBeUndefined()
    const tree = doc.tree()
    expect(tree.pages).toEqual(golden.result?.pages)
    expect(Object.fromEntries([...tree.children].filter(([, list]) => list.length > 0))).toEqual(golden.result?.children)
    const after = content(doc)
    for (const [id, expected] of Object.entries(golden.result?.nodes ?? {})) {
      const node = { ...(after['nodes']?.[id] as Record<string, unknown>) }
      delete node['pi']
      expect(node).toEqual(expected)
    }
    for (const root of ['meta', 'assets', 'gen'] as const) {
      if (golden.result?.[root] !== undefined) expect(after[root]).toEqual(golden.result[root])
    }
  })
})

const page: Command = { kind: 'createNode', id: 'p', type: 'page', placement: { parent: '' }, properties: { name: 'Page 1' }, text: '' }
const rect = (id: string): Command => ({ kind: 'createNode', id, type: 'rect', placement: { parent: 'p' }, properties: { size: [10, 10] }, text: '' })

describe('a document', () => {
  it('gives the same node object until the node changes', () => {
    const doc = new DesignDoc()
    apply(doc, [page, rect('a'), rect('b')], ownEdit)
    const [a, b, tree] = [doc.node('a'), doc.node('b'), doc.tree()]
    let called = 0
    const stop = doc.observe('a', () => ++called)
    apply(doc, [{ kind: 'setTransform', node: 'a', transform: [1, 0, 0, 1, 5, 0] as Transform }], ownEdit)
    expect(doc.node('b')).toBe(b)
    expect(doc.tree()).toBe(tree)
    expect(doc.node('a')).not.toBe(a)
    expect(doc.node('a')?.transform[4]).toBe(5)
    expect(called).toBe(1)
    stop()
  })
  it('reads what a plain Yjs script wrote', () => {
    const doc = new DesignDoc()
    doc.ydoc.transact(() => {
      const put = (id: string, entries: Record<string, unknown>): void => { doc.ydoc.getMap('nodes').set(id, new Y.Map(Object.entries(entries))) }
      put('page1', { t: 'page', pi: ['', 'a0'], name: 'Page 1' })
      put('red', { t: 'rect', pi: ['page1', 'a0'], xf: [1, 0, 0, 1, 40, 40], size: [200, 120], fills: [{ id: 'f', type: 'solid', color: { space: 'srgb', c: [1, 0, 0], a: 1 } }] })
      put('odd', { t: 'future', pi: ['page1', 'a1'], size: 'large', xf: [1, 2], op: 'half', fills: 7, vis: 'no' })
      doc.ydoc.getMap('nodes').set('plain', { t: 'rect', pi: ['page1', 'a2'], size: [5, 5] })
      doc.ydoc.getMap('nodes').set('noise', 42)
    })
    expect(doc.nodeIds()).toEqual(['odd', 'page1', 'plain', 'red'])
    expect(doc.node('red')?.fills[0]).toMatchObject({ kind: 'solid', color: { r: 1, g: 0, b: 0, a: 1 } })
    expect(doc.node('odd')).toMatchObject({ type: 'unknown', typeText: 'future', visible: true, opacity: 1, size: { width: 0, height: 0 }, fills: [] })
    expect(doc.pageBounds('red')).toEqual({ x: 40, y: 40, width: 200, height: 120 })
    expect(apply(doc, [{ kind: 'setProperties', node: 'plain', properties: { op: 0.5 } }], ownEdit)).toBeUndefined()
    expect(doc.node('plain')).toMatchObject({ opacity: 0.5, size: { width: 5, height: 5 } })
  })
})

describe('my undo', () => {
  const synced = (): [DesignDoc, DesignDoc] => {
    const [mine, theirs] = [new DesignDoc(), new DesignDoc()]
    mine.ydoc.on('update', (update: Uint8Array, origin: unknown) => { if (origin !== 'net') Y.applyUpdate(theirs.ydoc, update, 'net') })
    theirs.ydoc.on('update', (update: Uint8Array, origin: unknown) => { if (origin !== 'net') Y.applyUpdate(mine.ydoc, update, 'net') })
    return [mine, theirs]
  }
  it('reverts my edits and never a teammate\'s', () => {
    const [mine, theirs] = synced()
    const history = new History(mine)
    apply(mine, [page, rect('a')], ownEdit)
    history.startStep()
    apply(theirs, [rect('b')], ownEdit)
    apply(mine, [{ kind: 'setProperties', node: 'a', properties: { op: 0.5 } }], ownEdit)
    history.startStep()
    apply(theirs, [{ kind: 'setProperties', node: 'b', properties: { op: 0.25 } }], ownEdit)
    history.undo()
    expect(mine.node('a')?.opacity).toBe(1)
    expect(mine.node('b')?.opacity).toBe(0.25)
    history.redo()
    expect(theirs.node('a')?.opacity).toBe(0.5)
  })
  it('takes a delete back', () => {
    const doc = new DesignDoc()
    const history = new History(doc)
    apply(doc, [page, rect('a')], ownEdit)
    history.startStep()
    apply(doc, [{ kind: 'deleteNode', node: 'a' }], ownEdit)
    expect(doc.tree().isInTrash('a')).toBe(true)
    history.undo()
    expect(doc.tree().childrenOf('p')).toEqual(['a'])
    expect(history.canRedo()).toBe(true)
  })
})

describe('canonical JSON', () => {
  it('is one text whatever the order of writing', () => {
    const doc = new DesignDoc()
    doc.ydoc.transact(() => {
      const map = new Y.Map<unknown>()
      map.set('z', { b: -0, a: [1.5, undefined, null, 1e21, 1e-7], 'é': 'x\u2028"\\' })
      map.set('text', new Y.Text('ab'))
      doc.ydoc.getMap('nodes').set('n', map)
    })
    doc.ydoc.transact(() => {
      const text = doc.nodeMap('n')?.get('text') as Y.Text
      text.format(0, 1, { weight: 700 })
      text.format(0, 1, { weight: null })
      text.format(1, 1, { size: 8, fill: { a: 1 } })
    })
    expect(canonicalJson(doc.ydoc)).toBe(
      '{"assets":{},"gen":{},"libraries":{},"meta":{},"modes":{},"nodes":{"n":{"text":{"text":[{"insert":"a"},' +
      '{"attributes":{"fill":{"a":1},"size":8},"insert":"b"}]},"z":{"a":[1.5,null,null,1e+21,1e-7],"b":0,"é":"x\u2028\\"\\\\"}}},' +
      '"styles":{},"tokens":{}}')
  })
})
