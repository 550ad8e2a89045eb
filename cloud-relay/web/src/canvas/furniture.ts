/// What is drawn in screen pixels above the page: frame names, outlines, handles, marquee, and peers.
import { applyTo, corners, multiply, rectFromCorners, type Point, type Rect } from '../base/geometry'
import type { NodeId } from '../base/ids'
import type { Session } from '../session/session'
import type { Peer } from '../session/presence'
import { color, tokens } from '../theme/tokens'
import type { EditorState } from './editor_state'
import { handlePoint, handles } from './handles'
import { toView, viewTransform } from './viewport'

const { canvas: sizes, font } = tokens
const marqueeTint = 0.12
const badgeGapPx = 8

type Ctx = CanvasRenderingContext2D

const polygon = (ctx: Ctx, points: readonly Point[]): void => {
  ctx.beginPath()
  for (const [index, point] of points.entries()) {
    if (index === 0) ctx.moveTo(point.x, point.y)
    else ctx.lineTo(point.x, point.y)
  }
  ctx.closePath()
}

/// Corners of the node's box in view coordinates, live drags and resizes included.
const outlineInView = (session: Session, state: EditorState, id: NodeId): Point[] => {
  const { doc } = session
  const view = viewTransform(state.view.get())
  const node = doc.node(id)
  const live = state.frames.get().get(id)
  const parent = doc.tree().shownParent.get(id) ?? ''
  const own = live === undefined ? doc.pageTransform(id) : multiply(doc.pageTransform(parent), live.transform)
  const box: Rect = live !== undefined ? { x: 0, y: 0, ...live.size } : node?.type === 'group' || node === undefined ? doc.localBounds(id) : { x: 0, y: 0, ...node.size }
  const drag = state.drag.get()
  const dragged = drag !== undefined && drag.nodes.some(other => other === id || doc.tree().isAncestor(other, id))
  const shift = dragged ? { x: drag.dx * view[0], y: drag.dy * view[3] } : { x: 0, y: 0 }
  return corners(multiply(view, own), box).map(p => ({ x: p.x + shift.x, y: p.y + shift.y }))
}

const drawFrameNames = (ctx: Ctx, session: Session, state: EditorState): void => {
  ctx.font = `${font.weight.regular} ${font.size.hint}px ${font.family}, sans-serif`
  ctx.textBaseline = 'alphabetic'
  for (const id of session.doc.tree().childrenOf(state.page.get())) {
    const node = session.doc.node(id)
    if (node?.type !== 'frame' || !node.visible) continue
    const [corner, right] = outlineInView(session, state, id)
    if (corner === undefined || right === undefined) continue
    const room = right.x - corner.x
    if (room < 3 * font.size.hint) continue
    ctx.fillStyle = color(state.selection.get().includes(id) ? 'accent' : 'text2')
    ctx.save()
    ctx.beginPath()
    ctx.rect(corner.x, corner.y - 2 * font.lineHeight.hint, room, 2 * font.lineHeight.hint)
    ctx.clip()
    ctx.fillText(node.name || 'Frame', corner.x, corner.y - tokens.space.xs - 1)
    ctx.restore()
  }
}

const drawTag = (ctx: Ctx, text: string, at: Point, fill: string, ink: string): void => {
  ctx.font = `${font.weight.medium} ${font.size.hint}px ${font.family}, sans-serif`
  const width = ctx.measureText(text).width + 2 * sizes.nameTagPadding
  ctx.fillStyle = fill
  ctx.beginPath()
  ctx.roundRect(at.x, at.y, width, sizes.nameTag, tokens.space.xs)
  ctx.fill()
  ctx.fillStyle = ink
  ctx.textBaseline = 'middle'
  ctx.fillText(text, at.x + sizes.nameTagPadding, at.y + sizes.nameTag / 2 + 0.5)
}

/// An arrow pointing up left, 16 px high, with its name below.
const drawCursor = (ctx: Ctx, peer: Peer, at: Point): void => {
  const unit = sizes.cursor / 16
  ctx.save()
  ctx.translate(at.x, at.y)
  ctx.scale(unit, unit)
  const arrow = new Path2D('M0 0 L4.6 15 L7.4 8.6 L14 6 Z')
  ctx.fillStyle = peer.color
  ctx.strokeStyle = color('onPeer')
  ctx.lineWidth = 1.5
  ctx.lineJoin = 'round'
  ctx.stroke(arrow)
  ctx.fill(arrow)
  ctx.restore()
  drawTag(ctx, peer.name, { x: at.x + sizes.cursor * 0.7, y: at.y + sizes.cursor * 0.9 }, peer.color, color('onPeer'))
}

