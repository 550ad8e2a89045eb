/// A colour as a swatch that opens the browser's picker, and as hex text.
import { useEffect, useRef, useState } from 'react'
import { toHex, type Color } from '../base/color'
import { black } from '../document/schema'

export const ColorField = ({ label, value, empty, disabled, onCommit }: {
  label: string; value: Color | undefined; empty: string; disabled: boolean; onCommit: (hex: string) => void
}) => {
  const hex = value === undefined ? '' : toHex(value)
  const [draft, setDraft] = useState<string | undefined>(undefined)
  useEffect(() => setDraft(undefined), [hex])
  const commit = (): void => {
    if (draft !== undefined && draft !== hex) onCommit(draft)
    setDraft(undefined)
  }
  // React reports every movement in the picker; the browser's own "change" is the one at its end.
  const picker = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const element = picker.current
    const picked = (): void => {
      if (element !== null && element.value.toUpperCase() !== hex.slice(0, 7)) onCommit(element.value.toUpperCase())
    }
    element?.addEventListener('change', picked)
    return () => element?.removeEventListener('change', picked)
  }, [hex, onCommit])
  return (
    <div className="color-field">
      <input ref={picker} type="color" aria-label={`${label}, picker`} disabled={disabled} value={(draft ?? (hex || toHex(black))).slice(0, 7).toLowerCase()} onChange={event => setDraft(event.target.value.toUpperCase())} />
      <input
        type="text" className="hex" aria-label={`${label}, hex`} disabled={disabled} placeholder={empty} value={draft ?? hex}
        onChange={event => setDraft(event.target.value)} onBlur={commit}
        onKeyDown={event => {
          if (event.key === 'Enter') commit()
          else if (event.key === 'Escape') setDraft(undefined)
        }}
      />
    </div>
  )
}
