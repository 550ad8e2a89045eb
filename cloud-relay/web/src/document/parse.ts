/// From stored values to DesignNode. The one place where the document's unknown content is looked at.
import * as Y from 'yjs'
import { parseHex, type Color } from '../base/color'
import { identity, type Size, type Transform } from '../base/geometry'
import {
  black, defaultTextStyle, nodeTypes, type Asset, type DesignNode, type GradientStop, type ImageFit, type NodeType,
  type Paint, type ParagraphStyle, type StrokeStyle, type StyledRun, type SubPath, type TextStyle, type VectorPath,
} from './schema'

type Entry = Readonly<Record<string, unknown>>

const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
const entryOf = (value: unknown): Entry => (isEntry(value) ? value : {})
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const maxLength = 1e9 // document px; larger numbers are not lengths
export const isFiniteNumber = (value: unknown): value is number => typeof value === 'number' && Math.abs(value) <= maxLength
const numberOr = (value: unknown, fallback: number): number => (isFiniteNumber(value) ? value : fallback)
const stringOr = (value: unknown, fallback: string): string => (typeof value === 'string' ? value : fallback)
const booleanOr = (value: unknown, fallback: boolean): boolean => (typeof value === 'boolean' ? value : fallback)
const clamp01 = (value: number): number => Math.min(1, Math.max(0, value))
const oneOf = <T extends string>(values: readonly T[], value: unknown, fallback: T): T =>
  values.find(known => known === value) ?? fallback

export const parseNodeType = (name: unknown): NodeType => nodeTypes.find(type => type === name) ?? 'unknown'

const numbers = (value: unknown, count: number): readonly number[] | undefined => {
  const list = listOf(value)
  return list.length === count && list.every(isFiniteNumber) ? list : undefined
}

export const parseTransform = (value: unknown): Transform => {
  const list = numbers(value, 6)
  return list === undefined ? identity : (list as unknown as Transform)
}

const parseSize = (value: unknown): Size => {
  const list = numbers(value, 2)
  return { width: Math.max(0, list?.[0] ?? 0), height: Math.max(0, list?.[1] ?? 0) }
}

const linear = (c: number): number => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
const encoded = (c: number): number => (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055)

/// Display P3 shares sRGB's curve; the matrix is between their primaries (CSS Color 4). Out of gamut clips.
const fromDisplayP3 = (rgb: readonly number[], a: number): Color => {
  const [r = 0, g = 0, b = 0] = rgb.map(linear)
  const part = (kr: number, kg: number, kb: number): number => clamp01(encoded(clamp01(kr * r + kg * g + kb * b)))
  return {
    r: part(1.2249401762805598, -0.2249401762805598, 0),
    g: part(-0.0420569547096881, 1.0420569547096881, 0),
    b: part(-0.0196375545903344, -0.0786360455506319, 1.0982736001409663),
    a,
  }
}

const readColor = (value: unknown): Color | undefined => {
  if (typeof value === 'string') return parseHex(value)
  const entry = entryOf(value)
  const space = entry['space'] ?? 'srgb'
  const parts = numbers(entry['c'], space === 'cmyk' ? 4 : 3)?.map(clamp01)
  const a = clamp01(numberOr(entry['a'], 1))
  if (parts === undefined) return undefined
  const [r = 0, g = 0, b = 0, key = 0] = parts
  switch (space) {
    case 'srgb': return { r, g, b, a }
    case 'display-p3': return fromDisplayP3(parts, a)
    case 'cmyk': return { r: (1 - r) * (1 - key), g: (1 - g) * (1 - key), b: (1 - b) * (1 - key), a }
    default: return undefined
  }
}

export const parseColor = (value: unknown, fallback: Color = black): Color => readColor(value) ?? fallback

const imageFits: readonly ImageFit[] = ['fill', 'fit', 'tile', 'stretch']
const isHash = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
export const parseHash = (value: unknown): string | undefined => (isHash(value) ? value : undefined)

const parseStops = (value: unknown): readonly GradientStop[] =>
  listOf(value)
    .flatMap(item => {
      const entry = entryOf(item)
      const color = readColor(entry['color'])
      return color !== undefined && isFiniteNumber(entry['offset']) ? [{ offset: clamp01(entry['offset']), color }] : []
    })
    .sort((one, other) => one.offset - other.offset)

