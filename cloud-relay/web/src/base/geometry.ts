/// Points, rectangles and 2D affine transforms; y points down, SVG order, as core/base/geometry.h. The space
/// (document or view) is named by the variable.
export type Point = { readonly x: number; readonly y: number }
export type Size = { readonly width: number; readonly height: number }
export type Rect = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
/// [a b c d e f]: x' = a x + c y + e, y' = b x + d y + f.
export type Transform = readonly [number, number, number, number, number, number]

export const identity: Transform = [1, 0, 0, 1, 0, 0]
export const translation = (x: number, y: number): Transform => [1, 0, 0, 1, x, y]

/// `outer * inner`: apply `inner` first.
export const multiply = (m: Transform, n: Transform): Transform => [
  m[0] * n[0] + m[2] * n[1],
  m[1] * n[0] + m[3] * n[1],
  m[0] * n[2] + m[2] * n[3],
  m[1] * n[2] + m[3] * n[3],
  m[0] * n[4] + m[2] * n[5] + m[4],
  m[1] * n[4] + m[3] * n[5] + m[5],
]

export const applyTo = (m: Transform, p: Point): Point => ({ x: m[0] * p.x + m[2] * p.y + m[4], y: m[1] * p.x + m[3] * p.y + m[5] })

/// Undefined when the transform flattens the plane.
export const invert = (m: Transform): Transform | undefined => {
  const det = m[0] * m[3] - m[1] * m[2]
  if (!Number.isFinite(det) || Math.abs(det) <= 1e-300) return undefined
  const a = m[3] / det
  const b = -m[1] / det
  const c = -m[2] / det
  const d = m[0] / det
  return [a, b, c, d, -(a * m[4] + c * m[5]), -(b * m[4] + d * m[5])]
}

/// Length factor of the transform: the square root of the area factor.
export const scaleOf = (m: Transform): number => Math.sqrt(Math.abs(m[0] * m[3] - m[1] * m[2]))

/// Degrees clockwise, -180..180.
export const rotationOf = (m: Transform): number => (Math.atan2(m[1], m[0]) * 180) / Math.PI

export const corners = (m: Transform, r: Rect): [Point, Point, Point, Point] => [
  applyTo(m, { x: r.x, y: r.y }),
  applyTo(m, { x: r.x + r.width, y: r.y }),
  applyTo(m, { x: r.x + r.width, y: r.y + r.height }),
  applyTo(m, { x: r.x, y: r.y + r.height }),
]

export const boundsOf = (points: readonly Point[]): Rect => {
  let x0 = Infinity
  let y0 = Infinity
  let x1 = -Infinity
  let y1 = -Infinity
  for (const p of points) {
    x0 = Math.min(x0, p.x)
    y0 = Math.min(y0, p.y)
    x1 = Math.max(x1, p.x)
    y1 = Math.max(y1, p.y)
  }
  return { x: x0, y: y0, width: x1 - x0, height: y1 - y0 }
}

export const mapBounds = (m: Transform, r: Rect): Rect => boundsOf(corners(m, r))
export const rectFromCorners = (a: Point, b: Point): Rect => boundsOf([a, b])
export const isEmptyRect = (r: Rect): boolean => !(r.width > 0 && r.height > 0)
export const contains = (r: Rect, p: Point): boolean => p.x >= r.x && p.y >= r.y && p.x < r.x + r.width && p.y < r.y + r.height
/// Closed on all sides, so that lines of no height still meet a marquee.
export const intersects = (a: Rect, b: Rect): boolean =>
  a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height
export const inflate = (r: Rect, by: number): Rect => ({ x: r.x - by, y: r.y - by, width: r.width + 2 * by, height: r.height + 2 * by })
export const centerOf = (r: Rect): Point => ({ x: r.x + r.width / 2, y: r.y + r.height / 2 })

export const united = (rects: readonly Rect[]): Rect | undefined =>
  rects.length === 0
    ? undefined
    : boundsOf(rects.flatMap(r => [{ x: r.x, y: r.y }, { x: r.x + r.width, y: r.y + r.height }]))

const roundedTo = (value: number, scale: number): number => {
  if (!(Math.abs(value) * scale < Number.MAX_SAFE_INTEGER)) return value
  const result = Math.floor(value * scale + 0.5) / scale
  return result === 0 ? 0 : result
}

/// At most 4 decimals, -0 becomes 0: what every command writes.
export const rounded = (length: number): number => roundedTo(length, 1e4)

/// The stored form. The linear part multiplies lengths: four decimals of it would move the far corner of a large node.
export const storedTransform = (t: Transform): number[] =>
  t.map((value, index) => (index < 4 ? roundedTo(value, 1e9) : rounded(value)))
