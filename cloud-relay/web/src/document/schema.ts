/// Nodes as plain data: what the entries of the document's maps mean after parsing. Whatever is in the document came
/// from outside, so every value is checked here once; malformed values mean the default and stay untouched in the
/// document. Mirrors core/document/node.h. Lengths in document px.
import type { Color } from '../base/color'
import type { NodeId } from '../base/ids'
import type { Size, Transform } from '../base/geometry'

export const nodeTypes = ['page', 'frame', 'group', 'rect', 'ellipse', 'line', 'vector', 'text', 'image', 'svgRaw'] as const
export type NodeType = (typeof nodeTypes)[number] | 'unknown'

/// What a Y.Map entry or a message can hold.
export type Stored = null | undefined | boolean | number | string | Uint8Array | readonly Stored[] | { readonly [key: string]: Stored }
export type Properties = Readonly<Record<string, Stored>>

export type GradientStop = { readonly offset: number; readonly color: Color }
export type ImageFit = 'fill' | 'fit' | 'tile' | 'stretch'

type PaintCommon = { readonly id: string; readonly visible: boolean; readonly opacity: number }
export type Paint = PaintCommon &
  (
    | { readonly kind: 'solid'; readonly color: Color }
    | { readonly kind: 'linearGradient' | 'radialGradient'; readonly matrix: Transform; readonly stops: readonly GradientStop[] }
    | { readonly kind: 'image'; readonly asset: string | undefined; readonly fit: ImageFit }
    | { readonly kind: 'unknown' }
  )

export type StrokeStyle = {
  readonly width: number
  readonly align: 'center' | 'inside' | 'outside'
  readonly cap: 'butt' | 'round' | 'square'
  readonly join: 'miter' | 'round' | 'bevel'
  readonly miterLimit: number
  readonly dash: readonly number[]
}

/// points: x, y, inX, inY, outX, outY per point, absolute in node coordinates.
export type SubPath = { readonly closed: boolean; readonly points: readonly number[] }
export type VectorPath = { readonly rule: 'nonzero' | 'evenodd'; readonly subPaths: readonly SubPath[] }

export type TextStyle = {
  readonly family: string
  readonly size: number
  readonly weight: number
  readonly italic: boolean
  readonly fill: Color
  readonly letterSpacing: number
  /// Multiple of size; undefined: the font's own.
  readonly lineHeight: number | undefined
}
export type StyledRun = { readonly text: string; readonly style: TextStyle }
export type ParagraphStyle = {
  readonly align: 'left' | 'center' | 'right' | 'justify'
  readonly verticalAlign: 'top' | 'middle' | 'bottom'
  readonly autoSize: 'none' | 'widthAndHeight' | 'height'
}

export type DesignNode = {
  readonly id: NodeId
  readonly type: NodeType
  /// The `t` value as stored.
  readonly typeText: string
  /// As stored; the tree may show the node elsewhere.
  readonly parent: NodeId
  readonly orderKey: string
  readonly name: string
  readonly transform: Transform
  readonly size: Size
  readonly visible: boolean
  readonly locked: boolean
  readonly opacity: number
  readonly blend: string
  readonly fills: readonly Paint[]
  readonly strokes: readonly Paint[]
  readonly strokeStyle: StrokeStyle
  readonly radii: readonly [number, number, number, number]
  readonly clip: boolean
  readonly path: VectorPath
  readonly text: readonly StyledRun[]
  readonly paragraph: ParagraphStyle
  readonly asset: string | undefined
  readonly imageFit: ImageFit
  readonly svg: string
  readonly generationId: string
}

export type Asset = {
  readonly hash: string
  readonly mime: string
  readonly sizeBytes: number
  readonly widthPx: number
  readonly heightPx: number
  readonly name: string
}

export const black: Color = { r: 0, g: 0, b: 0, a: 1 }
export const defaultTextStyle: TextStyle = {
  family: 'Inter', size: 16, weight: 400, italic: false, fill: black, letterSpacing: 0, lineHeight: undefined,
}

export const plainText = (node: DesignNode): string => node.text.map(run => run.text).join('')
