/// The canvas element: feeds pointer, wheel and keys to the gestures and actions, and shows what the painter draws.
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import type { Point } from '../base/geometry'
import { Gestures, type PointerInfo } from '../canvas/gestures'
import { Painter } from '../canvas/painter'
import type { EditorState } from '../canvas/editor_state'
import { toDoc, zoomedAt } from '../canvas/viewport'
import { placeImage } from '../session/place_image'
import type { Session } from '../session/session'
import { nudge, runAction, setOpacityDigit, zoomToFit, type ActionContext } from './actions'
import { useEditor, useStatus, useValue } from './hooks'
import { actionFor, hasMod } from './shortcuts'
import { TextEditor } from './text_editor'

const wheelZoomRate = 0.0022
const arrows: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
const largeNudge = 10

const infoOf = (event: PointerEvent<HTMLElement> | React.MouseEvent<HTMLElement>, element: HTMLElement): PointerInfo => {
  const box = element.getBoundingClientRect()
  return {
    point: { x: event.clientX - box.left, y: event.clientY - box.top },
    button: event.button, shift: event.shiftKey, alt: event.altKey, mod: hasMod(event),
  }
}

/// `point` in view coordinates.
export const placeImageAt = async (session: Session, state: EditorState, file: File, point: Point): Promise<void> => {
  const node = await placeImage(session, file, state.page.get(), toDoc(state.view.get(), point))
  if (node !== undefined) state.select([node])
}

type Pinch = { readonly distance: number; readonly x: number; readonly y: number }

