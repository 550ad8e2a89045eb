/// Pointer input as a state machine: what a press starts, what moving shows, what releasing commits. A drag writes
/// awareness while it lasts and the document once, at its end.
import { rectFromCorners, rounded, type Point, type Rect } from '../base/geometry'
import { assertNever } from '../base/assert'
import { createBlank } from '../document/blank'
import type { NodeId } from '../base/ids'
import type { Session } from '../session/session'
import { tokens } from '../theme/tokens'
import { createCommand, duplicateCommands, frameCommands, moveCommands, topmostOf } from './edits'
import { isDrawingTool, type EditorState, type Frame, type Tool } from './editor_state'
import { handleAt, handleCursor, resized, type Handle } from './handles'
import { containerAt, nodeAt, nodesInside } from './hit_test'
import { toDoc, type Viewport } from './viewport'

export type PointerInfo = {
  readonly point: Point // view
  readonly button: number
  readonly shift: boolean
  readonly alt: boolean
  readonly mod: boolean
}

type DrawnTool = Exclude<Tool, 'select' | 'hand'>
type Gesture =
  | { readonly kind: 'none' }
  | { readonly kind: 'pan'; readonly from: Point; readonly view: Viewport }
  | { readonly kind: 'press'; readonly from: Point; readonly hit: NodeId; readonly wasSelected: boolean }
  | { readonly kind: 'move'; readonly from: Point; readonly nodes: readonly NodeId[] }
  | { readonly kind: 'resize'; readonly node: NodeId; readonly handle: Handle; readonly start: Frame }
  | { readonly kind: 'marquee'; readonly from: Point; readonly kept: readonly NodeId[] }
  | { readonly kind: 'draw'; readonly tool: DrawnTool; readonly from: Point; readonly parent: NodeId }

const dragStartsPx = 3
const defaultShapePx = 100

export class Gestures {
  #gesture: Gesture = { kind: 'none' }
  /// Space is held: the next press pans.
  panning = false

  constructor(private readonly session: Session, private readonly state: EditorState) {}

  isActive(): boolean {
    return this.#gesture.kind !== 'none'
  }

  press(info: PointerInfo): void {
    const { state } = this
    const tool = state.tool.get()
    if (info.button === 2 && this.isActive()) return this.cancel()
    if (info.button === 1 || this.panning || tool === 'hand') {
      this.#gesture = { kind: 'pan', from: info.point, view: state.view.get() }
      return
    }
    if (info.button !== 0) return
    const point = toDoc(state.view.get(), info.point)
    if (isDrawingTool(tool) && this.session.mayEdit()) {
      if (state.page.get() === '') createBlank(this.session.doc, 'Untitled')
      this.#gesture = { kind: 'draw', tool, from: point, parent: containerAt(this.session.doc, state.page.get(), point) }
      return
    }
    const handle = this.handleUnder(info.point)
    const [only] = state.selection.get()
    const node = only === undefined ? undefined : this.session.doc.node(only)
    if (handle !== undefined && node !== undefined) {
      this.#gesture = { kind: 'resize', node: node.id, handle, start: { transform: node.transform, size: node.size } }
      return
    }
    const hit = this.#hit(point, info.mod)
    if (hit === undefined) {
      const kept = info.shift ? state.selection.get() : []
      state.select(kept)
      this.#gesture = { kind: 'marquee', from: point, kept }
      return
    }
    const wasSelected = state.selection.get().includes(hit)
    if (info.shift) state.toggle(hit)
    else if (!wasSelected) state.select([hit])
    this.#gesture = { kind: 'press', from: info.point, hit, wasSelected: wasSelected && !info.shift }
  }

