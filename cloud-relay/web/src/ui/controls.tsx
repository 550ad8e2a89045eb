/// The few controls everything is made of: icon buttons with a name and a shortcut, labelled fields, number fields.
import { useEffect, useId, useRef, useState, type ReactNode } from 'react'
import { Icon, type IconName } from './icons'

type ButtonProps = {
  readonly icon: IconName
  readonly label: string
  readonly shortcut?: string
  readonly pressed?: boolean
  readonly disabled?: boolean
  readonly size?: 'tool' | 'row'
  /// Left out where there is little room.
  readonly optional?: boolean
  readonly onClick: () => void
}

export const IconButton = ({ icon, label, shortcut, pressed, disabled, size = 'tool', optional = false, onClick }: ButtonProps) => (
  <button
    type="button" className={`icon-button ${size}${optional ? ' optional' : ''}`} aria-label={label} title={shortcut === undefined ? label : `${label} (${shortcut})`}
    aria-pressed={pressed} aria-keyshortcuts={shortcut} disabled={disabled} onClick={onClick}
  >
    <Icon name={icon} />
  </button>
)

export const Field = ({ label, children }: { label: string; children: (id: string) => ReactNode }) => {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  )
}

/// "12", "12,5", "+10", "*2", "50%": arithmetic works on the value that is there.
export const parseNumberInput = (text: string, before: number): number | undefined => {
  const clean = text.trim().replace(',', '.')
  const match = /^([+*/]?)(-?\d*\.?\d+)(%?)$/.exec(clean)
  if (match === null) return undefined
  const number = Number(match[2]) * (match[3] === '%' ? before / 100 : 1)
  switch (match[1]) {
    case '+': return before + number
    case '*': return before * number
    case '/': return number === 0 ? undefined : before / number
    default: return number
  }
}

const shown = (value: number): string => String(Math.round(value * 100) / 100)

type NumberFieldProps = {
  readonly label: string
  readonly short: string
  readonly value: number | 'mixed'
  readonly disabled: boolean
  readonly min?: number
  readonly max?: number
  readonly onCommit: (value: (before: number) => number) => void
}

/// Up and Down step by 1, with Shift 10, with Alt 0.1; Enter commits and keeps focus; Escape restores.
export const NumberField = ({ label, short, value, disabled, min, max, onCommit }: NumberFieldProps) => {
  const text = value === 'mixed' ? '' : shown(value)
  const [draft, setDraft] = useState<string | undefined>(undefined)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => setDraft(undefined), [text])
  const clamp = (number: number): number => Math.min(max ?? Infinity, Math.max(min ?? -Infinity, number))
  const commit = (): void => {
    if (draft !== undefined && parseNumberInput(draft, 0) !== undefined) onCommit(before => clamp(parseNumberInput(draft, before) ?? before))
    setDraft(undefined)
  }
  const step = (by: number): void => onCommit(before => clamp(before + by))
  return (
    <label className="number-field" title={label}>
      <span aria-hidden="true">{short}</span>
      <input
        ref={input} aria-label={label} inputMode="decimal" disabled={disabled} placeholder={value === 'mixed' ? 'Mixed' : undefined}
        value={draft ?? text} onChange={event => setDraft(event.target.value)} onBlur={commit} onFocus={event => event.target.select()}
        onKeyDown={event => {
          const size = event.shiftKey ? 10 : event.altKey ? 0.1 : 1
          if (event.key === 'Enter') commit()
          else if (event.key === 'Escape') setDraft(undefined)
          else if (event.key === 'ArrowUp') step(size)
          else if (event.key === 'ArrowDown') step(-size)
          else return
          event.preventDefault()
        }}
      />
    </label>
  )
}
