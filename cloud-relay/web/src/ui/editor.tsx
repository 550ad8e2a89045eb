/// The editor of one room: bars, panels and canvas around a session.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { EditorState } from '../canvas/editor_state'
import type { Painter } from '../canvas/painter'
import { Generation } from '../session/generation'
import { imageTypes } from '../session/place_image'
import type { Session } from '../session/session'
import { exposeTestHook } from '../test_hook'
import { runAction, type ActionContext } from './actions'
import { Canvas, placeImageAt } from './canvas'
import { GeneratePanel } from './generate_panel'
import { EditorContext, useStatus, useTree, useValue, useEditor, type Editor } from './hooks'
import { Icon, type IconName } from './icons'
import { LayersPanel } from './layers_panel'
import { PropertiesPanel } from './properties_panel'
import { ShareDialog } from './share_dialog'
import { actionFor } from './shortcuts'
import { StatusBar } from './status_bar'
import { ToastList } from './toast_list'
import { TopBar } from './top_bar'

type Panel = 'design' | 'generate'
type Sheet = 'layers' | Panel | undefined

const PageMessage = () => {
  const { session, state } = useEditor()
  const status = useStatus()
  const tree = useTree(session.doc)
  const page = useValue(state.page)
  if (status.deniedReason !== undefined) {
    return (
      <div className="page-message" role="alert">
        <Icon name="lock" />
        <h2>You cannot open this document with this link</h2>
        <p>Ask the person who shared it for a new link.{status.unsynced > 0 ? ` ${status.detail}` : ''}</p>
        <p className="hint">The relay says: {status.deniedReason}</p>
      </div>
    )
  }
  if (status.isLoading) {
    return (
      <div className="page-message" role="status">
        <span className="spinner" />
        <p>{status.isOnline || status.text === 'Connecting' ? 'Opening the document' : 'Waiting for the relay. This device has no copy of this document yet.'}</p>
      </div>
    )
  }
  if (tree.childrenOf(page).length === 0) {
    return (
      <div className="page-message hints">
        <p>{status.mayEdit ? 'This page is empty.' : 'This page is empty. When somebody draws, you see it here.'}</p>
        {status.mayEdit ? <p><kbd>R</kbd> rectangle <kbd>F</kbd> frame <kbd>T</kbd> text</p> : null}
      </div>
    )
  }
  return null
}

const Tab = ({ name, label, icon, current, onPick }: { name: Panel; label: string; icon: IconName; current: Panel; onPick: (panel: Panel) => void }) => (
  <button type="button" role="tab" id={`tab-${name}`} aria-selected={current === name} aria-controls="right-panel" onClick={() => onPick(name)}><Icon name={icon} />{label}</button>
)

const areas = ['tools', 'canvas', 'left', 'right', 'status'] as const

/// F6 walks the areas of the window.
const focusNextArea = (backward: boolean): void => {
  const found = areas.map(area => document.querySelector<HTMLElement>(`[data-area=${area}]`)).filter(element => element !== null && element.offsetParent !== null)
  const at = found.findIndex(element => element?.contains(document.activeElement))
  const next = found[(at + (backward ? -1 : 1) + found.length) % found.length]
  const focusable = next?.matches('canvas') === true ? next : next?.querySelector<HTMLElement>('button:not(:disabled), input:not(:disabled), [tabindex="0"], select, textarea')
  focusable?.focus()
}

export const EditorView = ({ session }: { session: Session }) => {
  const [state] = useState(() => new EditorState(session.doc))
  const [generation] = useState(() => new Generation(session))
  const [panel, setPanel] = useState<Panel>('design')
  const [sheet, setSheet] = useState<Sheet>(undefined)
  const [panelsShown, setPanelsShown] = useState(true)
  const [sharing, setSharing] = useState(false)
  const [announcement, setAnnouncement] = useState('')
  const painter = useRef<Painter | undefined>(undefined)
  const picker = useRef<HTMLInputElement>(null)

  const editor: Editor = useMemo(() => ({ session, state, announce: setAnnouncement }), [session, state])
  const openPanel = useCallback((next: Panel) => {
    setPanel(next)
    setSheet(next)
    setPanelsShown(true)
  }, [])
  const actions: ActionContext = useMemo(() => ({
    session, state, announce: setAnnouncement, togglePanels: () => setPanelsShown(shown => !shown), openGenerate: () => openPanel('generate'),
    pickImage: () => picker.current?.click(),
  }), [session, state, openPanel])

  useEffect(() => exposeTestHook(session, state, () => painter.current), [session, state])

  // Shortcuts work wherever the focus is, except while typing.
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key === 'F6') {
        event.preventDefault()
        return focusNextArea(event.shiftKey)
      }
      const target = event.target as HTMLElement | null
      if (event.defaultPrevented || target?.closest('input, textarea, select, dialog, canvas') != null) return
      const action = actionFor(event)
      if (action === undefined || action === 'next' || action === 'previous' || action === 'enter') return
      if (target?.closest('[role=tree]') != null && event.key.startsWith('Arrow')) return
      event.preventDefault()
      runAction(action, actions)
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [actions])

  const onPainter = useCallback((next: Painter | undefined) => { painter.current = next }, [])
  const toggleSheet = (next: Sheet): void => setSheet(shown => (shown === next ? undefined : next))
  return (
    <EditorContext.Provider value={editor}>
      <div className="editor" data-panels={panelsShown} data-sheet={sheet ?? 'none'}>
        <TopBar actions={actions} onShare={() => setSharing(true)} />
        <aside className="panel left" aria-label="Layers" data-area="left"><h2>Layers</h2><LayersPanel /></aside>
        <main>
          <Canvas actions={actions} onPainter={onPainter} />
          <PageMessage />
          <ToastList />
        </main>
        <aside className="panel right" aria-label={panel === 'design' ? 'Design' : 'Generate'} data-area="right">
          <div className="tabs" role="tablist" aria-label="Panels">
            <Tab name="design" label="Design" icon="sliders" current={panel} onPick={openPanel} />
            <Tab name="generate" label="Generate" icon="sparkles" current={panel} onPick={openPanel} />
          </div>
          <div id="right-panel" role="tabpanel" aria-labelledby={`tab-${panel}`}>
            {panel === 'design' ? <PropertiesPanel /> : <GeneratePanel generation={generation} />}
          </div>
        </aside>
        <StatusBar actions={actions} />
        <nav className="sheet-bar" aria-label="Panels">
          <button type="button" aria-pressed={sheet === 'layers'} onClick={() => toggleSheet('layers')}><Icon name="layers" />Layers</button>
          <button type="button" aria-pressed={sheet === 'design'} onClick={() => { setPanel('design'); toggleSheet('design') }}><Icon name="sliders" />Design</button>
          <button type="button" aria-pressed={sheet === 'generate'} onClick={() => { setPanel('generate'); toggleSheet('generate') }}><Icon name="sparkles" />Generate</button>
        </nav>
        <input
          ref={picker} type="file" accept={imageTypes.join(',')} aria-label="Picture to place" hidden
          onChange={event => {
            const [file] = event.target.files ?? []
            const { width, height } = state.canvasSize.get()
            if (file !== undefined) void placeImageAt(session, state, file, { x: width / 2, y: height / 2 })
            event.target.value = ''
          }}
        />
        {sharing ? <ShareDialog onClose={() => setSharing(false)} /> : null}
        <p className="visually-hidden" aria-live="polite">{announcement}</p>
      </div>
    </EditorContext.Provider>
  )
}
