/// Which node is under the pointer or inside a marquee.
import type { NodeId } from '../base/ids'
import { applyTo, contains, corners, inflate, intersects, invert, scaleOf, type Point, type Rect } from '../base/geometry'
import type { DesignDoc } from '../document/design_doc'
import type { DesignNode } from '../document/schema'
import { outlineOf } from './path'

let probe: OffscreenCanvasRenderingContext2D | null | undefined
const probeContext = (): OffscreenCanvasRenderingContext2D | null => {
  if (probe === undefined) probe = new OffscreenCanvas(1, 1).getContext('2d')
  return probe
}

/// `reach` in node units: how far beside a thin thing still hits it.
const hitsOwn = (node: DesignNode, at: Point, reach: number): boolean => {
  const box: Rect = { x: 0, y: 0, ...node.size }
  switch (node.type) {
    case 'ellipse':
    case 'vector':
    case 'line': {
      const ctx = probeContext()
      if (ctx === null || !contains(inflate(box, reach + node.strokeStyle.width), at)) return false
      ctx.lineWidth = Math.max(2 * reach, node.strokeStyle.width)
      const path = outlineOf(node)
      const filled = node.type !== 'line' && (node.fills.length > 0 || node.strokes.length === 0)
      return (filled && ctx.isPointInPath(path, at.x, at.y, node.path.rule)) || ctx.isPointInStroke(path, at.x, at.y)
    }
    default:
      return contains(inflate(box, Math.min(reach, 1)), at)
  }
}

/// The topmost node at a page point, ignoring hidden and locked ones. Groups answer for their children unless `deep`.
export const nodeAt = (doc: DesignDoc, page: NodeId, point: Point, reachDoc: number, deep: boolean): NodeId | undefined => {
  const visit = (id: NodeId): NodeId | undefined => {
    const node = doc.node(id)
    if (node !== undefined && (!node.visible || node.locked)) return undefined
    const toNode = invert(doc.pageTransform(id))
    if (toNode === undefined) return undefined
    const local = applyTo(toNode, point)
    const isInside = node === undefined || contains({ x: 0, y: 0, ...node.size }, local)
    if (node?.type !== 'frame' || !node.clip || isInside) {
      for (const child of doc.tree().childrenOf(id).toReversed()) {
        const hit = visit(child)
        if (hit !== undefined) return node?.type === 'group' && !deep ? id : hit
      }
    }
    if (node === undefined || node.type === 'group') return undefined
    return hitsOwn(node, local, reachDoc * scaleOf(toNode)) ? id : undefined
  }
  for (const id of doc.tree().childrenOf(page).toReversed()) {
    const hit = visit(id)
    if (hit !== undefined) return hit
  }
  return undefined
}

/// Frames on the page are only taken when they lie wholly inside; everything else when it is touched.
export const nodesInside = (doc: DesignDoc, page: NodeId, marqueeDoc: Rect): NodeId[] => {
  const found: NodeId[] = []
  const visit = (id: NodeId): void => {
    const node = doc.node(id)
    if (node === undefined) return doc.tree().childrenOf(id).forEach(visit)
    if (!node.visible || node.locked) return
    const bounds = doc.pageBounds(id)
    if (!intersects(bounds, marqueeDoc)) return
    const children = doc.tree().childrenOf(id)
    if (node.type === 'frame' && children.length > 0) {
      const whole = corners([1, 0, 0, 1, 0, 0], bounds).every(corner => contains(inflate(marqueeDoc, 1e-6), corner))
      if (whole) found.push(id)
      else children.forEach(visit)
      return
    }
    found.push(id)
  }
  doc.tree().childrenOf(page).forEach(visit)
  return found
}

/// The innermost frame at a point, to receive new nodes; the page when there is none.
export const containerAt = (doc: DesignDoc, page: NodeId, point: Point): NodeId => {
  const visit = (id: NodeId): NodeId | undefined => {
    const node = doc.node(id)
    if (node === undefined || node.type !== 'frame' || node.locked || !node.visible) return undefined
    const toNode = invert(doc.pageTransform(id))
    if (toNode === undefined || !contains({ x: 0, y: 0, ...node.size }, applyTo(toNode, point))) return undefined
    for (const child of doc.tree().childrenOf(id).toReversed()) {
      const inner = visit(child)
      if (inner !== undefined) return inner
    }
    return id
  }
  for (const id of doc.tree().childrenOf(page).toReversed()) {
    const frame = visit(id)
    if (frame !== undefined) return frame
  }
  return page
}
