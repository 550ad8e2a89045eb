/// Outlines of nodes as Path2D in node coordinates, made once per node object.
import type { DesignNode } from '../document/schema'

const cache = new WeakMap<DesignNode, Path2D>()

/// Radii scaled down together when they do not fit their sides, as CSS does.
const fittedRadii = (node: DesignNode): [number, number, number, number] => {
  const { width, height } = node.size
  const [tl, tr, br, bl] = node.radii
  const ratio = (side: number, sum: number): number => (sum > side && sum > 0 ? side / sum : 1)
  const factor = Math.min(ratio(width, tl + tr), ratio(width, bl + br), ratio(height, tl + bl), ratio(height, tr + br))
  return [tl * factor, tr * factor, br * factor, bl * factor]
}

const addVector = (path: Path2D, node: DesignNode): void => {
  for (const sub of node.path.subPaths) {
    const p = sub.points
    const count = p.length / 6
    const at = (point: number, part: number): number => p[(point % count) * 6 + part] ?? 0
    if (count === 0) continue
    path.moveTo(at(0, 0), at(0, 1))
    for (let i = 1; i < count + (sub.closed ? 1 : 0); ++i) {
      const straight =
        at(i - 1, 4) === at(i - 1, 0) && at(i - 1, 5) === at(i - 1, 1) && at(i, 2) === at(i, 0) && at(i, 3) === at(i, 1)
      if (straight) path.lineTo(at(i, 0), at(i, 1))
      else path.bezierCurveTo(at(i - 1, 4), at(i - 1, 5), at(i, 2), at(i, 3), at(i, 0), at(i, 1))
    }
    if (sub.closed) path.closePath()
  }
}

const build = (node: DesignNode): Path2D => {
  const path = new Path2D()
  const { width, height } = node.size
  switch (node.type) {
    case 'ellipse':
      path.ellipse(width / 2, height / 2, width / 2, height / 2, 0, 0, 2 * Math.PI)
      path.closePath()
      break
    case 'line':
      path.moveTo(0, 0)
      path.lineTo(width, height)
      break
    case 'vector':
      addVector(path, node)
      break
    default: {
      const radii = fittedRadii(node)
      if (radii.some(radius => radius > 0)) path.roundRect(0, 0, width, height, radii)
      else path.rect(0, 0, width, height)
    }
  }
  return path
}

export const outlineOf = (node: DesignNode): Path2D => {
  const known = cache.get(node)
  if (known !== undefined) return known
  const path = build(node)
  cache.set(node, path)
  return path
}

/// Only closed outlines can be stroked inside or outside.
export const isClosedOutline = (node: DesignNode): boolean =>
  node.type !== 'line' && (node.type !== 'vector' || node.path.subPaths.every(sub => sub.closed))
