import * as encoding from 'lib0/encoding'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { Provider } from '../src/sync/provider'
import { decodeMessage, roles, type Role } from '../src/sync/protocol'

/// The relay's end of one socket: what the client sent, and a hand to answer.
class FakeSocket {
  static readonly OPEN = 1
  static last: FakeSocket
  static opened = 0
  readyState = 0
  binaryType = ''
  sent: Uint8Array[] = []
  onopen?: () => void
  onmessage?: (event: { data: ArrayBuffer }) => void
  onclose?: (event: { code: number; reason: string }) => void

  constructor(readonly url: string) {
    FakeSocket.last = this
    ++FakeSocket.opened
  }
  send(frame: Uint8Array): void {
    this.sent.push(frame)
  }
  close(code = 1000): void {
    this.drop(code)
  }
  open(): void {
    this.readyState = 1
    this.onopen?.()
  }
  drop(code: number, reason = ''): void {
    this.readyState = 3
    this.onclose?.({ code, reason })
  }
  receive(...parts: (number | Uint8Array | string)[]): void {
    const encoder = encoding.createEncoder()
    for (const part of parts) {
      if (typeof part === 'number') encoding.writeVarUint(encoder, part)
      else if (typeof part === 'string') encoding.writeVarString(encoder, part)
      else encoding.writeVarUint8Array(encoder, part)
    }
    this.onmessage?.({ data: encoding.toUint8Array(encoder).slice().buffer })
  }
  /// Step 1, role and step 2, as the relay greets.
  greet(role: Role, relay = new Y.Doc()): void {
    this.open()
    this.receive(0, 0, Y.encodeStateVector(relay))
    this.receive(101, roles.indexOf(role))
    this.receive(0, 1, Y.encodeStateAsUpdate(relay))
  }
  updates(): number {
    return this.sent.map(decodeMessage).filter(message => message.kind === 'update').length
  }
}

const start = (unsynced = 0): { doc: Y.Doc; provider: Provider } => {
  const doc = new Y.Doc()
  const events = { changed: vi.fn(), role: vi.fn(), notice: vi.fn(), blobOffer: vi.fn(), jobEvent: vi.fn() }
  const provider = new Provider('ws://relay/sync/r', doc, new Awareness(doc), events, { unsynced, role: undefined })
  provider.connect()
  return { doc, provider }
}
const edit = (doc: Y.Doc): void => doc.getMap<number>('nodes').set('n', Math.random()) as unknown as void

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', FakeSocket)
  FakeSocket.opened = 0
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('the provider', () => {
  it('counts a change as synced only when message 100 covers it', () => {
    const { doc, provider } = start()
    FakeSocket.last.greet('editor')
    FakeSocket.last.receive(100, 1, 0)
    edit(doc)
    edit(doc)
    expect(provider.unsynced()).toBe(2)
    FakeSocket.last.receive(100, 2, 0)
    expect(provider.unsynced()).toBe(1)
    FakeSocket.last.receive(100, 3, 0)
    expect(provider.unsynced()).toBe(0)
  })
  it('carries what was done offline in step 2 and waits for its acknowledgement', () => {
    const { doc, provider } = start(4)
    edit(doc)
    expect(provider.unsynced()).toBe(5)
    FakeSocket.last.greet('editor')
    expect(FakeSocket.last.updates()).toBe(1)
    expect(provider.unsynced()).toBe(5)
    FakeSocket.last.receive(100, 1, 0)
    expect(provider.unsynced()).toBe(0)
  })
  it('sends no update as a viewer, not even an empty step 2', () => {
    const { doc, provider } = start()
    FakeSocket.last.greet('viewer')
    edit(doc)
    expect(FakeSocket.last.updates()).toBe(0)
    expect(provider.unsynced()).toBe(1)
    expect(provider.isUpToDate()).toBe(true)
  })
  it('waits with step 2 until the relay has named the role', () => {
    start()
    FakeSocket.last.open()
    FakeSocket.last.receive(0, 0, Y.encodeStateVector(new Y.Doc()))
    expect(FakeSocket.last.updates()).toBe(0)
    FakeSocket.last.receive(101, roles.indexOf('editor'))
    expect(FakeSocket.last.updates()).toBe(1)
  })
  it('does not echo what it received', () => {
    start()
    const relay = new Y.Doc()
    edit(relay)
    FakeSocket.last.greet('editor', relay)
    const before = FakeSocket.last.updates()
    edit(relay)
    FakeSocket.last.receive(0, 2, Y.encodeStateAsUpdate(relay))
    expect(FakeSocket.last.updates()).toBe(before)
  })
  it('comes back after a lost connection and numbers its messages anew', () => {
    const { doc, provider } = start()
    FakeSocket.last.greet('editor')
    edit(doc)
    FakeSocket.last.drop(1006)
    expect(provider.state()).toBe('offline')
    vi.advanceTimersByTime(30_000)
    expect(FakeSocket.opened).toBe(2)
    FakeSocket.last.greet('editor')
    expect(provider.unsynced()).toBe(1)
    FakeSocket.last.receive(100, 1, 0)
    expect(provider.unsynced()).toBe(0)
  })
  it('does not come back when the token is refused', () => {
    const { provider } = start()
    FakeSocket.last.open()
    FakeSocket.last.receive(2, 0, 'revoked')
    FakeSocket.last.drop(4401)
    vi.advanceTimersByTime(60_000)
    expect(provider.state()).toBe('denied')
    expect(provider.deniedReason()).toBe('revoked')
    expect(FakeSocket.opened).toBe(1)
  })
  it('closes a connection that sends garbage and tries again', () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { provider } = start()
    FakeSocket.last.greet('editor')
    FakeSocket.last.onmessage?.({ data: Uint8Array.of(0, 2, 255, 255, 3).buffer })
    expect(provider.state()).toBe('offline')
    expect(log).toHaveBeenCalled()
  })
})
