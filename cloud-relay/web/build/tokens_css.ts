/// Turns the design tokens into CSS custom properties: the only place where colours and lengths of the interface
/// come from. Imported as `virtual:tokens.css`.
import { readFileSync } from 'node:fs'
import type { Plugin } from 'vite'

const virtualId = 'virtual:tokens.css'

type Themed = { light: string; dark: string }
type Tokens = {
  color: Record<string, Themed>
  peers: string[]
  font: { family: string; weight: Record<string, number>; size: Record<string, number>; lineHeight: Record<string, number> }
  size: Record<string, number>
  space: Record<string, number>
  radius: Record<string, number>
  outline: Record<string, number>
  shadow: Record<string, number>
  motion: Record<string, number>
}

const kebab = (name: string): string => name.replace(/[A-Z]/g, upper => `-${upper.toLowerCase()}`)

const lengths = (prefix: string, values: Record<string, number>): string =>
  Object.entries(values).map(([name, px]) => `--${prefix}-${kebab(name)}:${px}px;`).join('')

const colours = (tokens: Tokens, theme: keyof Themed): string =>
  Object.entries(tokens.color).map(([name, value]) => `--color-${kebab(name)}:${value[theme]};`).join('') +
  `color-scheme:${theme};`

export const tokensToCss = (json: string): string => {
  const tokens = JSON.parse(json) as Tokens
  const { shadow } = tokens
  const fixed =
    lengths('size', tokens.size) + lengths('space', tokens.space) + lengths('radius', tokens.radius) +
    lengths('outline', tokens.outline) + lengths('font', tokens.font.size) + lengths('line', tokens.font.lineHeight) +
    Object.entries(tokens.font.weight).map(([name, value]) => `--weight-${name}:${value};`).join('') +
    Object.entries(tokens.motion).map(([name, ms]) => `--motion-${kebab(name)}:${ms}ms;`).join('') +
    `--font-family:${tokens.font.family};` +
    `--shadow-floating:${shadow['x']}px ${shadow['y']}px ${shadow['blur']}px var(--color-shadow);`
  return (
    `:root{${fixed}${colours(tokens, 'light')}}` +
    `@media (prefers-color-scheme:dark){:root:not([data-theme=light]){${colours(tokens, 'dark')}}}` +
    `:root[data-theme=dark]{${colours(tokens, 'dark')}}`
  )
}

/// Media queries cannot read custom properties, so `@media (--overlay-right)` and friends are replaced here.
export const replaceBreakpoints = (css: string, json: string): string => {
  const { breakpoint } = JSON.parse(json) as { breakpoint: Record<string, number> }
  return css.replace(/\(--below-([a-z-]+)\)/g, (_, name: string) => {
    const key = name.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase())
    const width = breakpoint[key]
    if (width === undefined) throw new Error(`no breakpoint token named ${key}`)
    return `(max-width:${width - 1}px)`
  })
}

export const tokensPlugin = (file: string): Plugin => ({
  name: 'tessera-tokens',
  enforce: 'pre',
  resolveId: id => (id === virtualId ? `\0${virtualId}` : undefined),
  load(id) {
    if (id !== `\0${virtualId}`) return undefined
    this.addWatchFile(file)
    return tokensToCss(readFileSync(file, 'utf8'))
  },
  transform: (code, id) =>
    id.endsWith('.css') && code.includes('(--below-') ? replaceBreakpoints(code, readFileSync(file, 'utf8')) : undefined,
})
