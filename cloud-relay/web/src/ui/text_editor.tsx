/// Editing of one text on the canvas: a real text field lies invisibly over the drawn text, so that caret, selection,
/// input methods and spell checking are the browser's own, while the canvas shows the text in its true styles.
import { useEffect, useLayoutEffect, useRef, useState, type CSSProperties } from 'react'
import { multiply, rounded } from '../base/geometry'
import { movedBy, smallestEdit, type Delta } from '../canvas/text_binding'
import { cssFont, layoutOf, lineHeightOf } from '../canvas/text_layout'
import { viewTransform } from '../canvas/viewport'
import { defaultTextStyle, plainText } from '../document/schema'
import { useEditor, useNode, useRevision, useValue } from './hooks'
import type * as Y from 'yjs'

const caretRoom = 2

export const TextEditor = ({ id, onDone }: { id: string; onDone: () => void }) => {
  const { session, state } = useEditor()
  const { doc } = session
  const node = useNode(doc, id)
  const view = useValue(state.view)
  useRevision(doc)
  const field = useRef<HTMLTextAreaElement>(null)
  const composing = useRef<{ before: string; deltas: Delta[] } | undefined>(undefined)
  const [initial] = useState(() => (node === undefined ? '' : plainText(node)))
  const text = node === undefined ? '' : plainText(node)

  useEffect(() => {
    const element = field.current
    const shared = doc.textOf(id)
    element?.focus({ preventScroll: true })
    element?.select()
    if (element === null || shared === undefined) return undefined
    const observe = (event: Y.YTextEvent, transaction: Y.Transaction): void => {
      if (transaction.local && transaction.origin !== null && element.value === shared.toString()) return
      const delta = event.delta as Delta
      if (composing.current !== undefined) {
        composing.current.deltas.push(delta)
        return
      }
      const [start, end] = [element.selectionStart, element.selectionEnd]
      element.value = shared.toString()
      element.setSelectionRange(movedBy(start, delta, start === end), movedBy(end, delta, true))
    }
    shared.observe(observe)
    return () => shared.unobserve(observe)
  }, [doc, id])

  // Gone by somebody else, or no right to edit any more: stop editing.
  const status = useValue(session.status)
  useEffect(() => {
    if (node === undefined || !status.mayEdit) state.editingText.set(undefined)
  }, [node, status.mayEdit, state])

  useLayoutEffect(() => () => fitBox(session, id), [session, id])

  if (node === undefined) return null
  const layout = layoutOf(node)
  const style = node.text[0]?.style ?? defaultTextStyle
  const isAuto = node.paragraph.autoSize === 'widthAndHeight'
  const width = isAuto ? Math.max(layout.size.width + caretRoom, node.size.width, style.size / 2) : node.size.width
  const top = layout.lines[0]?.top ?? 0
  const transform = multiply(viewTransform(view), doc.pageTransform(id))
  const look: CSSProperties = {
    transform: `matrix(${transform.join(',')})`, width, height: Math.max(layout.size.height, lineHeightOf(style)) + caretRoom, top: 0,
    font: cssFont(style), lineHeight: `${lineHeightOf(style)}px`, letterSpacing: `${style.letterSpacing}px`, textAlign: node.paragraph.align,
    whiteSpace: isAuto ? 'pre' : 'pre-wrap', marginTop: top,
  }

  const commit = (before: string, after: string, caret: number, deltas: readonly Delta[]): void => {
    const edit = smallestEdit(before, after, caret)
    if (edit === undefined) return
    const at = deltas.reduce((position, delta) => movedBy(position, delta, true), edit.at)
    const end = deltas.reduce((position, delta) => movedBy(position, delta, true), edit.at + edit.removeCount)
    session.edit([{ kind: 'editText', node: id, at, removeCount: end - at, insert: edit.insert }], 'typing')
  }
  const onInput = (): void => {
    const element = field.current
    if (element === null || composing.current !== undefined) return
    commit(text, element.value, element.selectionEnd, [])
  }

  return (
    <textarea
      ref={field} className="text-editor" aria-label={`Text of ${node.name || 'text layer'}`} style={look} defaultValue={initial}
      spellCheck={false} wrap={isAuto ? 'off' : 'soft'} onInput={onInput}
      onCompositionStart={event => { composing.current = { before: event.currentTarget.value, deltas: [] } }}
      onCompositionEnd={event => {
        const element = event.currentTarget
        const started = composing.current
        composing.current = undefined
        if (started === undefined) return
        commit(started.before, element.value, element.selectionEnd, started.deltas)
        const caret = started.deltas.reduce((position, delta) => movedBy(position, delta, true), element.selectionEnd)
        const now = doc.textOf(id)?.toString() ?? ''
        if (now !== element.value) {
          element.value = now
          element.setSelectionRange(caret, caret)
        }
      }}
      onKeyDown={event => {
        event.stopPropagation()
        if (event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey))) {
          event.preventDefault()
          state.editingText.set(undefined)
          onDone()
        } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z') {
          event.preventDefault()
          if (event.shiftKey) session.redo()
          else session.undo()
        }
      }}
    />
  )
}

/// An automatic box takes the size of its text when editing ends; an empty new text goes away.
const fitBox = (session: ReturnType<typeof useEditor>['session'], id: string): void => {
  const node = session.doc.node(id)
  if (node === undefined || !session.mayEdit() || session.doc.tree().pageOf(id) === '') return
  if (plainText(node) === '') {
    session.edit([{ kind: 'deleteNode', node: id }], 'typing')
    return
  }
  if (node.paragraph.autoSize === 'none') return
  const { size } = layoutOf(node)
  const width = node.paragraph.autoSize === 'height' ? node.size.width : rounded(size.width)
  const height = rounded(size.height)
  if (width === node.size.width && height === node.size.height) return
  session.edit([{ kind: 'setFrame', node: id, transform: node.transform, size: { width, height } }], 'typing')
}
