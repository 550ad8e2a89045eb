/// What the person at this screen is doing: page, view, tool, selection, and what a gesture shows before it commits.
/// None of it is in the document.
import type { Rect, Size, Transform } from '../base/geometry'
import type { NodeId } from '../base/ids'
import { Observable } from '../base/observable'
import type { DesignDoc } from '../document/design_doc'
import { isRecoveredGroup } from '../document/tree'
import type { LiveDrag } from '../session/presence'
import type { Viewport } from './viewport'

export const tools = ['select', 'hand', 'frame', 'rect', 'ellipse', 'line', 'text'] as const
export type Tool = (typeof tools)[number]
export const isDrawingTool = (tool: Tool): tool is Exclude<Tool, 'select' | 'hand'> => tool !== 'select' && tool !== 'hand'

export type Frame = { readonly transform: Transform; readonly size: Size }

export class EditorState {
  readonly page: Observable<NodeId>
  readonly tool = new Observable<Tool>('select')
  readonly selection = new Observable<readonly NodeId[]>([])
  readonly hover = new Observable<NodeId | undefined>(undefined)
  readonly view = new Observable<Viewport>({ zoom: 1, x: 0, y: 0 })
  readonly canvasSize = new Observable<Size>({ width: 0, height: 0 })
  readonly drag = new Observable<LiveDrag | undefined>(undefined)
  readonly frames = new Observable<ReadonlyMap<NodeId, Frame>>(new Map())
  readonly marquee = new Observable<Rect | undefined>(undefined)
  /// Page rectangle of the shape being drawn.
  readonly draft = new Observable<Rect | undefined>(undefined)
  readonly editingText = new Observable<NodeId | undefined>(undefined)

  constructor(private readonly doc: DesignDoc) {
    this.page = new Observable(doc.tree().pages[0] ?? '')
    doc.observeTree(() => this.#followTree())
    this.#followTree()
  }

  select(ids: readonly NodeId[]): void {
    const before = this.selection.get()
    if (ids.length !== before.length || ids.some((id, index) => id !== before[index])) this.selection.set(ids)
  }

  toggle(id: NodeId): void {
    const before = this.selection.get()
    this.select(before.includes(id) ? before.filter(other => other !== id) : [...before, id])
  }

  /// Everything a watcher of the canvas has to redraw for.
  watched(): readonly { subscribe(listener: () => void): () => void }[] {
    return [this.page, this.tool, this.selection, this.hover, this.view, this.canvasSize, this.drag, this.frames, this.marquee, this.draft, this.editingText]
  }

  /// A page or a selected node may be gone, by me or by somebody else.
  #followTree(): void {
    const tree = this.doc.tree()
    if (!tree.pages.includes(this.page.get())) this.page.set(tree.pages[0] ?? '')
    this.select(this.selection.get().filter(id => tree.pageOf(id) === this.page.get() && !isRecoveredGroup(id)))
    const editing = this.editingText.get()
    if (editing !== undefined && tree.pageOf(editing) === '') this.editingText.set(undefined)
  }
}