const drawPeers = (ctx: Ctx, session: Session, state: EditorState, now: number): void => {
  const page = state.page.get()
  const tree = session.doc.tree()
  for (const peer of session.presence.peers.get()) {
    ctx.strokeStyle = peer.color
    ctx.lineWidth = sizes.peerOutline
    for (const id of peer.selection) {
      if (tree.pageOf(id) !== page) continue
      const dragged = peer.drag !== undefined && peer.drag.nodes.includes(id) ? peer.drag : undefined
      const zoom = state.view.get().zoom
      const points = outlineInView(session, state, id)
      polygon(ctx, dragged === undefined ? points : points.map(p => ({ x: p.x + dragged.dx * zoom, y: p.y + dragged.dy * zoom })))
      ctx.stroke()
    }
    const { cursor } = peer
    if (cursor === undefined || cursor.page !== page || now - cursor.seenAt > tokens.motion.cursorFadeMs) continue
    drawCursor(ctx, peer, toView(state.view.get(), cursor))
  }
}

const drawSelection = (ctx: Ctx, session: Session, state: EditorState): void => {
  const selection = state.selection.get()
  ctx.strokeStyle = color('accent')
  ctx.lineWidth = sizes.selectionOutline
  for (const id of selection) {
    polygon(ctx, outlineInView(session, state, id))
    ctx.stroke()
  }
  const [only] = selection
  const node = only === undefined || selection.length > 1 ? undefined : session.doc.node(only)
  if (node === undefined || node.type === 'group' || state.editingText.get() !== undefined) return
  const live = state.frames.get().get(node.id)
  const size = live?.size ?? node.size
  if (session.mayEdit() && !node.locked && state.drag.get() === undefined) {
    const parent = session.doc.tree().shownParent.get(node.id) ?? ''
    const own = multiply(session.doc.pageTransform(parent), live?.transform ?? node.transform)
    ctx.fillStyle = color('handle')
    for (const handle of handles.slice(0, 4)) {
      const at = handlePoint(handle, own, size, state.view.get())
      ctx.beginPath()
      ctx.rect(at.x - sizes.handle / 2, at.y - sizes.handle / 2, sizes.handle, sizes.handle)
      ctx.fill()
      ctx.stroke()
    }
  }
  const points = outlineInView(session, state, node.id)
  const bottom = Math.max(...points.map(p => p.y))
  const middle = (Math.min(...points.map(p => p.x)) + Math.max(...points.map(p => p.x))) / 2
  const label = `${Math.round(size.width * 100) / 100} × ${Math.round(size.height * 100) / 100}`
  ctx.font = `${font.weight.medium} ${font.size.hint}px ${font.family}, sans-serif`
  const width = ctx.measureText(label).width + 2 * sizes.nameTagPadding
  drawTag(ctx, label, { x: middle - width / 2, y: bottom + badgeGapPx }, color('accent'), color('onAccent'))
}

export const drawFurniture = (ctx: Ctx, session: Session, state: EditorState, now: number): void => {
  drawFrameNames(ctx, session, state)
  drawPeers(ctx, session, state, now)
  const hover = state.hover.get()
  if (hover !== undefined && !state.selection.get().includes(hover) && session.doc.tree().pageOf(hover) !== '') {
    ctx.strokeStyle = color('accent')
    ctx.lineWidth = sizes.hoverOutline
    polygon(ctx, outlineInView(session, state, hover))
    ctx.stroke()
  }
  drawSelection(ctx, session, state)
  const view = viewTransform(state.view.get())
  for (const [rect, tint] of [[state.marquee.get(), marqueeTint], [state.draft.get(), 0]] as const) {
    if (rect === undefined) continue
    const { x, y, width, height } = rectFromCorners(
      applyTo(view, { x: rect.x, y: rect.y }), applyTo(view, { x: rect.x + rect.width, y: rect.y + rect.height }))
    ctx.save()
    ctx.fillStyle = ctx.strokeStyle = color('accent')
    ctx.lineWidth = sizes.selectionOutline
    ctx.globalAlpha = tint
    ctx.fillRect(x, y, width, height)
    ctx.globalAlpha = 1
    ctx.strokeRect(x, y, width, height)
    ctx.restore()
  }
}
