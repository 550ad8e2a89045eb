/// Redraws the canvas element when something it shows has changed, at most once a frame, in device pixels.
import { multiply } from '../base/geometry'
import type { NodeId } from '../base/ids'
import type { Session } from '../session/session'
import { color, theme, tokens } from '../theme/tokens'
import { drawPage, type DrawRequest } from './draw'
import type { EditorState } from './editor_state'
import { drawFurniture } from './furniture'
import { forgetLayouts } from './text_layout'
import { viewTransform } from './viewport'

export class Painter {
  #scheduled = 0
  #drawn = 0
  readonly #unsubscribe: (() => void)[] = []
  readonly #observer: ResizeObserver
  #fade: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly session: Session,
    private readonly state: EditorState,
  ) {
    this.#observer = new ResizeObserver(entries => {
      const box = entries[0]?.contentRect
      if (box !== undefined) this.#resize(box.width, box.height)
    })
    this.#observer.observe(canvas)
    const watched = [...state.watched(), session.presence.peers, session.blobs, theme]
    this.#unsubscribe.push(session.doc.observeAny(this.invalidate), ...watched.map(item => item.subscribe(this.invalidate)))
    const fontsLoaded = (): void => {
      forgetLayouts()
      this.invalidate()
    }
    document.fonts.addEventListener('loadingdone', fontsLoaded)
    this.#unsubscribe.push(() => document.fonts.removeEventListener('loadingdone', fontsLoaded))
  }

  readonly invalidate = (): void => {
    if (this.#scheduled === 0) this.#scheduled = requestAnimationFrame(this.#draw)
  }

  isIdle(): boolean {
    return this.#scheduled === 0 && this.#drawn > 0
  }

  stop(): void {
    cancelAnimationFrame(this.#scheduled)
    clearTimeout(this.#fade)
    this.#observer.disconnect()
    this.#unsubscribe.forEach(stop => stop())
  }

  #resize(width: number, height: number): void {
    const ratio = devicePixelRatio
    this.canvas.width = Math.max(1, Math.round(width * ratio))
    this.canvas.height = Math.max(1, Math.round(height * ratio))
    this.state.canvasSize.set({ width, height })
    this.invalidate()
  }

  readonly #draw = (): void => {
    this.#scheduled = 0
    ++this.#drawn
    const ctx = this.canvas.getContext('2d')
    if (ctx === null) return
    const { session, state, canvas } = this
    const ratio = devicePixelRatio
    ctx.resetTransform()
    ctx.fillStyle = color('canvas')
    ctx.fillRect(0, 0, canvas.width, canvas.height)
    const shifts = new Map<NodeId, { dx: number; dy: number }>()
    for (const drag of [...session.presence.peers.get().map(peer => peer.drag), state.drag.get()]) {
      if (drag === undefined) continue
      for (const id of drag.nodes) shifts.set(id, drag)
    }
    const request: DrawRequest = {
      doc: session.doc, blobs: session.blobs, shifts, frames: state.frames.get(),
      target: { width: canvas.width, height: canvas.height },
    }
    drawPage(ctx, request, state.page.get(), multiply([ratio, 0, 0, ratio, 0, 0], viewTransform(state.view.get())))
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0)
    drawFurniture(ctx, session, state, Date.now())
    this.#fadeCursorsLater()
  }

  /// Cursors that rest are taken away, although nothing else changes.
  #fadeCursorsLater(): void {
    clearTimeout(this.#fade)
    const hasCursors = this.session.presence.peers.get().some(peer => peer.cursor !== undefined && Date.now() - peer.cursor.seenAt <= tokens.motion.cursorFadeMs)
    if (hasCursors) this.#fade = setTimeout(this.invalidate, tokens.motion.cursorFadeMs)
  }
}
