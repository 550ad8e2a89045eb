/// One line: zoom, what is selected, a hint for the tool in hand, who is here.
import { runAction, type ActionContext } from './actions'
import type { Tool } from '../canvas/editor_state'
import { useEditor, useStatus, useValue } from './hooks'
import { shortcutOf } from './shortcuts'

const hints: Readonly<Record<Tool, string>> = {
  select: 'Drag to move. Shift keeps one direction, Alt duplicates, Ctrl picks inside groups.',
  hand: 'Drag to move the view.',
  frame: 'Drag a frame. Shift makes it square.',
  rect: 'Drag a rectangle. Shift makes it square, Alt draws from the centre.',
  ellipse: 'Drag an ellipse. Shift makes it round, Alt draws from the centre.',
  line: 'Drag a line. Shift turns in steps of 15 degrees.',
  text: 'Click for a line of text, drag for a box.',
}

export const StatusBar = ({ actions }: { actions: ActionContext }) => {
  const { session, state } = useEditor()
  const view = useValue(state.view)
  const selection = useValue(state.selection)
  const tool = useValue(state.tool)
  const peers = useValue(session.presence.peers)
  const status = useStatus()
  const selected = selection.length === 0 ? 'Nothing selected' : selection.length === 1 ? '1 layer' : `${selection.length} layers`
  return (
    <footer className="status-bar" data-area="status">
      <button type="button" className="zoom" title={`Zoom to fit (${shortcutOf('zoom.fit')})`} aria-label={`Zoom ${Math.round(view.zoom * 100)} percent: zoom to fit`} onClick={() => runAction('zoom.fit', actions)}>{Math.round(view.zoom * 100)}%</button>
      <span>{selected}</span>
      <span className="hint grow">{status.mayEdit ? hints[tool] : status.deniedReason === undefined ? 'You can view this document.' : ''}</span>
      <span>{peers.length === 0 ? 'Only you are here' : peers.length === 1 ? '1 other person' : `${peers.length} other people`}</span>
    </footer>
  )
}
