/// React reads the document and the editor's state through these, and never copies it.
import { createContext, useContext, useSyncExternalStore } from 'react'
import type { NodeId } from '../base/ids'
import type { EditorState } from '../canvas/editor_state'
import type { DesignDoc } from '../document/design_doc'
import type { DesignNode } from '../document/schema'
import type { Tree } from '../document/tree'
import type { Session } from '../session/session'
import type { SyncStatus } from '../session/status'

export type Editor = { readonly session: Session; readonly state: EditorState; readonly announce: (text: string) => void }
export const EditorContext = createContext<Editor | undefined>(undefined)

export const useEditor = (): Editor => {
  const editor = useContext(EditorContext)
  if (editor === undefined) throw new Error('no editor around this component')
  return editor
}

type Watched<T> = { readonly subscribe: (listener: () => void) => () => void; readonly get: () => T }
export const useValue = <T>(watched: Watched<T>): T => useSyncExternalStore(watched.subscribe, watched.get)

export const useNode = (doc: DesignDoc, id: NodeId): DesignNode | undefined =>
  useSyncExternalStore(listener => doc.observe(id, listener), () => doc.node(id))

export const useTree = (doc: DesignDoc): Tree =>
  useSyncExternalStore(listener => doc.observeTree(listener), () => doc.tree())

/// Changes with every change of the document; for parts that read many nodes.
export const useRevision = (doc: DesignDoc): number =>
  useSyncExternalStore(listener => doc.observeAny(listener), () => doc.revision())

export const useStatus = (): SyncStatus => useValue(useEditor().session.status)
