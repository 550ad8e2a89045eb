/// Messages of docs/wire.md: y-protocols plus ours from 100. Frames come from outside; decoding throws on any that is
/// truncated, and the provider closes the connection then.
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'

export const roles = ['owner', 'editor', 'commenter', 'viewer'] as const
export type Role = (typeof roles)[number]
export const canEdit = (role: Role | undefined): boolean => role === 'owner' || role === 'editor'

export type ServerMessage =
  | { readonly kind: 'step1'; readonly stateVector: Uint8Array }
  | { readonly kind: 'update'; readonly update: Uint8Array; readonly isStep2: boolean }
  | { readonly kind: 'awareness'; readonly update: Uint8Array }
  | { readonly kind: 'denied'; readonly reason: string }
  | { readonly kind: 'queryAwareness' }
  | { readonly kind: 'durable'; readonly count: number }
  | { readonly kind: 'permission'; readonly role: Role }
  | { readonly kind: 'notice'; readonly code: number; readonly text: string }
  | { readonly kind: 'blobOffer'; readonly hash: string; readonly sizeBytes: number }
  | { readonly kind: 'jobEvent'; readonly json: string }
  | { readonly kind: 'unknown'; readonly number: number }

const decodeSync = (decoder: decoding.Decoder): ServerMessage => {
  const kind = decoding.readVarUint(decoder)
  const body = decoding.readVarUint8Array(decoder)
  switch (kind) {
    case 0: return { kind: 'step1', stateVector: body }
    case 1: return { kind: 'update', update: body, isStep2: true }
    case 2: return { kind: 'update', update: body, isStep2: false }
    default: throw new Error(`unknown sync message ${kind}`)
  }
}

export const decodeMessage = (frame: Uint8Array): ServerMessage => {
  const decoder = decoding.createDecoder(frame)
  const number = decoding.readVarUint(decoder)
  switch (number) {
    case 0: return decodeSync(decoder)
    case 1: return { kind: 'awareness', update: decoding.readVarUint8Array(decoder) }
    case 2:
      decoding.readVarUint(decoder)
      return { kind: 'denied', reason: decoding.readVarString(decoder) }
    case 3: return { kind: 'queryAwareness' }
    case 100: return { kind: 'durable', count: decoding.readVarUint(decoder) }
    case 101: {
      const role = roles[decoding.readVarUint(decoder)]
      if (role === undefined) throw new Error('unknown role')
      return { kind: 'permission', role }
    }
    case 102: return { kind: 'notice', code: decoding.readVarUint(decoder), text: decoding.readVarString(decoder) }
    case 103: return { kind: 'blobOffer', hash: decoding.readVarString(decoder), sizeBytes: decoding.readVarUint(decoder) }
    case 104: return { kind: 'jobEvent', json: decoding.readVarString(decoder) }
    default: return { kind: 'unknown', number }
  }
}

const frame = (write: (encoder: encoding.Encoder) => void): Uint8Array => {
  const encoder = encoding.createEncoder()
  write(encoder)
  return encoding.toUint8Array(encoder)
}

const syncFrame = (kind: number, body: Uint8Array): Uint8Array =>
  frame(encoder => {
    encoding.writeVarUint(encoder, 0)
    encoding.writeVarUint(encoder, kind)
    encoding.writeVarUint8Array(encoder, body)
  })

export const encodeStep1 = (doc: Y.Doc): Uint8Array => syncFrame(0, Y.encodeStateVector(doc))
export const encodeStep2 = (doc: Y.Doc, stateVector: Uint8Array): Uint8Array => syncFrame(1, Y.encodeStateAsUpdate(doc, stateVector))
export const encodeUpdate = (update: Uint8Array): Uint8Array => syncFrame(2, update)
export const encodeAwareness = (update: Uint8Array): Uint8Array =>
  frame(encoder => {
    encoding.writeVarUint(encoder, 1)
    encoding.writeVarUint8Array(encoder, update)
  })
