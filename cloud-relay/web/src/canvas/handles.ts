/// Resize handles of one node and what dragging one does to its frame.
import { applyTo, invert, multiply, rounded, translation, type Point, type Size, type Transform } from '../base/geometry'
import { toView, type Viewport } from './viewport'
import type { Frame } from './editor_state'

/// -1 left or top, 0 middle, 1 right or bottom.
export type Handle = { readonly x: -1 | 0 | 1; readonly y: -1 | 0 | 1 }
export const handles: readonly Handle[] = [
  { x: -1, y: -1 }, { x: 1, y: -1 }, { x: 1, y: 1 }, { x: -1, y: 1 }, { x: 0, y: -1 }, { x: 1, y: 0 }, { x: 0, y: 1 }, { x: -1, y: 0 },
]

export const handlePoint = (handle: Handle, pageTransform: Transform, size: Size, view: Viewport): Point =>
  toView(view, applyTo(pageTransform, { x: ((handle.x + 1) / 2) * size.width, y: ((handle.y + 1) / 2) * size.height }))

export const handleAt = (point: Point, pageTransform: Transform, size: Size, view: Viewport, hitPx: number): Handle | undefined =>
  handles.find(handle => {
    const at = handlePoint(handle, pageTransform, size, view)
    return Math.abs(at.x - point.x) <= hitPx / 2 && Math.abs(at.y - point.y) <= hitPx / 2
  })

const cursors = ['ns-resize', 'nesw-resize', 'ew-resize', 'nwse-resize'] as const

/// The CSS cursor along the handle's direction on the screen.
export const handleCursor = (handle: Handle, pageTransform: Transform): string => {
  const dx = pageTransform[0] * handle.x + pageTransform[2] * handle.y
  const dy = pageTransform[1] * handle.x + pageTransform[3] * handle.y
  const eighth = Math.round((Math.atan2(dx, -dy) / Math.PI) * 4)
  return cursors[((eighth % 4) + 4) % 4] ?? 'default'
}

/// The frame after the handle went to `pagePoint`. Sides may not cross; size stays at least 1.
export const resized = (
  start: Frame, pageTransform: Transform, handle: Handle, pagePoint: Point, keepRatio: boolean, fromCenter: boolean,
): Frame => {
  const toLocal = invert(pageTransform)
  if (toLocal === undefined) return start
  const local = applyTo(toLocal, pagePoint)
  const { width, height } = start.size
  const grow = (direction: number, at: number, length: number): number => {
    if (direction === 0) return length
    const moved = direction > 0 ? at : length - at
    return Math.max(1, fromCenter ? 2 * moved - length : moved)
  }
  let newWidth = grow(handle.x, local.x, width)
  let newHeight = grow(handle.y, local.y, height)
  if (keepRatio && width > 0 && height > 0) {
    const factor = handle.x === 0 ? newHeight / height : handle.y === 0 ? newWidth / width : Math.max(newWidth / width, newHeight / height)
    newWidth = Math.max(1, width * factor)
    newHeight = Math.max(1, height * factor)
  }
  const size = { width: rounded(newWidth), height: rounded(newHeight) }
  const offset = (direction: number, before: number, after: number): number =>
    fromCenter || direction === 0 ? (before - after) / 2 : direction > 0 ? 0 : before - after
  const shift = translation(
    handle.x === 0 && !keepRatio ? 0 : offset(handle.x, width, size.width),
    handle.y === 0 && !keepRatio ? 0 : offset(handle.y, height, size.height),
  )
  return { transform: multiply(start.transform, shift), size }
}
