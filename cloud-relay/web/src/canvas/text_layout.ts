/// Styled text to placed pieces of lines, by the rules of render/text: greedy line breaks, alignment, the font's own
/// line height. Positions in text are UTF-16 units. Widths come from the browser's shaping of the bundled font.
import { toCss, type Color } from '../base/color'
import type { Size } from '../base/geometry'
import { defaultTextStyle, type DesignNode, type TextStyle } from '../document/schema'
import { breaksBetween, isSpace, lineEnds } from './line_break'

/// Of the bundled Inter, in em.
const ascent = 2728 / 2816
const descent = 680 / 2816
const bundledFamily = 'Inter'
const fallbackFamily = 'sans-serif'

export type Piece = { readonly text: string; readonly style: TextStyle; readonly x: number; readonly width: number }
export type Line = {
  readonly top: number
  readonly height: number
  readonly baseline: number
  readonly left: number
  /// Without trailing space.
  readonly width: number
  readonly pieces: readonly Piece[]
  readonly firstUnit: number
  readonly endUnit: number
}
export type TextLayout = { readonly lines: readonly Line[]; readonly size: Size }

export const cssFont = (style: TextStyle, size = style.size): string =>
  `${style.italic ? 'italic ' : ''}${style.weight} ${size}px ${bundledFamily}, ${fallbackFamily}`
export const cssFill = (color: Color): string => toCss(color)
export const lineHeightOf = (style: TextStyle): number => (style.lineHeight ?? ascent + descent) * style.size

/// What a style asks for above the baseline: half of what the line height adds goes to each side.
const aboveOf = (style: TextStyle): number => (lineHeightOf(style) + (ascent - descent) * style.size) / 2

let measuring: OffscreenCanvasRenderingContext2D | null | undefined
const context = (): OffscreenCanvasRenderingContext2D | null => {
  if (measuring === undefined) measuring = new OffscreenCanvas(1, 1).getContext('2d')
  return measuring
}

const measureSize = 100 // large, so that hinting and rounding of the browser cannot show

/// Unscaled advance of a text in one style.
const measure = (text: string, style: TextStyle): number => {
  const ctx = context()
  if (ctx === null || text === '' || style.size <= 0) return 0
  ctx.font = cssFont(style, measureSize)
  ctx.textRendering = 'geometricPrecision'
  return (ctx.measureText(text).width * style.size) / measureSize + style.letterSpacing * [...text].length
}

/// A stretch of one style that no line break parts. `breakBefore`: a line may begin with it.
type Word = { text: string; style: TextStyle; width: number; start: number; isSpace: boolean; breakBefore: boolean }

const wordsOf = (runs: readonly { text: string; style: TextStyle }[], start: number): Word[] => {
  const words: Word[] = []
  let unit = start
  let [beforeLast, last] = [0, 0]
  for (const run of runs) {
    let isFirst = true
    for (const character of run.text) {
      const code = character.codePointAt(0) ?? 0
      const breakBefore = last !== 0 && breaksBetween(beforeLast, last, code)
      const word = words.at(-1)
      if (!isFirst && word !== undefined && !breakBefore && word.isSpace === isSpace(code)) word.text += character
      else words.push({ text: character, style: run.style, width: 0, start: unit, isSpace: isSpace(code), breakBefore })
      ;[beforeLast, last] = [last, code]
      unit += character.length
      isFirst = false
    }
  }
  for (const word of words) word.width = measure(word.text, word.style)
  return words
}

const graphemes = new Intl.Segmenter()

/// Splits a word that alone is wider than the line, at least one grapheme a part.
const splitWord = (word: Word, limit: number): Word[] => {
  const parts: Word[] = []
  let text = ''
  let start = word.start
  for (const { segment: character } of graphemes.segment(word.text)) {
    if (text !== '' && measure(text + character, word.style) > limit) {
      parts.push({ ...word, text, start, width: measure(text, word.style), breakBefore: true })
      start += text.length
      text = ''
    }
    text += character
  }
  parts.push({ ...word, text, start, width: measure(text, word.style), breakBefore: true })
  return parts
}

const breakLines = (words: readonly Word[], limit: number): Word[][] => {
  const lines: Word[][] = [[]]
  let width = 0
  const widthOf = (list: readonly Word[]): number => list.reduce((sum, word) => sum + word.width, 0)
  // A chunk is a run of words that may not be parted: a word in several styles.
  for (let i = 0; i < words.length; ) {
    let end = i + 1
    while (end < words.length && words[end]?.isSpace === false && words[end]?.breakBefore === false) ++end
    let chunk = words.slice(i, end)
    const isSpace = words[i]?.isSpace === true
    if (isSpace) chunk = words.slice(i, (end = i + 1))
    const chunkWidth = widthOf(chunk)
    const current = lines[lines.length - 1] ?? []
    if (!isSpace && width + chunkWidth > limit + 1e-6 && current.length > 0) {
      lines.push([])
      width = 0
    }
    const target = lines[lines.length - 1] ?? []
    if (!isSpace && chunkWidth > limit && target.length === 0) {
      for (const part of chunk.flatMap(word => splitWord(word, limit))) {
        const line = lines[lines.length - 1] ?? []
        if (line.length > 0 && width + part.width > limit + 1e-6) {
          lines.push([part])
          width = part.width
        } else {
          line.push(part)
          width += part.width
        }
      }
    } else {
      target.push(...chunk)
      width += chunkWidth
    }
    i = end
  }
  return lines
}

