/// One list of keys and what they do. Bindings match the produced character first; "Mod" is Ctrl, or Command on macOS.
export type ActionName =
  | 'tool.select' | 'tool.hand' | 'tool.frame' | 'tool.rect' | 'tool.ellipse' | 'tool.line' | 'tool.text'
  | 'undo' | 'redo' | 'duplicate' | 'delete' | 'selectAll' | 'selectNone' | 'enter'
  | 'order.forward' | 'order.backward' | 'order.front' | 'order.back' | 'hide' | 'lock'
  | 'zoom.in' | 'zoom.out' | 'zoom.100' | 'zoom.fit' | 'zoom.selection' | 'panels' | 'generate' | 'save'
  | 'next' | 'previous' | 'image'

type Binding = { readonly chord: string; readonly action: ActionName }

/// A chord is modifiers in the order Mod Alt Shift, then the key as the browser names it.
export const bindings: readonly Binding[] = [
  { chord: 'v', action: 'tool.select' }, { chord: 'h', action: 'tool.hand' }, { chord: 'f', action: 'tool.frame' },
  { chord: 'a', action: 'tool.frame' }, { chord: 'r', action: 'tool.rect' }, { chord: 'o', action: 'tool.ellipse' },
  { chord: 'l', action: 'tool.line' }, { chord: 't', action: 'tool.text' },
  { chord: 'Mod+z', action: 'undo' }, { chord: 'Mod+Shift+z', action: 'redo' }, { chord: 'Mod+y', action: 'redo' },
  { chord: 'Mod+d', action: 'duplicate' }, { chord: 'Delete', action: 'delete' }, { chord: 'Backspace', action: 'delete' },
  { chord: 'Mod+a', action: 'selectAll' }, { chord: 'Escape', action: 'selectNone' }, { chord: 'Enter', action: 'enter' },
  { chord: 'Mod+]', action: 'order.forward' }, { chord: 'Mod+[', action: 'order.backward' },
  { chord: 'Mod+ArrowUp', action: 'order.forward' }, { chord: 'Mod+ArrowDown', action: 'order.backward' },
  { chord: ']', action: 'order.front' }, { chord: '[', action: 'order.back' },
  { chord: 'Mod+Shift+ArrowUp', action: 'order.front' }, { chord: 'Mod+Shift+ArrowDown', action: 'order.back' },
  { chord: 'Mod+Shift+h', action: 'hide' }, { chord: 'Mod+Shift+l', action: 'lock' },
  { chord: '+', action: 'zoom.in' }, { chord: '=', action: 'zoom.in' }, { chord: 'Mod+=', action: 'zoom.in' },
  { chord: '-', action: 'zoom.out' }, { chord: 'Mod+-', action: 'zoom.out' },
  { chord: 'Shift+0', action: 'zoom.100' }, { chord: 'Mod+0', action: 'zoom.100' }, { chord: 'Shift+1', action: 'zoom.fit' },
  { chord: 'Shift+2', action: 'zoom.selection' }, { chord: 'Mod+\\', action: 'panels' }, { chord: 'Mod+.', action: 'panels' },
  { chord: 'Mod+Shift+i', action: 'generate' }, { chord: 'Mod+s', action: 'save' },
  { chord: 'Mod+Shift+k', action: 'image' },
  { chord: 'Tab', action: 'next' }, { chord: 'Shift+Tab', action: 'previous' },
]

export type KeyInfo = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>
const isMac = typeof navigator !== 'undefined' && /Mac|iP(hone|ad)/.test(navigator.platform)

export const hasMod = (event: Pick<KeyInfo, 'ctrlKey' | 'metaKey'>): boolean => (isMac ? event.metaKey : event.ctrlKey)

const chordOf = (event: KeyInfo, key: string, shift: boolean): string =>
  `${hasMod(event) ? 'Mod+' : ''}${event.altKey ? 'Alt+' : ''}${shift ? 'Shift+' : ''}${key}`

/// The action of a key press. A character that needed Shift (such as "+") matches without it; digits and letters match
/// by their physical key too.
export const actionFor = (event: KeyInfo): ActionName | undefined => {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  const physical = /^(?:Key|Digit)(.)$/.exec(event.code)?.[1]?.toLowerCase()
  const chords = [chordOf(event, key, event.shiftKey)]
  if (physical !== undefined) chords.push(chordOf(event, physical, event.shiftKey))
  if (event.key.length === 1 && !/[a-z0-9]/i.test(event.key)) chords.push(chordOf(event, key, false))
  for (const chord of chords) {
    const found = bindings.find(binding => binding.chord === chord)
    if (found !== undefined) return found.action
  }
  return undefined
}

/// For tooltips: the first chord of an action, in words of this system.
export const shortcutOf = (action: ActionName): string => {
  const chord = bindings.find(binding => binding.action === action)?.chord ?? ''
  return chord.split('+').map(part => (part === 'Mod' ? (isMac ? '⌘' : 'Ctrl') : part.length === 1 ? part.toUpperCase() : part)).join('+')
}
