/// My own undo: reverts the edits of this client and nobody else's. A command is one step; typing in one text within
/// half a second is one step.
import * as Y from 'yjs'
import type { DesignDoc, Listener } from './design_doc'

export const ownEdit = Symbol('own edit')
const typingPauseMs = 500

export class History {
  readonly #manager: Y.UndoManager
  readonly #listeners = new Set<Listener>()

  constructor(doc: DesignDoc) {
    const scope = ['meta', 'modes', 'nodes', 'styles', 'tokens'].map(root => doc.ydoc.getMap(root))
    this.#manager = new Y.UndoManager(scope, { trackedOrigins: new Set([ownEdit]), captureTimeout: typingPauseMs })
    const changed = (): void => this.#listeners.forEach(listener => listener())
    this.#manager.on('stack-item-added', changed)
    this.#manager.on('stack-item-popped', changed)
    this.#manager.on('stack-cleared', changed)
  }

  /// Call before an edit that is a step of its own.
  startStep(): void {
    this.#manager.stopCapturing()
  }

  undo(): void {
    this.#manager.undo()
  }
  redo(): void {
    this.#manager.redo()
  }
  canUndo = (): boolean => this.#manager.undoStack.length > 0
  canRedo = (): boolean => this.#manager.redoStack.length > 0

  observe = (listener: Listener): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