const parsePaint = (value: unknown): Paint => {
  const entry = entryOf(value)
  const common = {
    id: stringOr(entry['id'], ''),
    visible: booleanOr(entry['visible'], true),
    opacity: clamp01(numberOr(entry['opacity'], 1)),
  }
  switch (entry['type']) {
    case 'solid':
      return { ...common, kind: 'solid', color: parseColor(entry['color']) }
    case 'gradient': {
      const kind = entry['gradient'] === 'linear' ? 'linearGradient' : entry['gradient'] === 'radial' ? 'radialGradient' : undefined
      if (kind === undefined) return { ...common, kind: 'unknown' }
      return { ...common, kind, matrix: parseTransform(entry['matrix']), stops: parseStops(entry['stops']) }
    }
    case 'image':
      return { ...common, kind: 'image', asset: parseHash(entry['asset']), fit: oneOf(imageFits, entry['fit'], 'fill') }
    default:
      return { ...common, kind: 'unknown' }
  }
}

const parsePaints = (value: unknown): readonly Paint[] => listOf(value).filter(isEntry).map(parsePaint)

const parseDash = (value: unknown): readonly number[] => {
  const list = listOf(value)
  return list.every(item => isFiniteNumber(item) && item >= 0) && list.some(item => item !== 0) ? (list as readonly number[]) : []
}

const inRange = (value: unknown, low: number, high: number, fallback: number): number =>
  isFiniteNumber(value) && value >= low && value <= high ? value : fallback

const parseStroke = (entry: ReadonlyMap<string, unknown>): StrokeStyle => ({
  width: inRange(entry.get('sw'), 0, maxLength, 1),
  align: oneOf(['center', 'inside', 'outside'], entry.get('sAlign'), 'center'),
  cap: oneOf(['butt', 'round', 'square'], entry.get('sCap'), 'butt'),
  join: oneOf(['miter', 'round', 'bevel'], entry.get('sJoin'), 'miter'),
  miterLimit: inRange(entry.get('sMiter'), 1, maxLength, 4),
  dash: parseDash(entry.get('sDash')),
})

const parseRadii = (value: unknown): DesignNode['radii'] => {
  if (isFiniteNumber(value) && value >= 0) return [value, value, value, value]
  const list = numbers(value, 4)
  const at = (index: number): number => Math.max(0, list?.[index] ?? 0)
  return [at(0), at(1), at(2), at(3)]
}

/// Six numbers a point; handles that are missing stand at the point ([x, y] alone, in nested form).
const parsePoints = (value: unknown): readonly number[] => {
  const list = listOf(value)
  const flat = Array.isArray(list[0])
    ? list.flatMap(item => {
        const point = listOf(item)
        return point.length === 2 ? [...point, ...point, ...point] : point.length < 6 ? [undefined] : point.slice(0, 6)
      })
    : list
  return flat.length % 6 === 0 && flat.every(isFiniteNumber) ? (flat as readonly number[]) : []
}

const parsePath = (value: unknown): VectorPath => {
  const entry = entryOf(value)
  const subs = Array.isArray(value) ? value : listOf(entry['subs'])
  return {
    rule: oneOf(['nonzero', 'evenodd'], entry['rule'], 'nonzero'),
    subPaths: subs.map((item: unknown): SubPath => {
      const sub = entryOf(item)
      return { closed: booleanOr(sub['closed'], false), points: parsePoints(sub['points']) }
    }),
  }
}

export const parseTextStyle = (value: unknown): TextStyle => {
  const entry = entryOf(value)
  const lineHeight = entry['lineHeight']
  return {
    family: stringOr(entry['family'], '') || defaultTextStyle.family,
    size: inRange(entry['size'], 0, 1e5, defaultTextStyle.size),
    weight: Math.trunc(inRange(entry['weight'], 1, 1000, defaultTextStyle.weight)),
    italic: booleanOr(entry['italic'], false),
    fill: parseColor(entry['fill']),
    letterSpacing: inRange(entry['letterSpacing'], -1e5, 1e5, 0),
    lineHeight: isFiniteNumber(lineHeight) && lineHeight >= 0 && lineHeight <= 1e3 ? lineHeight : undefined,
  }
}

const objectReplacement = '\uFFFC'

