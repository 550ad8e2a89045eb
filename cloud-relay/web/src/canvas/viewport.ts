/// Which part of the page is seen: document to view (device-independent pixels of the canvas element).
import { applyTo, centerOf, type Point, type Rect, type Size, type Transform } from '../base/geometry'

export type Viewport = { readonly zoom: number; readonly x: number; readonly y: number }

const minZoom = 0.01
const maxZoom = 256
export const zoomSteps: readonly number[] =
  [0.01, 0.02, 0.03, 0.05, 0.0625, 0.125, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 8, 16, 32, 64, 128, 256]

export const viewTransform = (view: Viewport): Transform => [view.zoom, 0, 0, view.zoom, view.x, view.y]
export const toDoc = (view: Viewport, point: Point): Point => ({ x: (point.x - view.x) / view.zoom, y: (point.y - view.y) / view.zoom })
export const toView = (view: Viewport, point: Point): Point => applyTo(viewTransform(view), point)

/// The document point under `anchor` stays there.
export const zoomedAt = (view: Viewport, anchor: Point, zoom: number): Viewport => {
  const next = Math.min(maxZoom, Math.max(minZoom, zoom))
  const factor = next / view.zoom
  return { zoom: next, x: anchor.x - (anchor.x - view.x) * factor, y: anchor.y - (anchor.y - view.y) * factor }
}

export const nextZoomStep = (zoom: number, direction: 1 | -1): number => {
  const tolerance = 1.0001
  return direction > 0
    ? (zoomSteps.find(step => step > zoom * tolerance) ?? maxZoom)
    : (zoomSteps.findLast(step => step < zoom / tolerance) ?? minZoom)
}

/// Shows the whole rectangle with a margin around it.
export const fitted = (rectDoc: Rect, canvas: Size, marginPx: number, mostZoom = maxZoom): Viewport => {
  const width = Math.max(1, canvas.width - 2 * marginPx)
  const height = Math.max(1, canvas.height - 2 * marginPx)
  const zoom = Math.min(mostZoom, maxZoom, Math.max(minZoom, Math.min(width / Math.max(rectDoc.width, 1e-6), height / Math.max(rectDoc.height, 1e-6))))
  const center = centerOf(rectDoc)
  return { zoom, x: canvas.width / 2 - center.x * zoom, y: canvas.height / 2 - center.y * zoom }
}
