/// Draws the nodes of a page in paint order. Pure reading: what to leave out or shift comes with the request.
import type { NodeId } from '../base/ids'
import { intersects, invert, mapBounds, multiply, type Rect, type Size, type Transform } from '../base/geometry'
import { assertNever } from '../base/assert'
import type { DesignDoc } from '../document/design_doc'
import type { DesignNode } from '../document/schema'
import type { BlobCache } from '../session/blobs'
import { outlineOf } from './path'
import { drawFills, drawPlaceholder, drawStrokes, fillImage, type Context } from './paint'
import { cssFill, cssFont, layoutOf } from './text_layout'

export type DrawRequest = {
  readonly doc: DesignDoc
  readonly blobs: BlobCache
  /// Page shifts of nodes that are being dragged, here or by a peer.
  readonly shifts: ReadonlyMap<NodeId, { readonly dx: number; readonly dy: number }>
  /// Frames that replace stored ones while a handle is dragged.
  readonly frames: ReadonlyMap<NodeId, { readonly transform: Transform; readonly size: Size }>
  /// Size of the target in device pixels.
  readonly target: Size
}

const drawText = (ctx: Context, node: DesignNode): void => {
  ctx.textBaseline = 'alphabetic'
  for (const line of layoutOf(node).lines) {
    for (const piece of line.pieces) {
      if (piece.style.size <= 0) continue
      ctx.font = cssFont(piece.style)
      ctx.textRendering = 'geometricPrecision' // else advances are rounded to pixels; setting the font resets it
      ctx.fontKerning = 'normal'
      ctx.letterSpacing = `${piece.style.letterSpacing}px`
      ctx.fillStyle = cssFill(piece.style.fill)
      ctx.fillText(piece.text, piece.x, line.baseline)
    }
  }
}

const drawOwn = (ctx: Context, node: DesignNode, blobs: BlobCache): void => {
  switch (node.type) {
    case 'page':
    case 'group':
      return
    case 'text':
      drawText(ctx, node)
      return
    case 'image':
      drawFills(ctx, node, blobs)
      fillImage(ctx, outlineOf(node), 'nonzero', node.asset, node.imageFit, 1, node.size, blobs)
      drawStrokes(ctx, node)
      return
    case 'svgRaw':
    case 'unknown':
      drawPlaceholder(ctx, node.size)
      return
    case 'line':
      drawStrokes(ctx, node)
      return
    case 'frame':
    case 'rect':
    case 'ellipse':
    case 'vector':
      drawFills(ctx, node, blobs)
      drawStrokes(ctx, node)
      return
    default:
      assertNever(node.type)
  }
}

/// More than one thing is painted, so opacity needs a layer of their own.
const needsLayer = (node: DesignNode, childCount: number): boolean =>
  node.opacity < 1 && (childCount > 0 || node.fills.length + node.strokes.length > 1 || node.type === 'text' || node.type === 'image')

/// Box in node coordinates that surely holds what the node itself paints.
const paintBounds = (node: DesignNode): Rect => {
  const { width, align, miterLimit, join } = node.strokeStyle
  const reach = node.strokes.length === 0 || align === 'inside' ? 0 : width * (join === 'miter' ? Math.max(1, miterLimit) : 1)
  const layout = node.type === 'text' ? layoutOf(node).size : node.size
  const box: Rect = { x: 0, y: 0, width: Math.max(node.size.width, layout.width), height: Math.max(node.size.height, layout.height) }
  return { x: box.x - reach, y: box.y - reach, width: box.width + 2 * reach, height: box.height + 2 * reach }
}

const layerPool: OffscreenCanvas[] = []

const inLayer = (ctx: Context, target: Size, node: DesignNode, draw: (layer: Context) => void): void => {
  const canvas = layerPool.pop() ?? new OffscreenCanvas(1, 1)
  canvas.width = Math.max(1, target.width)
  canvas.height = Math.max(1, target.height)
  const layer = canvas.getContext('2d')
  if (layer === null) return
  layer.setTransform(ctx.getTransform())
  draw(layer)
  ctx.save()
  ctx.resetTransform()
  ctx.globalAlpha *= node.opacity
  ctx.drawImage(canvas, 0, 0)
  ctx.restore()
  layerPool.push(canvas)
}

const drawNode = (ctx: Context, request: DrawRequest, id: NodeId, toDevice: Transform): void => {
  const stored = request.doc.node(id)
  const children = request.doc.tree().childrenOf(id)
  if (stored === undefined) {
    // The "Recovered" group is not in the document.
    for (const child of children) drawNode(ctx, request, child, toDevice)
    return
  }
  if (!stored.visible || stored.opacity === 0) return
  const frame = request.frames.get(id)
  const node = frame === undefined ? stored : { ...stored, ...frame }
  const own = multiply(toDevice, node.transform)
  const clips = node.type === 'frame' && node.clip
  const hidden = !intersects(mapBounds(own, paintBounds(node)), { x: 0, y: 0, width: request.target.width, height: request.target.height })
  if (hidden && (children.length === 0 || clips)) return

  const draw = (to: Context): void => {
    to.save()
    to.setTransform(...own)
    if (!hidden) drawOwn(to, node, request.blobs)
    if (children.length > 0) {
      if (clips) to.clip(outlineOf(node))
      for (const child of children) drawShifted(to, request, child, own)
    }
    to.restore()
  }
  if (needsLayer(node, children.length)) {
    inLayer(ctx, request.target, node, draw)
    return
  }
  ctx.save()
  ctx.globalAlpha *= node.opacity
  draw(ctx)
  ctx.restore()
}

/// A drag is told in page coordinates; the parent's transform may turn or scale it.
const drawShifted = (ctx: Context, request: DrawRequest, id: NodeId, toDevice: Transform): void => {
  const shift = request.shifts.get(id)
  if (shift === undefined) return drawNode(ctx, request, id, toDevice)
  const parent = request.doc.tree().shownParent.get(id)
  const pageToParent = parent === undefined ? undefined : invert(request.doc.pageTransform(parent))
  const vector = pageToParent === undefined
    ? { x: shift.dx, y: shift.dy }
    : { x: pageToParent[0] * shift.dx + pageToParent[2] * shift.dy, y: pageToParent[1] * shift.dx + pageToParent[3] * shift.dy }
  drawNode(ctx, request, id, multiply(toDevice, [1, 0, 0, 1, vector.x, vector.y]))
}

/// `toDevice` maps page coordinates to the target's pixels.
export const drawPage = (ctx: Context, request: DrawRequest, page: NodeId, toDevice: Transform): void => {
  for (const child of request.doc.tree().childrenOf(page)) drawShifted(ctx, request, child, toDevice)
}
