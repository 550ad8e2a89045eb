/// Fills and strokes of one outline. The context's transform maps node coordinates to device pixels.
import { toCss, type Color } from '../base/color'
import { invert, multiply, type Size, type Transform } from '../base/geometry'
import { assertNever } from '../base/assert'
import type { DesignNode, ImageFit, Paint } from '../document/schema'
import type { BlobCache } from '../session/blobs'
import { isClosedOutline, outlineOf } from './path'

export type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D

const far = 1e6 // beyond every page, for the area outside an outline

/// Fills `path` (node coordinates) with a gradient defined on its unit square.
const fillGradient = (ctx: Context, path: Path2D, rule: CanvasFillRule, paint: Extract<Paint, { matrix: Transform }>, size: Size): void => {
  const toNode = multiply([size.width, 0, 0, size.height, 0, 0], paint.matrix)
  const toGradient = invert(toNode)
  const last = paint.stops.at(-1)
  if (last === undefined) return
  if (toGradient === undefined) {
    ctx.fillStyle = toCss(last.color, paint.opacity)
    ctx.fill(path, rule)
    return
  }
  const gradient = paint.kind === 'linearGradient' ? ctx.createLinearGradient(0, 0, 1, 0) : ctx.createRadialGradient(0.5, 0.5, 0, 0.5, 0.5, 0.5)
  for (const stop of paint.stops) gradient.addColorStop(stop.offset, toCss(stop.color, paint.opacity))
  const inGradientSpace = new Path2D()
  const [a, b, c, d, e, f] = toGradient
  inGradientSpace.addPath(path, { a, b, c, d, e, f })
  ctx.save()
  ctx.transform(...toNode)
  ctx.fillStyle = gradient
  ctx.fill(inGradientSpace, rule)
  ctx.restore()
}

const drawImage = (ctx: Context, image: ImageBitmap, size: Size, fit: ImageFit): void => {
  const { width, height } = size
  switch (fit) {
    case 'stretch':
      ctx.drawImage(image, 0, 0, width, height)
      return
    case 'fill':
    case 'fit': {
      const ratios = [width / image.width, height / image.height]
      const scale = fit === 'fill' ? Math.max(...ratios) : Math.min(...ratios)
      const [w, h] = [image.width * scale, image.height * scale]
      ctx.drawImage(image, (width - w) / 2, (height - h) / 2, w, h)
      return
    }
    case 'tile': {
      const pattern = ctx.createPattern(image, 'repeat')
      if (pattern === null) return
      ctx.fillStyle = pattern
      ctx.fillRect(0, 0, width, height)
      return
    }
    default:
      assertNever(fit)
  }
}

/// An image in its outline; a quiet hatch while its bytes are not here.
export const fillImage = (
  ctx: Context, path: Path2D, rule: CanvasFillRule, hash: string | undefined, fit: ImageFit, opacity: number, size: Size, blobs: BlobCache,
): void => {
  const state = hash === undefined ? undefined : blobs.image(hash)
  ctx.save()
  ctx.clip(path, rule)
  if (state?.kind === 'ready') {
    ctx.globalAlpha *= opacity
    ctx.imageSmoothingQuality = 'high'
    drawImage(ctx, state.image, size, fit)
  } else {
    drawPlaceholder(ctx, size)
  }
  ctx.restore()
}

/// Stands for what is newer, foreign or not here yet, in the colours of the native renderer: a dashed box with its
/// diagonals.
const placeholderFill: Color = { r: 0.55, g: 0.58, b: 0.66, a: 0.12 }
const placeholderLine: Color = { r: 0.55, g: 0.58, b: 0.66, a: 1 }

export const drawPlaceholder = (ctx: Context, size: Size): void => {
  const { width, height } = size
  ctx.save()
  ctx.fillStyle = toCss(placeholderFill)
  ctx.fillRect(0, 0, width, height)
  ctx.strokeStyle = toCss(placeholderLine)
  ctx.lineWidth = 0.5
  ctx.beginPath()
  ctx.moveTo(0, 0)
  ctx.lineTo(width, height)
  ctx.moveTo(width, 0)
  ctx.lineTo(0, height)
  ctx.stroke()
  ctx.lineWidth = 1
  ctx.setLineDash([4, 4])
  ctx.strokeRect(0.5, 0.5, Math.max(0, width - 1), Math.max(0, height - 1))
  ctx.restore()
}

const paintPath = (ctx: Context, path: Path2D, rule: CanvasFillRule, paint: Paint, size: Size, blobs: BlobCache): void => {
  switch (paint.kind) {
    case 'solid':
      ctx.fillStyle = toCss(paint.color, paint.opacity)
      ctx.fill(path, rule)
      return
    case 'linearGradient':
    case 'radialGradient':
      fillGradient(ctx, path, rule, paint, size)
      return
    case 'image':
      fillImage(ctx, path, rule, paint.asset, paint.fit, paint.opacity, size, blobs)
      return
    case 'unknown':
      return
    default:
      assertNever(paint)
  }
}

export const drawFills = (ctx: Context, node: DesignNode, blobs: BlobCache): void => {
  const path = outlineOf(node)
  for (const paint of node.fills) {
    if (paint.visible) paintPath(ctx, path, node.path.rule, paint, node.size, blobs)
  }
}

const strokeStyleOf = (ctx: Context, paint: Paint, size: Size): string | CanvasGradient | undefined => {
  switch (paint.kind) {
    case 'solid':
      return toCss(paint.color, paint.opacity)
    case 'linearGradient':
    case 'radialGradient': {
      // Canvas strokes cannot be transformed apart from their paint, so the axis is mapped: exact for linear ones
      // without skew and for round radial ones.
      const [a, b, c, d, e, f] = multiply([size.width, 0, 0, size.height, 0, 0], paint.matrix)
      const gradient =
        paint.kind === 'linearGradient'
          ? ctx.createLinearGradient(e, f, a + e, b + f)
          : ctx.createRadialGradient((a + c) / 2 + e, (b + d) / 2 + f, 0, (a + c) / 2 + e, (b + d) / 2 + f, Math.hypot(a, b) / 2)
      for (const stop of paint.stops) gradient.addColorStop(stop.offset, toCss(stop.color, paint.opacity))
      return gradient
    }
    default:
      return undefined
  }
}

export const drawStrokes = (ctx: Context, node: DesignNode): void => {
  const { width, align, cap, join, miterLimit, dash } = node.strokeStyle
  if (width <= 0 || node.strokes.length === 0) return
  const path = outlineOf(node)
  const isAligned = align !== 'center' && isClosedOutline(node)
  ctx.save()
  ctx.lineWidth = isAligned ? width * 2 : width
  ctx.lineCap = cap
  ctx.lineJoin = join
  ctx.miterLimit = Math.max(1, miterLimit)
  ctx.setLineDash(dash.every(length => length >= 0) ? [...dash] : [])
  if (isAligned && align === 'inside') {
    ctx.clip(path, node.path.rule)
  } else if (isAligned) {
    const outside = new Path2D()
    outside.rect(-far, -far, 2 * far, 2 * far)
    outside.addPath(path)
    ctx.clip(outside, 'evenodd')
  }
  for (const paint of node.strokes) {
    const style = paint.visible ? strokeStyleOf(ctx, paint, node.size) : undefined
    if (style === undefined) continue
    ctx.strokeStyle = style
    ctx.stroke(path)
  }
  ctx.restore()
}