const parseText = (value: unknown): readonly StyledRun[] => {
  if (typeof value === 'string') return value === '' ? [] : [{ text: value, style: defaultTextStyle }]
  if (!(value instanceof Y.Text)) return []
  return (value.toDelta() as readonly unknown[]).map(part => {
    const { insert, attributes } = entryOf(part)
    return { text: typeof insert === 'string' ? insert : objectReplacement, style: parseTextStyle(attributes) }
  })
}

const parseParagraph = (value: unknown): ParagraphStyle => {
  const entry = entryOf(value)
  const autoSize = entry['autoSize'] ?? entry['autosize']
  return {
    align: oneOf(['left', 'center', 'right', 'justify'], entry['align'] ?? entry['h'], 'left'),
    verticalAlign: oneOf(['top', 'middle', 'bottom'], entry['verticalAlign'] ?? entry['v'], 'top'),
    autoSize: autoSize === 'width-and-height' ? 'widthAndHeight' : oneOf(['none', 'widthAndHeight', 'height'], autoSize, 'none'),
  }
}

/// Parent and order key of `pi`; both empty when malformed.
export const parsePlace = (value: unknown): { parent: string; orderKey: string } => {
  const [parent, orderKey] = listOf(value)
  return { parent: stringOr(parent, ''), orderKey: stringOr(orderKey, '') }
}

const blends: readonly string[] = [
  'pass-through', 'normal', 'multiply', 'screen', 'overlay', 'darken', 'lighten', 'color-dodge', 'color-burn', 'hard-light',
  'soft-light', 'difference', 'exclusion', 'hue', 'saturation', 'color', 'luminosity',
]

/// A property as plain data; nested shared types (of a script that used Y.Array) are read too. Texts stay texts.
const plainValue = (value: unknown): unknown =>
  value instanceof Y.AbstractType && !(value instanceof Y.Text) ? (value.toJSON() as unknown) : value

/// What is stored for a node: its Y.Map, or the plain object that some script stored instead. Undefined: no node.
export const nodeEntry = (stored: unknown): ReadonlyMap<string, unknown> | undefined => {
  if (stored instanceof Y.Map) return new Map([...(stored as Y.Map<unknown>).entries()].map(([key, value]) => [key, plainValue(value)]))
  return isEntry(stored) && !(stored instanceof Y.AbstractType) ? new Map(Object.entries(stored)) : undefined
}

export const parseNode = (id: string, entry: ReadonlyMap<string, unknown>): DesignNode => {
  const place = parsePlace(entry.get('pi'))
  return {
    id,
    type: parseNodeType(entry.get('t')),
    typeText: stringOr(entry.get('t'), ''),
    parent: place.parent,
    orderKey: place.orderKey,
    name: stringOr(entry.get('name'), ''),
    transform: parseTransform(entry.get('xf')),
    size: parseSize(entry.get('size')),
    visible: booleanOr(entry.get('vis'), true),
    locked: booleanOr(entry.get('lock'), false),
    opacity: clamp01(numberOr(entry.get('op'), 1)),
    blend: oneOf(blends, entry.get('blend'), 'pass-through'),
    fills: parsePaints(entry.get('fills')),
    strokes: parsePaints(entry.get('strokes')),
    strokeStyle: parseStroke(entry),
    radii: parseRadii(entry.get('radii')),
    clip: booleanOr(entry.get('clip'), true),
    path: parsePath(entry.get('path')),
    text: parseText(entry.get('text')),
    paragraph: parseParagraph(entry.get('para')),
    asset: parseHash(entry.get('asset')),
    imageFit: oneOf(imageFits, entry.get('fit'), 'fill'),
    svg: stringOr(entry.get('svg'), ''),
    generationId: stringOr(entry.get('genId'), ''),
  }
}

export const parseAsset = (hash: string, value: unknown): Asset | undefined => {
  const entry = value instanceof Y.Map ? Object.fromEntries(value.entries()) : entryOf(value)
  if (!isHash(hash)) return undefined
  return {
    hash,
    mime: stringOr(entry['mime'], ''),
    sizeBytes: numberOr(entry['bytes'], 0),
    widthPx: numberOr(entry['width'], 0),
    heightPx: numberOr(entry['height'], 0),
    name: stringOr(entry['name'], ''),
  }
}
