/// The layer tree, topmost first, in a windowed list. The accessible structure of the page.
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import type { NodeId } from '../base/ids'
import { plainText, type DesignNode, type NodeType } from '../document/schema'
import { isRecoveredGroup, type Tree } from '../document/tree'
import { tokens } from '../theme/tokens'
import { IconButton } from './controls'
import { useEditor, useNode, useStatus, useTree, useValue } from './hooks'
import { Icon, type IconName } from './icons'

type Row = { readonly id: NodeId; readonly depth: number; readonly hasChildren: boolean; readonly isOpen: boolean }

export const typeIcons: Readonly<Record<NodeType, IconName>> = {
  page: 'layers', frame: 'frame', group: 'group', rect: 'rect', ellipse: 'circle', line: 'line', vector: 'vector', text: 'text',
  image: 'image', svgRaw: 'code', unknown: 'unknown',
}
const typeWords: Readonly<Record<NodeType, string>> = {
  page: 'Page', frame: 'Frame', group: 'Group', rect: 'Rectangle', ellipse: 'Ellipse', line: 'Line', vector: 'Vector', text: 'Text',
  image: 'Image', svgRaw: 'SVG', unknown: 'Unknown layer',
}

/// What a layer is called: its name, the start of its text, or its kind.
export const titleOf = (node: DesignNode | undefined): string => {
  if (node === undefined) return 'Recovered'
  return node.name || plainText(node).slice(0, 40) || typeWords[node.type]
}

const rowsOf = (tree: Tree, page: NodeId, closed: ReadonlySet<NodeId>): Row[] => {
  const rows: Row[] = []
  const visit = (id: NodeId, depth: number): void => {
    const children = tree.childrenOf(id)
    const isOpen = !closed.has(id)
    rows.push({ id, depth, hasChildren: children.length > 0, isOpen })
    if (isOpen) for (const child of children.toReversed()) visit(child, depth + 1)
  }
  for (const id of tree.childrenOf(page).toReversed()) visit(id, 0)
  return rows
}

const overscan = 8

const LayerRow = ({ row, isSelected, isFocusable, onFocusMove, onToggle }: {
  row: Row; isSelected: boolean; isFocusable: boolean
  onFocusMove: (event: KeyboardEvent<HTMLElement>) => void; onToggle: () => void
}) => {
  const { session, state } = useEditor()
  const node = useNode(session.doc, row.id)
  const { mayEdit } = useStatus()
  const [renaming, setRenaming] = useState(false)
  const title = titleOf(node)
  const set = (properties: { vis?: boolean; lock?: boolean; name?: string }): void => {
    session.edit([{ kind: 'setProperties', node: row.id, properties }])
  }
  const finish = (name: string): void => {
    setRenaming(false)
    if (name.trim() !== '' && name !== node?.name) set({ name: name.trim() })
  }
  return (
    <div
      className="layer" role="treeitem" aria-level={row.depth + 1} aria-selected={isSelected} data-id={row.id}
      {...(row.hasChildren ? { 'aria-expanded': row.isOpen } : {})}
      aria-label={`${title}${node?.visible === false ? ', hidden' : ''}${node?.locked === true ? ', locked' : ''}`}
      tabIndex={isFocusable ? 0 : -1} data-hidden={node?.visible === false}
      style={{ paddingInlineStart: tokens.space.xs + row.depth * tokens.size.icon }}
      onClick={event => {
        if (node === undefined) return
        if (event.shiftKey || event.ctrlKey || event.metaKey) state.toggle(row.id)
        else state.select([row.id])
      }}
      onDoubleClick={() => { if (mayEdit && node !== undefined) setRenaming(true) }}
      onPointerEnter={() => state.hover.set(row.id)} onPointerLeave={() => state.hover.set(undefined)}
      onKeyDown={event => {
        if (event.target !== event.currentTarget) return
        if ((event.key === 'F2') && mayEdit && node !== undefined) setRenaming(true)
        else if ((event.key === 'Enter' || event.key === ' ') && node !== undefined) state.select([row.id])
        else if ((event.key === 'ArrowRight' && !row.isOpen) || (event.key === 'ArrowLeft' && row.isOpen && row.hasChildren)) onToggle()
        else return onFocusMove(event)
        event.preventDefault()
      }}
    >
      <button
        type="button" className="disclose" tabIndex={-1} aria-hidden="true" data-open={row.isOpen}
        style={row.hasChildren ? undefined : { visibility: 'hidden' }}
        onClick={event => { event.stopPropagation(); onToggle() }}
      ><Icon name="chevron" /></button>
      <Icon name={node === undefined ? 'info' : typeIcons[node.type]} />
      {renaming ? (
        <input
          className="rename" aria-label="Layer name" autoFocus defaultValue={node?.name ?? ''} onFocus={event => event.target.select()}
          onBlur={event => finish(event.target.value)}
          onKeyDown={event => {
            event.stopPropagation()
            if (event.key === 'Enter') finish(event.currentTarget.value)
            else if (event.key === 'Escape') setRenaming(false)
          }}
        />
      ) : <span className="title">{title}</span>}
      {node === undefined || !mayEdit ? null : (
        <span className="layer-actions" data-shown={!node.visible || node.locked}>
          <IconButton size="row" icon={node.locked ? 'lock' : 'open'} label={node.locked ? `Unlock ${title}` : `Lock ${title}`} pressed={node.locked} onClick={() => set({ lock: !node.locked })} />
          <IconButton size="row" icon={node.visible ? 'eye' : 'eyeOff'} label={node.visible ? `Hide ${title}` : `Show ${title}`} pressed={!node.visible} onClick={() => set({ vis: !node.visible })} />
        </span>
      )}
    </div>
  )
}

