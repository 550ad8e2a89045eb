// What the relay's tests share: a relay process, real Yjs clients from npm, a raw client that says any bytes.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = process.env.TESSERA_SOURCE_DIR ?? new URL('../../..', import.meta.url).pathname
export const binaries = process.env.TESSERA_BIN_DIR ?? join(root, 'build/dev/bin')
const require = createRequire(join(root, 'tools', 'package.json'))

export const Y = require('yjs')
export const { WebsocketProvider } = require('y-websocket')
export const { WebSocket } = require('ws')
export const encoding = require('lib0/encoding')
export const decoding = require('lib0/decoding')

export const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))

/// Waits until `condition` holds; the error says what did not come.
export async function until (what, condition, timeoutMs = 10_000) {
  const end = Date.now() + timeoutMs
  for (;;) {
    const value = await condition()
    if (value) return value
    if (Date.now() > end) throw new Error(`timed out: ${what}`)
    await sleep(10)
  }
}

export function assertEqual (actual, expected, what) {
  const a = JSON.stringify(actual)
  const b = JSON.stringify(expected)
  if (a !== b) throw new Error(`${what}: got ${a}, expected ${b}`)
}

export function assertTrue (condition, what) {
  if (!condition) throw new Error(what)
}

/// A relay on a free port; the same folder and port again after restart().
export class Relay {
  constructor (options = {}) {
    this.options = options
    this.folder = options.folder ?? mkdtempSync(join(tmpdir(), 'tessera-relay-test-'))
    this.host = options.host ?? '127.0.0.1'
    this.port = 0
  }