export const Canvas = ({ actions, onPainter }: { actions: ActionContext; onPainter: (painter: Painter | undefined) => void }) => {
  const { session, state } = useEditor()
  const element = useRef<HTMLCanvasElement>(null)
  const [gestures] = useState(() => new Gestures(session, state))
  const [cursor, setCursor] = useState('default')
  const touches = useRef(new Map<number, { x: number; y: number }>())
  const editing = useValue(state.editingText)
  const tool = useValue(state.tool)
  const page = useValue(state.page)
  const size = useValue(state.canvasSize)
  const status = useStatus()
  const fittedPage = useRef<string | undefined>(undefined)

  useEffect(() => {
    const canvas = element.current
    if (canvas === null) return undefined
    const painter = new Painter(canvas, session, state)
    onPainter(painter)
    const wheel = (event: WheelEvent): void => {
      event.preventDefault()
      const box = canvas.getBoundingClientRect()
      const view = state.view.get()
      if (event.ctrlKey || event.metaKey) {
        const anchor = { x: event.clientX - box.left, y: event.clientY - box.top }
        state.view.set(zoomedAt(view, anchor, view.zoom * Math.exp(-event.deltaY * wheelZoomRate * (event.deltaMode === 1 ? 16 : 1))))
      } else {
        const [dx, dy] = event.shiftKey && event.deltaX === 0 ? [event.deltaY, 0] : [event.deltaX, event.deltaY]
        state.view.set({ ...view, x: view.x - dx, y: view.y - dy })
      }
    }
    canvas.addEventListener('wheel', wheel, { passive: false })
    return () => {
      canvas.removeEventListener('wheel', wheel)
      onPainter(undefined)
      painter.stop()
    }
  }, [session, state, onPainter])

  // The first content of a page is brought into view; later changes never move the view, nor does the first page of an
  // empty room, which the first drawing makes.
  useEffect(() => {
    if (size.width === 0 || status.isLoading || fittedPage.current === page) return
    const wasEmptyRoom = fittedPage.current === ''
    fittedPage.current = page
    if (!wasEmptyRoom) zoomToFit(session, state)
  }, [page, size, status.isLoading, session, state])

  useEffect(() => state.selection.subscribe(() => session.presence.setSelection(state.selection.get())), [session, state])

  const pinchOf = (): Pinch | undefined => {
    const [a, b] = [...touches.current.values()]
    return a === undefined || b === undefined ? undefined : { distance: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
  }
  const onPointerDown = (event: PointerEvent<HTMLCanvasElement>): void => {
    event.currentTarget.focus({ preventScroll: true })
    event.currentTarget.setPointerCapture(event.pointerId)
    const info = infoOf(event, event.currentTarget)
    if (event.pointerType === 'touch') {
      touches.current.set(event.pointerId, info.point)
      if (touches.current.size > 1) return gestures.cancel()
    }
    state.editingText.set(undefined)
    gestures.press(info)
    setCursor(gestures.cursor(info.point))
  }
  const onPointerMove = (event: PointerEvent<HTMLCanvasElement>): void => {
    const info = infoOf(event, event.currentTarget)
    if (touches.current.has(event.pointerId)) {
      const before = pinchOf()
      touches.current.set(event.pointerId, info.point)
      const after = pinchOf()
      if (before !== undefined && after !== undefined) {
        const moved = { ...state.view.get(), x: state.view.get().x + after.x - before.x, y: state.view.get().y + after.y - before.y }
        state.view.set(zoomedAt(moved, after, (moved.zoom * after.distance) / Math.max(1, before.distance)))
        return
      }
    }
    gestures.move(info)
    setCursor(gestures.cursor(info.point))
  }
  const onPointerUp = (event: PointerEvent<HTMLCanvasElement>): void => {
    touches.current.delete(event.pointerId)
    const info = infoOf(event, event.currentTarget)
    gestures.release(info)
    setCursor(gestures.cursor(info.point))
  }

  const onKeyDown = (event: KeyboardEvent<HTMLCanvasElement>): void => {
    if (event.key === ' ') {
      gestures.panning = true
      setCursor('grab')
      event.preventDefault()
      return
    }
    if (event.key === 'Escape' && gestures.isActive()) return gestures.cancel()
    const arrow = arrows[event.key]
    if (arrow !== undefined && !hasMod(event)) {
      const by = event.shiftKey ? largeNudge : 1
      nudge(session, state, arrow[0] * by, arrow[1] * by)
      event.preventDefault()
      return
    }
    if (/^[0-9]$/.test(event.key) && !hasMod(event) && !event.shiftKey && !event.altKey && state.selection.get().length > 0) {
      setOpacityDigit(session, state, Number(event.key))
      event.preventDefault()
      return
    }
    const action = actionFor(event)
    if (action === undefined) return
    // With nothing selected, Tab leaves the canvas like any control.
    if ((action === 'next' || action === 'previous') && state.selection.get().length === 0) return
    event.preventDefault()
    event.stopPropagation()
    runAction(action, actions)
  }

  return (
    <div className="canvas-area" style={{ cursor: tool === 'select' ? cursor : cursor === 'default' ? undefined : cursor }}>
      <canvas
        ref={element} tabIndex={0} role="application" aria-label="Canvas" aria-describedby="canvas-help" data-area="canvas"
        onPointerDown={onPointerDown} onPointerMove={onPointerMove} onPointerUp={onPointerUp} onPointerCancel={() => gestures.cancel()}
        onPointerLeave={() => gestures.leave()} onDoubleClick={event => gestures.doubleClick(infoOf(event, event.currentTarget))}
        onContextMenu={event => event.preventDefault()} onKeyDown={onKeyDown}
        onDragOver={event => { if (status.mayEdit) event.preventDefault() }}
        onDrop={event => {
          event.preventDefault()
          const { point } = infoOf(event, event.currentTarget)
          for (const file of status.mayEdit ? [...event.dataTransfer.files] : []) void placeImageAt(session, state, file, point)
        }}
        onKeyUp={event => {
          if (event.key !== ' ') return
          gestures.panning = false
          setCursor('default')
        }}
      />
      <p id="canvas-help" className="visually-hidden">
        Tab and Shift+Tab walk the layers, arrow keys move the selection, Enter edits text, Escape lets go. F6 goes to the next area.
      </p>
      {editing === undefined ? null : <TextEditor key={editing} id={editing} onDone={() => element.current?.focus()} />}
    </div>
  )
}
