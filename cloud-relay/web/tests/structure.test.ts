import { readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { replaceBreakpoints, tokensToCss } from '../build/tokens_css'

const root = fileURLToPath(new URL('../src', import.meta.url))
const filesUnder = (folder: string): string[] =>
  readdirSync(folder).flatMap(name => (statSync(join(folder, name)).isDirectory() ? filesUnder(join(folder, name)) : [join(folder, name)]))
const files = filesUnder(root)
const sources = new Map(files.map(file => [file, readFileSync(file, 'utf8')]))

const importsOf = (file: string): string[] =>
  [...(sources.get(file) ?? '').matchAll(/from '(\.[^']+)'/g)].flatMap(match => {
    const path = resolve(dirname(file), match[1] ?? '')
    return [`${path}.ts`, `${path}.tsx`].filter(candidate => sources.has(candidate))
  })

describe('the folders', () => {
  it('import each other without a cycle', () => {
    const done = new Set<string>()
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) throw new Error([...path.slice(path.indexOf(file)), file].map(step => relative(root, step)).join(' -> '))
      if (done.has(file)) return
      importsOf(file).forEach(next => visit(next, [...path, file]))
      done.add(file)
    }
    expect(() => files.forEach(file => visit(file, []))).not.toThrow()
  })
  it('point downwards only', () => {
    const order = ['base', 'theme', 'document', 'sync', 'api', 'session', 'canvas', 'ui']
    const wrong = files.flatMap(file => importsOf(file).flatMap(target => {
      const [from, to] = [file, target].map(path => order.indexOf(relative(root, path).split('/')[0] ?? ''))
      return from !== undefined && to !== undefined && from >= 0 && to > from ? [`${relative(root, file)} -> ${relative(root, target)}`] : []
    }))
    expect(wrong).toEqual([])
  })
  it('keep files under 600 lines', () => {
    expect([...sources].filter(([, text]) => text.split('\n').length > 600).map(([file]) => file)).toEqual([])
  })
})

describe('the look', () => {
  const tokens = readFileSync(new URL('../../../app/shell/theme/tokens.json', import.meta.url), 'utf8')
  it('has no colour or length literal outside the tokens', () => {
    const css = sources.get(join(root, 'ui/styles.css')) ?? ''
    expect(css.replace(/1px; height: 1px/, '').match(/#[0-9a-f]{3,8}\b|\brgba?\(|\b\d+(\.\d+)?px/gi)).toBeNull()
    const inCode = [...sources].filter(([file]) => /ui\/.*\.tsx$/.test(file))
      .flatMap(([file, text]) => (text.match(/['"`]#[0-9a-f]{6}['"`]|\b\d+px/gi) ?? []).map(found => `${relative(root, file)}: ${found}`))
    expect(inCode).toEqual([])
  })
  it('uses only custom properties that exist', () => {
    const known = new Set(tokensToCss(tokens).match(/--[a-z0-9-]+(?=:)/g))
    const css = replaceBreakpoints(sources.get(join(root, 'ui/styles.css')) ?? '', tokens)
    const unknown = [...css.matchAll(/var\((--[a-z0-9-]+)\)/g)].map(match => match[1] ?? '').filter(name => !known.has(name))
    expect([...new Set(unknown)]).toEqual([])
  })
  it('keeps the contrast that the design asks for', () => {
    const { color } = JSON.parse(tokens) as { color: Record<string, { light: string; dark: string }> }
    const luminance = (hex: string): number => {
      const [r = 0, g = 0, b = 0] = [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16) / 255).map(c => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
      return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    const contrast = (one: string, other: string): number => {
      const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
      return (high + 0.05) / (low + 0.05)
    }
    const pairs: [string, string, number][] = [
      ['text', 'panel', 4.5], ['text2', 'panel', 4.5], ['text2', 'raised', 4.5], ['text2', 'hover', 4.5], ['text2', 'canvas', 4.5],
      ['text', 'accentSoft', 4.5], ['onAccent', 'accent', 4.5], ['onAccent', 'accentHover', 4.5], ['danger', 'panel', 4.5],
      ['warn', 'panel', 4.5], ['ok', 'panel', 4.5], ['accent', 'panel', 3], ['control', 'panel', 3],
    ]
    for (const theme of ['light', 'dark'] as const) {
      for (const [ink, ground, least] of pairs) {
        expect(contrast(color[ink]?.[theme] ?? '', color[ground]?.[theme] ?? ''), `${ink} on ${ground}, ${theme}`).toBeGreaterThanOrEqual(least)
      }
    }
  })
})
