/// Brings a picture file into the document: its bytes are kept on this device and uploaded, the document gets the asset
/// and an image node.
import { makeId, type NodeId } from '../base/ids'
import { rounded, type Point } from '../base/geometry'
import { createBlank } from '../document/blank'
import type { Session } from './session'

export const imageTypes: readonly string[] = ['image/png', 'image/jpeg', 'image/webp']
const largestBytes = 64 * 1024 * 1024
const largestSide = 1024

/// Centred on a page point, scaled down to at most 1,024 px a side. Undefined when it could not be placed: a message
/// says why.
export const placeImage = async (session: Session, file: File, page: NodeId, center: Point): Promise<NodeId | undefined> => {
  if (!imageTypes.includes(file.type)) {
    session.toasts.show('error', `"${file.name}" was not placed: only PNG, JPEG and WebP pictures can be.`)
    return undefined
  }
  if (file.size > largestBytes) {
    session.toasts.show('error', `"${file.name}" was not placed: it is larger than 64 MB.`)
    return undefined
  }
  try {
    const bytes = await file.arrayBuffer()
    const { hash, width, height } = await session.blobs.add(bytes, file.type)
    const scale = Math.min(1, largestSide / Math.max(width, height))
    const size = [rounded(width * scale), rounded(height * scale)] as const
    const node = makeId()
    const parent = page === '' ? createBlank(session.doc, 'Untitled') : page
    const error = session.edit([
      { kind: 'addAsset', hash, mime: file.type, sizeBytes: bytes.byteLength, widthPx: width, heightPx: height, name: file.name },
      {
        kind: 'createNode', id: node, type: 'image', placement: { parent }, text: '',
        properties: { name: file.name.replace(/\.[^.]+$/, ''), asset: hash, size, xf: [1, 0, 0, 1, rounded(center.x - size[0] / 2), rounded(center.y - size[1] / 2)] },
      },
    ])
    return error === undefined ? node : undefined
  } catch {
    session.toasts.show('error', `"${file.name}" was not placed: it is damaged or not a picture.`)
    return undefined
  }
}
