/// The design document over one Y.Doc. The Y.Doc is the state; parsed nodes and the tree are caches that follow its
/// transactions, and node() gives the same object until the node changes.
import * as Y from 'yjs'
import { compareBytes, type NodeId } from '../base/ids'
import { boundsOf, corners, identity, mapBounds, multiply, united, type Rect, type Transform } from '../base/geometry'
import { nodeEntry, parseAsset, parseNode } from './parse'
import type { Asset, DesignNode } from './schema'
import { buildTree, isNodeId, Tree, type TreeRow } from './tree'

export type Listener = () => void

/// Entries of `meta` that say which programs may write the file.
export const formatVersion = 1

export class DesignDoc {
  readonly #nodes: Y.Map<unknown>
  readonly #cache = new Map<NodeId, DesignNode>()
  readonly #nodeListeners = new Map<NodeId, Set<Listener>>()
  readonly #treeListeners = new Set<Listener>()
  readonly #anyListeners = new Set<Listener>()
  #tree: Tree | undefined
  #revision = 0

  constructor(readonly ydoc: Y.Doc = new Y.Doc()) {
    this.#nodes = ydoc.getMap('nodes')
    for (const root of ['meta', 'assets', 'gen']) ydoc.getMap(root).observeDeep(() => this.#notifyAny())
    this.#nodes.observeDeep(events => this.#nodesChanged(events))
  }

  node(id: NodeId): DesignNode | undefined {
    const cached = this.#cache.get(id)
    if (cached !== undefined) return cached
    const entry = isNodeId(id) ? nodeEntry(this.#nodes.get(id)) : undefined
    if (entry === undefined) return undefined
    const node = parseNode(id, entry)
    this.#cache.set(id, node)
    return node
  }

  /// Every stored node, trash included, ascending.
  nodeIds(): NodeId[] {
    return [...this.#nodes.keys()].filter(id => this.node(id) !== undefined).sort(compareBytes)
  }

  tree(): Tree {
    this.#tree ??= buildTree(this.#rows())
    return this.#tree
  }

  /// Undefined for a node that some script stored as a plain object.
  nodeMap(id: NodeId): Y.Map<unknown> | undefined {
    const map = this.#nodes.get(id)
    return map instanceof Y.Map ? (map as Y.Map<unknown>) : undefined
  }

  textOf(id: NodeId): Y.Text | undefined {
    const text = this.nodeMap(id)?.get('text')
    return text instanceof Y.Text ? text : undefined
  }

  asset(hash: string): Asset | undefined {
    const assets = this.ydoc.getMap('assets')
    return assets.has(hash) ? parseAsset(hash, assets.get(hash)) : undefined
  }

  name(): string {
    const name = this.ydoc.getMap('meta').get('name')
    return typeof name === 'string' && name !== '' ? name : 'Untitled'
  }

  /// The document needs a newer program: it opens read-only.
  needsNewerReader(): boolean {
    const version = this.ydoc.getMap('meta').get('minReaderVersion')
    return typeof version === 'number' && version > formatVersion
  }

  /// Product of transforms from the page to the node itself.
  pageTransform(id: NodeId): Transform {
    let transform = identity
    const { shownParent } = this.tree()
    for (let at: NodeId | undefined = id; at !== undefined && at !== ''; at = shownParent.get(at)) {
      const node = this.node(at)
      if (node?.type === 'page' && node.parent === '') break // a page is where page coordinates begin
      if (node !== undefined) transform = multiply(node.transform, transform)
    }
    return transform.every(Number.isFinite) ? transform : identity
  }

  /// Bounding box in page coordinates of the node's size box (groups: union of children).
  pageBounds(id: NodeId): Rect {
    const node = this.node(id)
    const children = this.tree().childrenOf(id)
    if ((node === undefined || node.type === 'group' || node.type === 'page') && children.length > 0) {
      return united(children.map(child => this.pageBounds(child))) ?? { x: 0, y: 0, width: 0, height: 0 }
    }
    return mapBounds(this.pageTransform(id), { x: 0, y: 0, width: node?.size.width ?? 0, height: node?.size.height ?? 0 })
  }

  /// Box of a group's children in the group's own coordinates; the size box of everything else.
  localBounds(id: NodeId): Rect {
    const node = this.node(id)
    const children = this.tree().childrenOf(id)
    if ((node === undefined || node.type === 'group') && children.length > 0) {
      return boundsOf(children.flatMap(child => corners(this.node(child)?.transform ?? identity, this.localBounds(child))))
    }
    return { x: 0, y: 0, width: node?.size.width ?? 0, height: node?.size.height ?? 0 }
  }

  /// Grows with every change; what a drawing loop compares.
  revision(): number {
    return this.#revision
  }

  observe(id: NodeId, listener: Listener): () => void {
    const listeners = this.#nodeListeners.get(id) ?? new Set()
    this.#nodeListeners.set(id, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#nodeListeners.delete(id)
    }
  }

  /// Parents, order, pages.
  observeTree(listener: Listener): () => void {
    this.#treeListeners.add(listener)
    return () => this.#treeListeners.delete(listener)
  }

  observeAny(listener: Listener): () => void {
    this.#anyListeners.add(listener)
    return () => this.#anyListeners.delete(listener)
  }

  #rows(): TreeRow[] {
    const rows: TreeRow[] = []
    for (const id of this.#nodes.keys()) {
      const node = this.node(id)
      if (node !== undefined) rows.push({ id, isPage: node.type === 'page', parent: node.parent, orderKey: node.orderKey })
    }
    return rows
  }

  #nodesChanged(events: readonly Y.YEvent<Y.AbstractType<unknown>>[]): void {
    const changed = new Set<NodeId>()
    let treeChanged = false
    for (const event of events) {
      const [id] = event.path
      if (id === undefined) {
        for (const key of event.keys.keys()) changed.add(key)
        treeChanged = true
      } else {
        changed.add(String(id))
        if (event.path.length === 1 && (event.keys.has('pi') || event.keys.has('t'))) treeChanged = true
      }
    }
    for (const id of changed) this.#cache.delete(id)
    if (treeChanged) this.#tree = undefined
    for (const id of changed) this.#nodeListeners.get(id)?.forEach(listener => listener())
    if (treeChanged) this.#treeListeners.forEach(listener => listener())
    this.#notifyAny()
  }

  #notifyAny(): void {
    ++this.#revision
    this.#anyListeners.forEach(listener => listener())
  }
}