export const LayersPanel = () => {
  const { session, state } = useEditor()
  const tree = useTree(session.doc)
  const page = useValue(state.page)
  const selection = useValue(state.selection)
  const status = useStatus()
  const [closed, setClosed] = useState<ReadonlySet<NodeId>>(new Set())
  const [scroll, setScroll] = useState({ top: 0, height: 600 })
  const list = useRef<HTMLDivElement>(null)
  const rows = useMemo(() => rowsOf(tree, page, closed), [tree, page, closed])
  const { row: rowHeight } = tokens.size
  const first = Math.max(0, Math.floor(scroll.top / rowHeight) - overscan)
  const last = Math.min(rows.length, Math.ceil((scroll.top + scroll.height) / rowHeight) + overscan)
  const focusable = rows.find(row => selection.includes(row.id))?.id ?? rows[0]?.id

  useEffect(() => {
    const element = list.current
    if (element === null) return undefined
    const observer = new ResizeObserver(() => setScroll({ top: element.scrollTop, height: element.clientHeight }))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  const toggle = (id: NodeId): void => {
    const next = new Set(closed)
    if (!next.delete(id)) next.add(id)
    setClosed(next)
  }
  const moveFocus = (event: KeyboardEvent<HTMLElement>): void => {
    const at = rows.findIndex(row => row.id === event.currentTarget.dataset['id'])
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key]
    const row = to === undefined ? undefined : rows[to]
    if (row === undefined) return
    event.preventDefault()
    if (!isRecoveredGroup(row.id)) state.select([row.id])
    list.current?.scrollTo({ top: Math.max(0, (to ?? 0) * rowHeight - scroll.height / 2) })
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(row.id)}"]`)?.focus({ preventScroll: true }))
  }

  return (
    <div className="layers" ref={list} onScroll={event => setScroll({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}>
      {rows.length > 0 ? (
        <div role="tree" aria-label="Layers" aria-multiselectable="true" style={{ height: rows.length * rowHeight, paddingTop: first * rowHeight, boxSizing: 'border-box' }}>
          {rows.slice(first, last).map(row => (
            <LayerRow
              key={row.id} row={row} isSelected={selection.includes(row.id)} isFocusable={row.id === focusable}
              onFocusMove={moveFocus} onToggle={() => toggle(row.id)}
            />
          ))}
        </div>
      ) : (
        <p className="empty">
          {status.deniedReason !== undefined ? 'Nothing to show.' : status.isLoading ? 'Loading layers.' : status.mayEdit ? 'Layers appear here. Press R and drag on the canvas to draw the first one.' : 'This page has no layers yet.'}
        </p>
      )}
    </div>
  )
}
