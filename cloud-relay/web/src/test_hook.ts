/// For end-to-end tests and the tour: with ?test=1 in the address, window.__tessera reads and drives this client.
///   canonicalJson()    everything in the document, as core/document's canonicalJson() writes it
///   nodeIds()          ids of all stored nodes, ascending
///   apply(command)     one Command or a list of them (document/command.ts), as one undoable edit; returns an error text or ""
///   state()            what the person sees of saving and syncing (`synced`, `unsynced`, `text`), role, selection, view, page, peers
///   goOffline()        closes the connection and stays offline; goOnline() connects again
///   screenshotReady()  resolves when fonts and images are there and the canvas has drawn the current state
import type { EditorState } from './canvas/editor_state'
import type { Painter } from './canvas/painter'
import { canonicalJson } from './document/canonical'
import { describe, type Command } from './document/command'
import type { Session } from './session/session'

const settleMs = 50

const screenshotReady = async (session: Session, painter: () => Painter | undefined): Promise<void> => {
  await document.fonts.ready
  for (;;) {
    await new Promise(resolve => setTimeout(resolve, settleMs))
    const isDrawn = painter()?.isIdle() === true
    if (isDrawn && session.blobs.isSettled() && document.fonts.status === 'loaded') return
  }
}

export type TestHook = {
  canonicalJson(): string
  nodeIds(): string[]
  apply(command: Command | Command[]): string
  state(): Record<string, unknown>
  goOffline(): void
  goOnline(): void
  screenshotReady(): Promise<void>
}

export const exposeTestHook = (session: Session, editor: EditorState, painter: () => Painter | undefined): void => {
  if (new URLSearchParams(location.search).get('test') !== '1') return
  const hook: TestHook = {
    canonicalJson: () => canonicalJson(session.doc.ydoc),
    nodeIds: () => session.doc.nodeIds(),
    apply: command => {
      if (!session.mayEdit()) return 'read-only'
      const error = session.edit(Array.isArray(command) ? command : [command])
      return error === undefined ? '' : describe(error)
    },
    state: () => ({
      ...session.status.get(), synced: session.status.get().isSynced, selection: editor.selection.get(), view: editor.view.get(), page: editor.page.get(),
      peers: session.presence.peers.get(), editingText: editor.editingText.get() ?? null,
    }),
    goOffline: () => session.disconnect(),
    goOnline: () => session.connect(),
    screenshotReady: () => screenshotReady(session, painter),
  }
  Object.assign(window, { __tessera: hook })
}
