/// What shortcuts and buttons do, by name.
import { assertNever } from '../base/assert'
import { united } from '../base/geometry'
import { deleteCommands, duplicateCommands, moveCommands, orderCommands, parentOf } from '../canvas/edits'
import type { EditorState } from '../canvas/editor_state'
import { fitted, nextZoomStep, zoomedAt } from '../canvas/viewport'
import { isRecoveredGroup } from '../document/tree'
import type { Session } from '../session/session'
import type { ActionName } from './shortcuts'

const duplicateOffset = 10
const selectionMarginPx = 40

export type ActionContext = {
  readonly session: Session
  readonly state: EditorState
  readonly announce: (text: string) => void
  readonly togglePanels: () => void
  readonly openGenerate: () => void
  readonly pickImage: () => void
}

const zoomStep = (state: EditorState, direction: 1 | -1): void => {
  const view = state.view.get()
  const { width, height } = state.canvasSize.get()
  state.view.set(zoomedAt(view, { x: width / 2, y: height / 2 }, nextZoomStep(view.zoom, direction)))
}

/// Shows the page's content with a tenth of the canvas around it, never enlarged.
export const zoomToFit = (session: Session, state: EditorState): void => {
  const page = state.page.get()
  const size = state.canvasSize.get()
  const margin = Math.min(size.width, size.height) / 10
  if (session.doc.tree().childrenOf(page).length > 0) state.view.set(fitted(session.doc.pageBounds(page), size, margin, 1))
  else state.view.set({ zoom: 1, x: size.width / 2, y: size.height / 2 })
}

/// Hides or locks all; when all are hidden or locked already, shows or unlocks them.
const toggleHidden = ({ session, state }: ActionContext): void => {
  const ids = state.selection.get()
  const vis = ids.every(id => session.doc.node(id)?.visible === false)
  session.edit(ids.map(node => ({ kind: 'setProperties', node, properties: { vis } })))
}
const toggleLocked = ({ session, state }: ActionContext): void => {
  const ids = state.selection.get()
  const lock = !ids.every(id => session.doc.node(id)?.locked === true)
  session.edit(ids.map(node => ({ kind: 'setProperties', node, properties: { lock } })))
}

const selectSibling = ({ session, state }: ActionContext, step: 1 | -1): void => {
  const [first] = state.selection.get()
  const parent = first === undefined ? state.page.get() : parentOf(session.doc, first)
  const siblings = session.doc.tree().childrenOf(parent).filter(id => !isRecoveredGroup(id))
  const at = first === undefined ? (step > 0 ? -1 : 0) : siblings.indexOf(first)
  const next = siblings[(at + step + siblings.length) % siblings.length]
  if (next !== undefined) state.select([next])
}

export const runAction = (action: ActionName, context: ActionContext): void => {
  const { session, state, announce } = context
  const selection = state.selection.get()
  switch (action) {
    case 'tool.select': return state.tool.set('select')
    case 'tool.hand': return state.tool.set('hand')
    case 'tool.frame': return state.tool.set('frame')
    case 'tool.rect': return state.tool.set('rect')
    case 'tool.ellipse': return state.tool.set('ellipse')
    case 'tool.line': return state.tool.set('line')
    case 'tool.text': return state.tool.set('text')
    case 'undo':
      session.undo()
      return announce('Undone')
    case 'redo':
      session.redo()
      return announce('Redone')
    case 'duplicate': {
      const { commands, copies } = duplicateCommands(session.doc, selection, duplicateOffset, duplicateOffset)
      if (commands.length > 0 && session.edit(commands) === undefined) state.select(copies)
      return
    }
    case 'delete': {
      const commands = deleteCommands(session.doc, selection)
      if (commands.length === 0 || session.edit(commands) !== undefined) return
      return announce(`Deleted ${commands.length === 1 ? '1 layer' : `${commands.length} layers`}`)
    }
    case 'selectAll':
      return state.select(session.doc.tree().childrenOf(state.page.get()).filter(id => session.doc.node(id)?.locked === false))
    case 'selectNone':
      if (state.tool.get() !== 'select') return state.tool.set('select')
      return state.select([])
    case 'enter': {
      const [only] = selection
      const node = only === undefined ? undefined : session.doc.node(only)
      if (node === undefined) return
      if (node.type === 'text' && session.mayEdit()) return state.editingText.set(node.id)
      const children = session.doc.tree().childrenOf(node.id)
      return children.length > 0 ? state.select(children) : undefined
    }
    case 'order.forward':
    case 'order.backward':
    case 'order.front':
    case 'order.back': {
      const step = ({ 'order.forward': 'forward', 'order.backward': 'backward', 'order.front': 'front', 'order.back': 'back' } as const)[action]
      const commands = orderCommands(session.doc, selection, step)
      if (commands.length > 0) session.edit(commands)
      return
    }
    case 'hide': return toggleHidden(context)
    case 'lock': return toggleLocked(context)
    case 'zoom.in': return zoomStep(state, 1)
    case 'zoom.out': return zoomStep(state, -1)
    case 'zoom.100': {
      const { width, height } = state.canvasSize.get()
      return state.view.set(zoomedAt(state.view.get(), { x: width / 2, y: height / 2 }, 1))
    }
    case 'zoom.fit': return zoomToFit(session, state)
    case 'zoom.selection': {
      const bounds = united(selection.map(id => session.doc.pageBounds(id)))
      return bounds === undefined ? undefined : state.view.set(fitted(bounds, state.canvasSize.get(), selectionMarginPx))
    }
    case 'panels': return context.togglePanels()
    case 'generate': return context.openGenerate()
    case 'image': return context.pickImage()
    case 'save': return session.toasts.show('info', 'Already saved: every change is kept as you make it.')
    case 'next': return selectSibling(context, 1)
    case 'previous': return selectSibling(context, -1)
    default: assertNever(action)
  }
}

/// Arrow keys: 1 document unit, with Shift 10.
export const nudge = (session: Session, state: EditorState, dx: number, dy: number): void => {
  const commands = moveCommands(session.doc, state.selection.get(), dx, dy)
  if (commands.length > 0) session.edit(commands, 'typing')
}

/// Digits set the opacity: 1..9 for 10..90 %, 0 for 100 %.
export const setOpacityDigit = (session: Session, state: EditorState, digit: number): void => {
  const op = digit === 0 ? 1 : digit / 10
  session.edit(state.selection.get().map(node => ({ kind: 'setProperties', node, properties: { op } })))
}
