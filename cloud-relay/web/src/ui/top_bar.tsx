/// File name, saving and syncing, tools, history, theme, people and sharing.
import { useState } from 'react'
import { tools, type Tool } from '../canvas/editor_state'
import type { Peer } from '../session/presence'
import type { SyncTone } from '../session/status'
import { themeChoice, theme, tokens } from '../theme/tokens'
import { runAction, type ActionContext } from './actions'
import { IconButton } from './controls'
import { useEditor, useRevision, useStatus, useValue } from './hooks'
import { Icon, type IconName } from './icons'
import { shortcutOf, type ActionName } from './shortcuts'
import { useSyncExternalStore } from 'react'

const toolWords: Readonly<Record<Tool, string>> = { select: 'Select', hand: 'Hand', frame: 'Frame', rect: 'Rectangle', ellipse: 'Ellipse', line: 'Line', text: 'Text' }
const toolIcons: Readonly<Record<Tool, IconName>> = { select: 'pointer', hand: 'hand', frame: 'frame', rect: 'rect', ellipse: 'circle', line: 'line', text: 'text' }
const toneIcons: Readonly<Record<SyncTone, IconName>> = { ok: 'cloud', busy: 'device', offline: 'cloudOff', warn: 'alert', danger: 'alert' }
const mostAvatars = 4

export const SyncPill = () => {
  const status = useStatus()
  return (
    <span className="sync" data-tone={status.tone} role="status" title={status.detail}>
      <Icon name={toneIcons[status.tone]} />
      <span className="sync-text">{status.text}</span>
    </span>
  )
}

export const ToolBar = ({ actions }: { actions: ActionContext }) => {
  const { session, state } = useEditor()
  const tool = useValue(state.tool)
  const { mayEdit } = useStatus()
  useRevision(session.doc)
  const canUndo = useSyncExternalStore(session.history.observe, session.history.canUndo)
  const canRedo = useSyncExternalStore(session.history.observe, session.history.canRedo)
  return (
    <div className="tools" role="toolbar" aria-label="Tools" data-area="tools">
      {tools.filter(item => mayEdit || item === 'select' || item === 'hand').map(item => (
        <IconButton
          key={item} icon={toolIcons[item]} label={toolWords[item]} shortcut={shortcutOf(`tool.${item}` satisfies ActionName)}
          pressed={tool === item} optional={item === 'hand' || item === 'line'} onClick={() => state.tool.set(item)}
        />
      ))}
      {mayEdit ? (
        <>
          <IconButton icon="image" label="Place a picture" shortcut={shortcutOf('image')} onClick={() => runAction('image', actions)} />
          <span className="divider" />
          <IconButton icon="undo" label="Undo" shortcut={shortcutOf('undo')} disabled={!canUndo} onClick={() => runAction('undo', actions)} />
          <IconButton icon="redo" label="Redo" shortcut={shortcutOf('redo')} disabled={!canRedo} onClick={() => runAction('redo', actions)} />
        </>
      ) : null}
    </div>
  )
}

const initials = (name: string): string => name.split(/\s+/).map(word => [...word][0] ?? '').join('').slice(0, 2).toUpperCase()

const Avatar = ({ name, color, label, onClick }: { name: string; color: string; label: string; onClick: () => void }) => (
  <button type="button" className="avatar" style={{ background: color }} aria-label={label} title={label} onClick={onClick}>{initials(name)}</button>
)

const People = () => {
  const { session, state } = useEditor()
  const peers = useValue(session.presence.peers)
  const own = useValue(session.presence.name)
  const color = useValue(session.presence.ownColor)
  const [renaming, setRenaming] = useState(false)
  const goTo = (peer: Peer): void => {
    if (peer.cursor === undefined) return
    const { width, height } = state.canvasSize.get()
    const view = state.view.get()
    state.page.set(peer.cursor.page)
    state.view.set({ ...view, x: width / 2 - peer.cursor.x * view.zoom, y: height / 2 - peer.cursor.y * view.zoom })
  }
  return (
    <div className="people" role="group" aria-label="People here">
      {peers.slice(0, mostAvatars).map(peer => <Avatar key={peer.client} name={peer.name} color={peer.color} label={`${peer.name}: go to cursor`} onClick={() => goTo(peer)} />)}
      {peers.length > mostAvatars ? <span className="avatar more" title={peers.slice(mostAvatars).map(peer => peer.name).join(', ')}>+{peers.length - mostAvatars}</span> : null}
      {renaming ? (
        <input
          className="own-name" aria-label="Your name" autoFocus defaultValue={own} maxLength={40} onFocus={event => event.target.select()}
          onBlur={event => { session.presence.name.set(event.target.value.trim() || own); setRenaming(false) }}
          onKeyDown={event => { if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur() }}
        />
      ) : <Avatar name={own} color={color} label={`${own} (you): change your name`} onClick={() => setRenaming(true)} />}
    </div>
  )
}

export const TopBar = ({ actions, onShare }: { actions: ActionContext; onShare: () => void }) => {
  const { session } = useEditor()
  useRevision(session.doc)
  const status = useStatus()
  const current = useValue(theme)
  return (
    <header className="top-bar">
      <div className="file">
        <a className="home" href="/" aria-label="Home" title="Home"><img src="/icon.svg" alt="" width={tokens.size.swatch} height={tokens.size.swatch} /></a>
        <h1 title={session.doc.name()}>{session.doc.name()}</h1>
        <SyncPill />
        {status.role !== undefined && !status.mayEdit ? <span className="badge"><Icon name="eye" />View only</span> : null}
      </div>
      <ToolBar actions={actions} />
      <div className="end">
        <IconButton icon={current === 'dark' ? 'sun' : 'moon'} label={current === 'dark' ? 'Light theme' : 'Dark theme'} onClick={() => themeChoice.set(current === 'dark' ? 'light' : 'dark')} />
        <People />
        {status.deniedReason === undefined ? <button type="button" className="button primary" aria-label="Share" onClick={onShare}><Icon name="share" /><span>Share</span></button> : null}
      </div>
    </header>
  )
}