type Paragraph = { readonly runs: { text: string; style: TextStyle }[]; readonly start: number; readonly endStyle: TextStyle }

/// An empty paragraph has the style of the line end that closes it, the last one that of the last run.
const paragraphsOf = (node: DesignNode): Paragraph[] => {
  let open: { runs: { text: string; style: TextStyle }[]; start: number } = { runs: [], start: 0 }
  const paragraphs: Paragraph[] = []
  let unit = 0
  for (const { text, style } of node.text) {
    let from = 0
    for (const end of text.matchAll(lineEnds)) {
      if (end.index > from) open.runs.push({ text: text.slice(from, end.index), style })
      paragraphs.push({ ...open, endStyle: style })
      from = end.index + end[0].length
      open = { runs: [], start: unit + from }
    }
    if (from < text.length) open.runs.push({ text: text.slice(from), style })
    unit += text.length
  }
  paragraphs.push({ ...open, endStyle: node.text.at(-1)?.style ?? defaultTextStyle })
  return paragraphs
}

export const layoutText = (node: DesignNode): TextLayout => {
  const { align, verticalAlign, autoSize } = node.paragraph
  const wraps = autoSize !== 'widthAndHeight' && node.size.width > 0
  const limit = wraps ? node.size.width : Infinity
  const rows: { words: Word[]; style: TextStyle; isLast: boolean; start: number }[] = []
  for (const paragraph of paragraphsOf(node)) {
    const broken = breakLines(wordsOf(paragraph.runs, paragraph.start), limit)
    for (const [index, words] of broken.entries()) {
      rows.push({ words, style: paragraph.endStyle, isLast: index === broken.length - 1, start: words[0]?.start ?? paragraph.start })
    }
  }
  const visibleWidth = (words: readonly Word[]): number => {
    const last = words.findLastIndex(word => !word.isSpace)
    return words.slice(0, last + 1).reduce((sum, word) => sum + word.width, 0)
  }
  const widest = Math.max(0, ...rows.map(row => visibleWidth(row.words)))
  const boxWidth = node.size.width > 0 ? node.size.width : widest
  const lines: Line[] = []
  let top = 0
  for (const row of rows) {
    const styles = row.words.length > 0 ? row.words.map(word => word.style) : [row.style]
    const rise = Math.max(...styles.map(aboveOf))
    const height = rise + Math.max(...styles.map(style => lineHeightOf(style) - aboveOf(style)))
    const width = visibleWidth(row.words)
    const spare = boxWidth - width
    const left = align === 'center' ? spare / 2 : align === 'right' ? spare : 0
    const last = row.words.findLastIndex(word => !word.isSpace)
    const gaps = row.words.reduce((count, word, index) => count + (word.isSpace && index < last ? word.text.length : 0), 0)
    const stretch = align === 'justify' && !row.isLast && gaps > 0 && spare > 0 ? spare / gaps : 0
    const pieces: Piece[] = []
    let x = left
    for (const word of row.words) {
      const previous = pieces[pieces.length - 1]
      if (previous !== undefined && previous.style === word.style && stretch === 0) {
        const text = previous.text + word.text
        const joined = measure(text, word.style)
        pieces[pieces.length - 1] = { ...previous, text, width: joined }
        x = previous.x + joined
      } else {
        pieces.push({ text: word.text, style: word.style, x, width: word.width })
        x += word.width + (word.isSpace ? stretch * word.text.length : 0)
      }
    }
    const endUnit = row.words.reduce((end, word) => word.start + word.text.length || end, row.start)
    lines.push({ top, height, baseline: top + rise, left, width, pieces, firstUnit: row.start, endUnit })
    top += height
  }
  const spareHeight = node.size.height - top
  const shift = autoSize !== 'none' || node.size.height <= 0 ? 0 : verticalAlign === 'middle' ? spareHeight / 2 : verticalAlign === 'bottom' ? spareHeight : 0
  const moved = shift === 0 ? lines : lines.map(line => ({ ...line, top: line.top + shift, baseline: line.baseline + shift }))
  return { lines: moved, size: { width: widest, height: top } }
}

let cache = new WeakMap<DesignNode, TextLayout>()

export const layoutOf = (node: DesignNode): TextLayout => {
  const known = cache.get(node)
  if (known !== undefined) return known
  const layout = layoutText(node)
  cache.set(node, layout)
  return layout
}

/// A font has arrived: everything measured before is stale.
export const forgetLayouts = (): void => {
  cache = new WeakMap()
}
