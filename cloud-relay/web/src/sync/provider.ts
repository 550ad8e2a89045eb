/// Speaks docs/wire.md with the relay over one WebSocket, and counts truthfully what the relay has on disk.
import { applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates, type Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { assertNever } from '../base/assert'
import { backoffMs } from './backoff'
import { fromStore } from './persistence'
import { canEdit, decodeMessage, encodeAwareness, encodeStep1, encodeStep2, encodeUpdate, type Role } from './protocol'

export type ConnectionState = 'connecting' | 'online' | 'offline' | 'denied'

export type ProviderEvents = {
  changed(): void
  role(role: Role): void
  notice(code: number, text: string): void
  blobOffer(hash: string): void
  jobEvent(json: string): void
}

const closeDenied = 4401
const probeEveryMs = 20_000
const silentTooLongMs = 50_000

export class Provider {
  #socket: WebSocket | undefined
  #state: ConnectionState = 'offline'
  #role: Role | undefined
  #deniedReason = ''
  #attempt = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #probe: ReturnType<typeof setInterval> | undefined
  #enabled = false
  #lastHeard = 0

  #relayState: Uint8Array | undefined // the relay's step 1, until it is answered
  #roleConfirmed = false // message 101 has arrived on this connection
  #upToDate = false // the relay's step 2 has arrived
  #answered = false // our step 2 is out: updates go one by one from here
  #sent = 0
  /// For each of our numbered messages that is not acknowledged: the local change count it carries.
  #inFlight: { message: number; changes: number }[] = []
  #changes: number
  #changesOnRelay = 0

  constructor(
    private readonly url: string,
    private readonly doc: Y.Doc,
    private readonly awareness: Awareness,
    private readonly events: ProviderEvents,
    start: { readonly unsynced: number; readonly role: Role | undefined },
  ) {
    this.#changes = start.unsynced
    this.#role = start.role
    doc.on('update', this.#onUpdate)
    awareness.on('update', this.#onAwareness)
  }

  state(): ConnectionState {
    return this.#state
  }
  role(): Role | undefined {
    return this.#role
  }
  deniedReason(): string {
    return this.#deniedReason
  }
  /// Local changes that the relay has not confirmed to be on its disk.
  unsynced(): number {
    return this.#changes - this.#changesOnRelay
  }
  /// Everything the relay had at connect is here.
  isUpToDate(): boolean {
    return this.#state === 'online' && this.#upToDate
  }

  connect(): void {
    this.#enabled = true
    if (this.#socket !== undefined || this.#state === 'denied') return
    clearTimeout(this.#retry)
    this.#open()
  }

  disconnect(): void {
    this.#enabled = false
    clearTimeout(this.#retry)
    this.#dropSocket()
    this.#setState('offline')
  }

  stop(): void {
    this.disconnect()
    this.doc.off('update', this.#onUpdate)
    this.awareness.off('update', this.#onAwareness)
  }

  #open(): void {
    this.#setState('connecting')
    const socket = new WebSocket(this.url)
    socket.binaryType = 'arraybuffer'
    this.#socket = socket
    this.#relayState = undefined
    this.#roleConfirmed = false
    this.#upToDate = false
    this.#answered = false
    this.#sent = 0
    this.#inFlight = []
    socket.onopen = () => {
      this.#lastHeard = Date.now()
      this.#probe = setInterval(() => this.#checkAlive(), probeEveryMs)
      socket.send(encodeStep1(this.doc))
      const own = this.awareness.getLocalState() === null ? [] : [this.doc.clientID]
      if (own.length > 0) socket.send(encodeAwareness(encodeAwarenessUpdate(this.awareness, own)))
    }
    socket.onmessage = event => {
      if (this.#socket !== socket || !(event.data instanceof ArrayBuffer)) return
      this.#lastHeard = Date.now()
      try {
        this.#receive(new Uint8Array(event.data))
      } catch (error) {
        console.error('The relay sent a frame that does not decode', error)
        socket.close(4400)
      }
    }
    socket.onclose = event => {
      if (this.#socket !== socket) return
      this.#dropSocket()
      if (event.code === closeDenied) {
        this.#deniedReason ||= event.reason
        this.#setState('denied')
        return
      }
      this.#setState('offline')
      if (this.#enabled) this.#retry = setTimeout(() => this.#open(), backoffMs(this.#attempt++))
    }
  }

  #dropSocket(): void {
    clearInterval(this.#probe)
    const socket = this.#socket
    this.#socket = undefined
    socket?.close()
    const others = [...this.awareness.getStates().keys()].filter(client => client !== this.doc.clientID)
    removeAwarenessStates(this.awareness, others, this)
  }

  #setState(state: ConnectionState): void {
    if (this.#state === state) return
    this.#state = state
    this.events.changed()
  }

  #receive(frame: Uint8Array): void {
    const message = decodeMessage(frame)
    switch (message.kind) {
      case 'step1':
        this.#relayState = message.stateVector
        this.#answerStep1()
        return
      case 'update':
        Y.applyUpdate(this.doc, message.update, this)
        if (message.isStep2) {
          this.#upToDate = true
          this.#attempt = 0
          this.#setState('online')
          this.events.changed()
        }
        return
      case 'awareness':
        applyAwarenessUpdate(this.awareness, message.update, this)
        return
      case 'queryAwareness':
        this.#socket?.send(encodeAwareness(encodeAwarenessUpdate(this.awareness, [...this.awareness.getStates().keys()])))
        return
      case 'denied':
        this.#deniedReason = message.reason
        return
      case 'durable':
        this.#acknowledged(message.count)
        return
      case 'permission':
        this.#role = message.role
        this.#roleConfirmed = true
        if (!canEdit(message.role)) this.#answered = false // a right that was taken back: nothing may be sent any more
        this.events.role(message.role)
        this.#answerStep1()
        this.events.changed()
        return
      case 'notice':
        this.events.notice(message.code, message.text)
        if (message.code === 3) this.#socket?.send(encodeStep1(this.doc))
        return
      case 'blobOffer':
        this.events.blobOffer(message.hash)
        return
      case 'jobEvent':
        this.events.jobEvent(message.json)
        return
      case 'unknown':
        return
      default:
        assertNever(message)
    }
  }

  /// A viewer may not send updates, so the answer waits until the role is known.
  #answerStep1(): void {
    const stateVector = this.#relayState
    if (stateVector === undefined || !this.#roleConfirmed || !canEdit(this.#role)) return
    this.#relayState = undefined
    this.#answered = true
    this.#sendNumbered(encodeStep2(this.doc, stateVector))
  }

  #sendNumbered(frame: Uint8Array): void {
    this.#inFlight.push({ message: ++this.#sent, changes: this.#changes })
    this.#socket?.send(frame)
  }

  #acknowledged(count: number): void {
    const before = this.#changesOnRelay
    while (this.#inFlight[0] !== undefined && this.#inFlight[0].message <= count) {
      this.#changesOnRelay = Math.max(this.#changesOnRelay, this.#inFlight[0].changes)
      this.#inFlight.shift()
    }
    if (this.#changesOnRelay !== before) this.events.changed()
  }

  #checkAlive(): void {
    if (Date.now() - this.#lastHeard > silentTooLongMs) this.#socket?.close()
    else this.#socket?.send(new Uint8Array([3]))
  }

  readonly #onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === this || origin === fromStore) return
    ++this.#changes
    if (this.#answered && this.#socket?.readyState === WebSocket.OPEN) this.#sendNumbered(encodeUpdate(update))
    this.events.changed()
  }

  readonly #onAwareness = ({ added, updated, removed }: { added: number[]; updated: number[]; removed: number[] }, origin: unknown): void => {
    if (origin === this || this.#socket?.readyState !== WebSocket.OPEN) return
    this.#socket.send(encodeAwareness(encodeAwarenessUpdate(this.awareness, [...added, ...updated, ...removed])))
  }
}
