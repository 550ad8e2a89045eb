/// One open room: the document and everything that keeps, sends and undoes it. Wires parts, holds no rules of its own.
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { RelayApi, parseJobEvent, type JobEvent } from '../api/rest'
import { Observable } from '../base/observable'
import { apply } from '../document/apply'
import { describe, type Command, type CommandError } from '../document/command'
import { DesignDoc } from '../document/design_doc'
import { History, ownEdit } from '../document/history'
import { socketUrl, type RoomLink } from '../sync/link'
import { LocalStore } from '../sync/local_store'
import { Persistence, fromStore } from '../sync/persistence'
import { canEdit, roles, type Role } from '../sync/protocol'
import { Provider } from '../sync/provider'
import { BlobCache } from './blobs'
import { Presence } from './presence'
import { describeSync, type SyncStatus } from './status'
import { Toasts } from './toasts'

export class Session {
  readonly doc: DesignDoc
  readonly history: History
  readonly presence: Presence
  readonly toasts = new Toasts()
  readonly status: Observable<SyncStatus>
  readonly jobEvents = new Observable<JobEvent | undefined>(undefined)
  readonly blobs: BlobCache
  readonly #provider: Provider
  readonly #persistence: Persistence | undefined

  private constructor(
    readonly link: RoomLink,
    readonly api: RelayApi,
    ydoc: Y.Doc,
    private readonly store: LocalStore | undefined,
    origin: string,
    start: { readonly unsynced: number; readonly role: Role | undefined },
  ) {
    this.doc = new DesignDoc(ydoc)
    this.history = new History(this.doc)
    this.blobs = new BlobCache(api, store)
    const awareness = new Awareness(ydoc)
    this.#provider = new Provider(socketUrl(origin, link), ydoc, awareness, {
      changed: () => this.#updateStatus(),
      role: role => void store?.setRole(role).catch(() => undefined),
      notice: (_code, text) => this.toasts.show('info', text),
      blobOffer: hash => this.blobs.offered(hash),
      jobEvent: json => this.#receiveJobEvent(json),
    }, start)
    this.#persistence = store === undefined
      ? undefined
      : new Persistence(store, ydoc, () => this.#provider.unsynced(), () => this.#updateStatus())
    this.presence = new Presence(awareness)
    this.status = new Observable<SyncStatus>(this.#describe())
    ydoc.on('afterTransaction', () => this.#updateStatus())
  }

  /// Loads what this device has, then connects. Works without IndexedDB, and says so in its status.
  static async open(link: RoomLink, origin: string): Promise<Session> {
    const ydoc = new Y.Doc()
    const store = await LocalStore.open(link.room).catch(() => undefined)
    const loaded = await store?.load().catch(() => undefined)
    ydoc.transact(() => loaded?.updates.forEach(update => Y.applyUpdate(ydoc, update, fromStore)), fromStore)
    const session = new Session(link, new RelayApi(origin, link), ydoc, store, origin, {
      unsynced: loaded?.unsynced ?? 0,
      role: roles.find(role => role === loaded?.role),
    })
    session.connect()
    window.addEventListener('online', session.connect)
    window.addEventListener('pagehide', () => void session.#persistence?.flush())
    return session
  }

  readonly connect = (): void => {
    this.#provider.connect()
  }
  disconnect(): void {
    this.#provider.disconnect()
  }

  mayEdit(): boolean {
    return canEdit(this.#provider.role()) && !this.doc.needsNewerReader()
  }

  /// Applies the commands as one undoable step. `typing` joins with the typing just before.
  edit(commands: readonly Command[], step: 'own' | 'typing' = 'own'): CommandError | undefined {
    if (!this.mayEdit()) {
      this.toasts.show('warn', 'You can view this document. Ask its owner for the right to edit.')
      return undefined
    }
    if (step === 'own') this.history.startStep()
    const error = apply(this.doc, commands, ownEdit)
    if (step === 'own') this.history.startStep()
    if (error !== undefined) this.toasts.show('error', `Nothing was changed: ${describe(error)}.`)
    return error
  }

  undo(): void {
    if (this.mayEdit()) this.history.undo()
  }
  redo(): void {
    if (this.mayEdit()) this.history.redo()
  }

  #describe(): SyncStatus {
    return describeSync({
      connection: this.#provider.state(),
      role: this.#provider.role(),
      deniedReason: this.#provider.deniedReason(),
      isUpToDate: this.#provider.isUpToDate(),
      unsynced: this.#provider.unsynced(),
      isSaved: this.#persistence?.isSaved() ?? false,
      storageFailure: this.#persistence === undefined ? 'this browser offers no storage' : this.#persistence.failure(),
      isEmpty: this.doc.tree().pages.length === 0,
      needsNewerReader: this.doc.needsNewerReader(),
    })
  }

  #updateStatus(): void {
    const before = this.status.get()
    const after = this.#describe()
    if (JSON.stringify(before) === JSON.stringify(after)) return
    if (before.unsynced !== 0 && after.unsynced === 0) void this.store?.setUnsynced(0).catch(() => undefined)
    if (!before.isOnline && after.isOnline) {
      void this.blobs.uploadWaiting()
      this.blobs.retryMissing()
    }
    this.status.set(after)
  }

  #receiveJobEvent(json: string): void {
    let value: unknown
    try {
      value = JSON.parse(json)
    } catch {
      return
    }
    this.jobEvents.set(parseJobEvent(value))
  }
}
