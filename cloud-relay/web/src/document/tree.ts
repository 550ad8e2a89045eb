/// The tree as a pure function of (id, type, parent, order key) rows; document-model section 4. Identical in C++
/// (core/document/src/tree.cpp) and pinned by tests/golden/tree.
import { compareBytes, maxIdBytes, utf8Length, type NodeId } from '../base/ids'

export const trashId: NodeId = 'trash'
const recoveredPrefix = 'recovered:'
/// Id under which a page's cut-loose nodes stand. Not in the document.
export const recoveredGroupId = (page: NodeId): NodeId => recoveredPrefix + page
export const isRecoveredGroup = (id: NodeId): boolean => id.startsWith(recoveredPrefix)

/// An id that a stored node may have: 1 to 64 bytes, and not one of the names the tree itself uses.
export const isNodeId = (id: NodeId): boolean =>
  id !== '' && utf8Length(id) <= maxIdBytes && id !== trashId && !isRecoveredGroup(id)

export type TreeRow = { readonly id: NodeId; readonly isPage: boolean; readonly parent: NodeId; readonly orderKey: string }

const none: readonly NodeId[] = []

export class Tree {
  constructor(
    readonly pages: readonly NodeId[],
    readonly children: ReadonlyMap<NodeId, readonly NodeId[]>,
    readonly shownParent: ReadonlyMap<NodeId, NodeId>,
  ) {}

  /// In paint order, the first at the bottom.
  childrenOf(id: NodeId): readonly NodeId[] {
    return this.children.get(id) ?? none
  }

  /// The page that shows the node; empty when in the trash or unknown.
  pageOf(id: NodeId): NodeId {
    const root = this.#rootOf(id)
    return this.pages.includes(root) ? root : ''
  }

  isInTrash(id: NodeId): boolean {
    return id !== trashId && this.#rootOf(id) === trashId
  }

  isAncestor(ancestor: NodeId, node: NodeId): boolean {
    for (let at = this.shownParent.get(node); at !== undefined && at !== ''; at = this.shownParent.get(at)) {
      if (at === ancestor) return true
    }
    return false
  }

  #rootOf(id: NodeId): NodeId {
    let at = id
    for (let up = this.shownParent.get(at); up !== undefined && up !== ''; up = this.shownParent.get(at)) at = up
    return at
  }
}

/// The smallest id of every parent loop. Each row is walked once: `state` is the number of the walk that met it.
const loopCuts = (rows: ReadonlyMap<NodeId, TreeRow>): ReadonlySet<NodeId> => {
  const cut = new Set<NodeId>()
  const walkOf = new Map<NodeId, number>()
  let walk = 0
  for (const start of rows.keys()) {
    ++walk
    let at: NodeId = start
    while (rows.has(at) && !walkOf.has(at)) {
      walkOf.set(at, walk)
      at = rows.get(at)?.parent ?? ''
    }
    if (walkOf.get(at) !== walk) continue
    let smallest = at
    for (let next = rows.get(at)?.parent ?? ''; next !== at; next = rows.get(next)?.parent ?? '') {
      if (compareBytes(next, smallest) < 0) smallest = next
    }
    cut.add(smallest)
  }
  return cut
}

export const buildTree = (list: readonly TreeRow[]): Tree => {
  const rows = new Map<NodeId, TreeRow>()
  for (const row of list) {
    if (isNodeId(row.id) && !rows.has(row.id)) rows.set(row.id, row)
  }
  const cuts = loopCuts(rows)
  const ordered = [...rows.values()].sort((a, b) => compareBytes(a.orderKey, b.orderKey) || compareBytes(a.id, b.id))

  const pages: NodeId[] = []
  const children = new Map<NodeId, NodeId[]>()
  const shownParent = new Map<NodeId, NodeId>()
  const loose: NodeId[] = []
  const add = (parent: NodeId, id: NodeId): void => {
    shownParent.set(id, parent)
    const siblings = children.get(parent)
    if (siblings === undefined) children.set(parent, [id])
    else siblings.push(id)
  }
  for (const row of ordered) {
    if (row.isPage && row.parent === '') {
      pages.push(row.id)
      shownParent.set(row.id, '')
    } else if (!cuts.has(row.id) && (row.parent === trashId || rows.has(row.parent))) {
      add(row.parent, row.id)
    } else {
      loose.push(row.id)
    }
  }
  if (loose.length > 0) {
    const page = pages[0] ?? ''
    const group = recoveredGroupId(page)
    for (const id of loose) add(group, id)
    if (page === '') shownParent.set(group, '')
    else add(page, group)
  }
  return new Tree(pages, children, shownParent)
}