  async start () {
    const args = ['--data', this.folder, '--listen', `${this.host}:${this.port}`, ...(this.options.args ?? [])]
    if (this.options.openAccess) args.push('--open-access')
    this.process = spawn(join(binaries, 'tessera-relay'), args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.errors = ''
    this.process.stderr.on('data', data => { this.errors += data })
    let output = ''
    this.process.stdout.on('data', data => { output += data })
    this.exited = new Promise(resolve => this.process.once('exit', (code, signal) => resolve(code ?? signal)))
    const line = await Promise.race([
      until('the ready line', () => output.includes('\n') && output.split('\n')[0], 20_000),
      this.exited.then(code => { throw new Error(`relay ended with ${code}: ${this.errors}`) })
    ])
    const ready = JSON.parse(line)
    assertEqual(ready.ready, true, 'ready line')
    this.port = ready.port
    this.appliancePort = ready.appliancePort
    return this
  }

  async stop (signal = 'SIGTERM') {
    this.process.kill(signal)
    return await this.exited
  }

  async restart (signal = 'SIGKILL') {
    await this.stop(signal)
    await this.start()
  }

  async dispose () {
    await this.stop('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }

  get adminKey () { return readFileSync(join(this.folder, 'admin.key'), 'utf8').trim() }
  get http () { return `http://127.0.0.1:${this.port}` }
  get ws () { return `ws://127.0.0.1:${this.port}` }

  async api (method, path, { key, body, headers = {}, raw } = {}) {
    if (key) headers = { ...headers, Authorization: `Bearer ${key}` }
    const response = await fetch(this.http + path, { method, headers, body: raw ?? (body === undefined ? undefined : JSON.stringify(body)) })
    const type = response.headers.get('content-type') ?? ''
    const bytes = Buffer.from(await response.arrayBuffer())
    return { status: response.status, type, headers: response.headers, bytes, json: type.includes('json') ? JSON.parse(bytes.toString()) : undefined }
  }

  async makeRoom () {
    const made = await this.api('POST', '/api/rooms', { key: this.adminKey, body: { name: 'test' } })
    assertEqual(made.status, 201, 'making a room')
    return made.json
  }

  async makeShare (room, ownerToken, role, extra = {}) {
    const made = await this.api('POST', `/api/rooms/${room}/shares`, { key: ownerToken, body: { role, ...extra } })
    assertEqual(made.status, 201, 'making a share')
    return made.json
  }

  /// The provider of the y-websocket package, unchanged.
  provider (room, doc, params = {}, path = this.ws) {
    return new WebsocketProvider(path, room, doc, { WebSocketPolyfill: WebSocket, disableBc: true, params, maxBackoffTime: 200 })
  }
}

export const synced = provider => until('provider synced', () => provider.synced)

/// Frames as bytes, both ways; knows enough of the protocol to name what came.
export class RawClient {
  constructor (relay, path) {
    this.frames = []
    this.closed = null
    this.doc = new Y.Doc()
    this.acknowledged = 0
    this.socket = new WebSocket(relay.ws + path)
    this.socket.binaryType = 'nodebuffer'
    this.socket.on('message', data => this.receive(new Uint8Array(data)))
    this.socket.on('close', (code, reason) => { this.closed = { code, reason: reason.toString() } })
    this.socket.on('error', error => { this.error = error })
  }

  receive (bytes) {
    const decoder = decoding.createDecoder(bytes)
    const type = decoding.readVarUint(decoder)
    const frame = { type, bytes }
    if (type === 0) {
      frame.sync = decoding.readVarUint(decoder)
      const body = decoding.readVarUint8Array(decoder)
      if (frame.sync !== 0) Y.applyUpdate(this.doc, body)
      frame.body = body
    } else if (type === 2) {
      decoding.readVarUint(decoder)
      frame.reason = decoding.readVarString(decoder)
    } else if (type === 100) {
      this.acknowledged = decoding.readVarUint(decoder)
      frame.clocks = new Map()
      for (let left = decoding.readVarUint(decoder); left > 0; left--) frame.clocks.set(decoding.readVarUint(decoder), decoding.readVarUint(decoder))
    } else if (type === 101) {
      frame.role = decoding.readVarUint(decoder)
    } else if (type === 102) {
      frame.code = decoding.readVarUint(decoder)
    } else if (type === 103) {
      frame.hash = decoding.readVarString(decoder)
      frame.size = decoding.readVarUint(decoder)
    } else if (type === 104) {
      frame.event = JSON.parse(decoding.readVarString(decoder))
    }
    this.frames.push(frame)
  }

  async open () {
    await until('socket open', () => this.socket.readyState === WebSocket.OPEN)
    return this
  }

  frame (what, test) { return until(what, () => this.frames.find(test)) }
  closing () { return until('socket closed', () => this.closed) }
  send (...bytes) { this.socket.send(Uint8Array.from(bytes.flat())) }

  sendSync (kind, body) {
    const encoder = encoding.createEncoder()
    encoding.writeVarUint(encoder, 0)
    encoding.writeVarUint(encoder, kind)
    encoding.writeVarUint8Array(encoder, body)
    this.socket.send(encoding.toUint8Array(encoder))
  }

  /// Asks for everything and waits for it.
  async join () {
    await this.open()
    this.sendSync(0, Y.encodeStateVector(this.doc))
    await this.frame('sync step 2', frame => frame.type === 0 && frame.sync === 1)
    return this
  }

  /// Edits the own document and sends each update; resolves nothing.
  edit (change) {
    const updates = []
    const listener = update => updates.push(update)
    this.doc.on('update', listener)
    this.doc.transact(() => change(this.doc))
    this.doc.off('update', listener)
    for (const update of updates) this.sendSync(2, update)
    return updates.length
  }

  close () { this.socket.close() }
}

/// Runs named steps one after another and ends the process with what failed.
export async function run (cases) {
  let failed = 0
  const only = process.argv[2]
  for (const [name, test] of Object.entries(cases)) {
    if (only && !name.includes(only)) continue
    const begin = Date.now()
    const relays = []
    const relay = async options => { const made = new Relay(options); relays.push(made); return await made.start() }
    try {
      await test(relay)
      console.log(`PASS ${name} (${Date.now() - begin} ms)`)
    } catch (error) {
      failed++
      console.log(`FAIL ${name}: ${error.stack ?? error}`)
      for (const made of relays) console.log(made.errors)
    }
    for (const made of relays) await made.dispose()
  }
  process.exit(failed === 0 ? 0 : 1)
}