  move(info: PointerInfo): void {
    const { state } = this
    const point = toDoc(state.view.get(), info.point)
    this.session.presence.setCursor(state.page.get(), point)
    const gesture = this.#gesture
    switch (gesture.kind) {
      case 'none':
        state.hover.set(state.tool.get() === 'select' ? this.#hit(point, info.mod) : undefined)
        return
      case 'pan':
        state.view.set({ ...gesture.view, x: gesture.view.x + info.point.x - gesture.from.x, y: gesture.view.y + info.point.y - gesture.from.y })
        return
      case 'press': {
        if (Math.hypot(info.point.x - gesture.from.x, info.point.y - gesture.from.y) < dragStartsPx || !this.session.mayEdit()) return
        const nodes = topmostOf(this.session.doc, state.selection.get()).filter(id => this.session.doc.node(id)?.locked === false)
        if (nodes.length === 0) return
        this.#gesture = { kind: 'move', from: toDoc(state.view.get(), gesture.from), nodes }
        return this.move(info)
      }
      case 'move': {
        let [dx, dy] = [point.x - gesture.from.x, point.y - gesture.from.y]
        if (info.shift) [dx, dy] = Math.abs(dx) > Math.abs(dy) ? [dx, 0] : [0, dy]
        const drag = { nodes: gesture.nodes, dx: this.#snapped(dx), dy: this.#snapped(dy) }
        state.drag.set(drag)
        this.session.presence.setDrag(drag)
        return
      }
      case 'resize': {
        const at = { x: this.#snapped(point.x), y: this.#snapped(point.y) }
        const frame = resized(gesture.start, this.session.doc.pageTransform(gesture.node), gesture.handle, at, info.shift, info.alt)
        state.frames.set(new Map([[gesture.node, frame]]))
        return
      }
      case 'marquee': {
        const rect = rectFromCorners(gesture.from, point)
        state.marquee.set(rect)
        const inside = nodesInside(this.session.doc, state.page.get(), rect)
        state.select([...new Set([...gesture.kept, ...inside])])
        return
      }
      case 'draw':
        state.draft.set(this.#draftRect(gesture.tool, gesture.from, point, info))
        return
      default:
        assertNever(gesture)
    }
  }

  release(info: PointerInfo): void {
    const { session, state } = this
    const gesture = this.#gesture
    this.#gesture = { kind: 'none' }
    switch (gesture.kind) {
      case 'none':
      case 'pan':
      case 'marquee':
        break
      case 'press':
        if (gesture.wasSelected && state.selection.get().length > 1) state.select([gesture.hit])
        break
      case 'move': {
        const drag = state.drag.get()
        if (drag === undefined || (drag.dx === 0 && drag.dy === 0)) break
        if (info.alt) {
          const { commands, copies } = duplicateCommands(session.doc, drag.nodes, drag.dx, drag.dy)
          if (session.edit(commands) === undefined) state.select(copies)
        } else {
          session.edit(moveCommands(session.doc, drag.nodes, drag.dx, drag.dy))
        }
        break
      }
      case 'resize': {
        const frame = state.frames.get().get(gesture.node)
        const node = session.doc.node(gesture.node)
        if (frame !== undefined && node !== undefined) session.edit(frameCommands(node, frame))
        break
      }
      case 'draw':
        this.#finishDrawing(gesture, toDoc(state.view.get(), info.point), info)
        break
      default:
        assertNever(gesture)
    }
    this.#clear()
  }

  cancel(): void {
    const gesture = this.#gesture
    this.#gesture = { kind: 'none' }
    if (gesture.kind === 'pan') this.state.view.set(gesture.view)
    this.#clear()
  }

  leave(): void {
    this.state.hover.set(undefined)
    this.session.presence.setCursor(this.state.page.get(), undefined)
  }

  doubleClick(info: PointerInfo): void {
    const hit = this.#hit(toDoc(this.state.view.get(), info.point), true)
    const node = hit === undefined ? undefined : this.session.doc.node(hit)
    if (hit === undefined || node === undefined) return
    this.state.select([hit])
    if (node.type === 'text' && this.session.mayEdit()) this.state.editingText.set(hit)
  }

  cursor(point: Point): string {
    const tool = this.state.tool.get()
    if (this.#gesture.kind === 'pan') return 'grabbing'
    if (this.panning || tool === 'hand') return 'grab'
    if (tool === 'text') return 'text'
    if (isDrawingTool(tool)) return 'crosshair'
    const handle = this.#gesture.kind === 'resize' ? this.#gesture.handle : this.handleUnder(point)
    const [only] = this.state.selection.get()
    return handle !== undefined && only !== undefined ? handleCursor(handle, this.session.doc.pageTransform(only)) : 'default'
  }

  /// Handles exist for one selected, unlocked node with a box of its own.
  handleUnder(point: Point): Handle | undefined {
    const selection = this.state.selection.get()
    const [only] = selection
    const node = only === undefined || selection.length > 1 ? undefined : this.session.doc.node(only)
    if (node === undefined || node.locked || node.type === 'group' || !this.session.mayEdit()) return undefined
    return handleAt(point, this.session.doc.pageTransform(node.id), node.size, this.state.view.get(), tokens.canvas.handleHit)
  }

  #hit(point: Point, deep: boolean): NodeId | undefined {
    return nodeAt(this.session.doc, this.state.page.get(), point, tokens.canvas.pickRadius / this.state.view.get().zoom, deep)
  }

  /// Whole document pixels, finer when zoomed in.
  #snapped(value: number): number {
    return this.state.view.get().zoom >= 4 ? rounded(value) : Math.round(value)
  }

  #draftRect(tool: DrawnTool, from: Point, to: Point, info: PointerInfo): Rect {
    let [dx, dy] = [to.x - from.x, to.y - from.y]
    if (info.shift && tool !== 'line') {
      const side = Math.max(Math.abs(dx), Math.abs(dy))
      ;[dx, dy] = [Math.sign(dx) * side, Math.sign(dy) * side]
    } else if (info.shift) {
      const step = Math.PI / 12
      const angle = Math.round(Math.atan2(dy, dx) / step) * step
      const reach = Math.hypot(dx, dy)
      ;[dx, dy] = [Math.cos(angle) * reach, Math.sin(angle) * reach]
    }
    const start = { x: this.#snapped(from.x), y: this.#snapped(from.y) }
    const end = { x: this.#snapped(from.x + dx), y: this.#snapped(from.y + dy) }
    const rect = rectFromCorners(start, end)
    return info.alt ? { x: start.x - rect.width, y: start.y - rect.height, width: 2 * rect.width, height: 2 * rect.height } : rect
  }

  #finishDrawing(gesture: Extract<Gesture, { kind: 'draw' }>, to: Point, info: PointerInfo): void {
    const { session, state } = this
    const { tool, from, parent } = gesture
    const moved = Math.hypot(to.x - from.x, to.y - from.y) * state.view.get().zoom >= dragStartsPx
    const rect = moved ? this.#draftRect(tool, from, to, info) : this.#clickRect(tool, from)
    const isText = tool === 'text'
    const para = { align: 'left', verticalAlign: 'top', autoSize: moved ? 'height' : 'widthAndHeight' }
    const flipY = tool === 'line' && (to.x - from.x) * (to.y - from.y) < 0
    const command = createCommand(session.doc, tool, parent, rect, isText ? { para } : {}, flipY)
    if (session.edit([command]) !== undefined) return
    state.select([command.id])
    state.tool.set('select')
    if (isText) state.editingText.set(command.id)
  }

  #clickRect(tool: DrawnTool, at: Point): Rect {
    const x = this.#snapped(at.x)
    const y = this.#snapped(at.y)
    if (tool === 'text') return { x, y, width: 0, height: 0 }
    return { x, y, width: defaultShapePx, height: tool === 'line' ? 0 : defaultShapePx }
  }

  #clear(): void {
    this.state.drag.set(undefined)
    this.state.frames.set(new Map())
    this.state.marquee.set(undefined)
    this.state.draft.set(undefined)
    this.session.presence.setDrag(undefined)
  }
}
