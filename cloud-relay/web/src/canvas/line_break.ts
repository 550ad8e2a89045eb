/// Where a line may end: the common part of UAX 14 without a dictionary, as render/text/src/source_text.cpp.
type BreakClass = 'other' | 'space' | 'zeroWidthSpace' | 'glue' | 'hyphen' | 'dash' | 'opening' | 'closing' | 'ideograph'

const setOf = (...codes: number[]): ReadonlySet<number> => new Set(codes)
const codesOf = (text: string): number[] => [...text].map(character => character.codePointAt(0) ?? 0)

const glue = setOf(0x00a0, 0x202f, 0x2007, 0x2060, 0xfeff, 0x2011)
const hyphens = setOf(0x2d, 0x2010, 0x00ad)
const dashes = setOf(0x2013, 0x2014)
const opening = setOf(...codesOf('([{'), 0x00ab, 0x2018, 0x201c, 0x3008, 0x300a, 0x300c, 0x300e, 0x3010, 0xff08)
const closing = setOf(
  ...codesOf(')]}!?,.:;'), 0x00bb, 0x2019, 0x201d, 0x2026, 0x3001, 0x3002, 0x3009, 0x300b, 0x300d, 0x300f, 0x3011, 0xff01, 0xff09,
  0xff0c, 0xff0e, 0xff1a, 0xff1b, 0xff1f, 0x30fc)
const wide: readonly (readonly [number, number])[] = [
  [0x2e80, 0xa4cf], [0xac00, 0xd7a3], [0xf900, 0xfaff], [0xff00, 0xff60], [0x1f300, 0x1faff], [0x20000, 0x3fffd],
]

export const isSpace = (c: number): boolean =>
  c === 0x20 || c === 0x09 || (c >= 0x2000 && c <= 0x200a && c !== 0x2007) || c === 0x205f || c === 0x3000 || c === 0x1680
/// What ends a paragraph or a line by itself.
export const lineEnds = /\r\n|[\n\r\u0085\u2028\u2029]/g

const classOf = (c: number): BreakClass => {
  if (isSpace(c)) return 'space'
  if (c === 0x200b) return 'zeroWidthSpace'
  if (glue.has(c)) return 'glue'
  if (hyphens.has(c)) return 'hyphen'
  if (dashes.has(c)) return 'dash'
  if (opening.has(c)) return 'opening'
  if (closing.has(c)) return 'closing'
  return wide.some(([low, high]) => c >= low && c <= high) ? 'ideograph' : 'other'
}

const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39

/// May a line end after `a` and the next begin with `b`? `beforeA` (0: nothing) tells a minus from a hyphen.
export const breaksBetween = (beforeA: number, a: number, b: number): boolean => {
  const left = classOf(a)
  const right = classOf(b)
  if (right === 'space' || right === 'closing' || right === 'glue' || left === 'glue' || right === 'zeroWidthSpace') return false
  switch (left) {
    case 'space':
    case 'zeroWidthSpace':
    case 'dash':
    case 'ideograph':
      return true
    case 'hyphen':
      return !isDigit(b) && beforeA !== 0 && classOf(beforeA) === 'other'
    case 'opening':
      return false
    case 'closing':
      return right === 'ideograph'
    default:
      return right === 'ideograph' || right === 'dash'
  }
}
