import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { parseJobEvent } from '../src/api/rest'
import { parsePeer } from '../src/session/presence'
import { describeSync, type SyncFacts } from '../src/session/status'
import { backoffMs } from '../src/sync/backoff'
import { parseLink, socketUrl } from '../src/sync/link'
import { decodeMessage, encodeStep1, encodeUpdate } from '../src/sync/protocol'
import { goldenFile } from './golden'

const bytes = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], pair => parseInt(pair, 16))
const hexOf = (data: Uint8Array): string => [...data].map(byte => byte.toString(16).padStart(2, '0')).join('')

describe('messages of the shared golden file', () => {
  const { messages } = goldenFile('protocol/messages.json') as { messages: Record<string, Record<string, unknown> & { hex: string }> }
  it.each(Object.entries(messages))('%s', (_name, golden) => {
    const message = decodeMessage(bytes(golden.hex))
    if (golden['stateVector'] !== undefined) expect(message.kind).toBe('step1')
    if (typeof golden['step2'] === 'string') expect(message).toEqual({ kind: 'update', isStep2: true, update: bytes(golden['step2']) })
    if (typeof golden['update'] === 'string') {
      expect(message).toEqual({ kind: 'update', isStep2: false, update: bytes(golden['update']) })
      expect(hexOf(encodeUpdate(bytes(golden['update'])))).toBe(golden.hex)
    }
    if (typeof golden['denied'] === 'string') expect(message).toEqual({ kind: 'denied', reason: golden['denied'] })
    if (golden['query'] === true) expect(message.kind).toBe('queryAwareness')
  })
  it('writes step 1 as the golden has it', () => expect(hexOf(encodeStep1(new Y.Doc()))).toBe('00000100'))
})

describe('our own messages', () => {
  it('reads a durable acknowledgement and ignores its clocks', () => {
    expect(decodeMessage(bytes('640701050a'))).toEqual({ kind: 'durable', count: 7 })
  })
  it('reads a permission', () => expect(decodeMessage(bytes('6503'))).toEqual({ kind: 'permission', role: 'viewer' }))
  it('refuses an unknown role', () => expect(() => decodeMessage(bytes('6509'))).toThrow())
  it('refuses what is cut short', () => expect(() => decodeMessage(bytes('000205'))).toThrow())
  it('lets unknown numbers pass', () => expect(decodeMessage(bytes('7f'))).toEqual({ kind: 'unknown', number: 127 }))
})

describe('links', () => {
  it('have the token in the fragment', () => {
    expect(parseLink('http://host:1/d/room-1#abc.def')).toEqual({ room: 'room-1', token: 'abc.def' })
    expect(parseLink('https://host/d/r?test=1#t')).toEqual({ room: 'r', token: 't' })
  })
  it('name a room or are none', () => {
    for (const text of ['http://host/', 'http://host/d/', 'http://host/d/a b#t', `http://host/d/${'x'.repeat(65)}`, 'http://[']) {
      expect(parseLink(text)).toBeUndefined()
    }
  })
  it('become a socket address that asks for our extensions', () => {
    expect(socketUrl('https://host', { room: 'r', token: 'a.b' })).toBe('wss://host/sync/r?ext=1&token=a.b')
  })
})

describe('reconnecting', () => {
  it('waits anywhere in a growing, bounded window', () => {
    expect(backoffMs(0, () => 1)).toBe(500)
    expect(backoffMs(3, () => 0.5)).toBe(2000)
    expect(backoffMs(60, () => 1)).toBe(20_000)
    expect(backoffMs(9, () => 0)).toBe(0)
  })
})

describe('the words for saving and syncing', () => {
  const facts: SyncFacts = {
    connection: 'online', role: 'editor', deniedReason: '', isUpToDate: true, unsynced: 0, isSaved: true, storageFailure: undefined,
    isEmpty: false, needsNewerReader: false,
  }
  it('say synced only when nothing waits for the relay', () => {
    expect(describeSync(facts).text).toBe('Synced')
    expect(describeSync({ ...facts, unsynced: 1 })).toMatchObject({ text: 'Saved on this device', isSynced: false })
    expect(describeSync({ ...facts, unsynced: 1, isSaved: false }).text).toBe('Saving')
  })
  it('count what is kept while offline', () => {
    expect(describeSync({ ...facts, connection: 'offline', unsynced: 42 }).text).toBe('Offline: 42 changes kept on this device')
    expect(describeSync({ ...facts, connection: 'offline', unsynced: 1 }).text).toBe('Offline: 1 change kept on this device')
  })
  it('never promise a device that did not keep it', () => {
    expect(describeSync({ ...facts, connection: 'offline', unsynced: 2, isSaved: false }).text).toBe('Offline: saving 2 changes')
    expect(describeSync({ ...facts, connection: 'denied', unsynced: 2, isSaved: false }).detail).toBe('Writing 2 changes to this device.')
    expect(describeSync({ ...facts, connection: 'denied', unsynced: 2, storageFailure: 'the disk is full' }).text).toBe('2 changes not saved yet')
    expect(describeSync({ ...facts, connection: 'offline', unsynced: 2, storageFailure: 'the disk is full' }).text).toBe('2 changes not saved yet')
  })
  it('give a viewer no right to edit', () => expect(describeSync({ ...facts, role: 'viewer' }).mayEdit).toBe(false))
})

describe('what others send', () => {
  it('is read with defaults', () => {
    const peer = parsePeer(5, { user: { name: '  ', color: 'red' }, cursor: { page: 'p', x: NaN, y: 1 }, selection: ['a', 4], drag: 'x' }, 0)
    expect(peer).toMatchObject({ name: 'Guest', cursor: undefined, selection: ['a'], drag: undefined })
    expect(peer.color).toMatch(/^#[0-9A-F]{6}$/)
    expect(parsePeer(5, null, 0).name).toBe('Guest')
  })
  it('is a job event or nothing', () => {
    expect(parseJobEvent({ job: 'j', state: 'running', step: 1, steps: 4 })).toMatchObject({ job: 'j', step: 1, layers: undefined })
    expect(parseJobEvent({ job: 'j', state: 'melted' })).toBeUndefined()
    expect(parseJobEvent(null)).toBeUndefined()
  })
})
