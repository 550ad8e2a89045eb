/// Writes every update of the document to the local store in small batches, and knows when all of them are on disk.
import * as Y from 'yjs'
import type { LocalStore } from './local_store'

export const fromStore = Symbol('local store')
const batchMs = 15

export class Persistence {
  #waiting: Uint8Array[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #writing = Promise.resolve()
  #unwritten = 0
  #failure: string | undefined

  constructor(
    private readonly store: LocalStore,
    private readonly doc: Y.Doc,
    private readonly unsyncedCount: () => number,
    private readonly changed: () => void,
  ) {
    doc.on('update', this.#onUpdate)
  }

  isSaved(): boolean {
    return this.#unwritten === 0 && this.#failure === undefined
  }
  failure(): string | undefined {
    return this.#failure
  }

  /// Writes what is waiting now; resolves when it is on disk.
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const batch = this.#waiting
    if (batch.length === 0) return this.#writing
    this.#waiting = []
    this.#writing = this.#writing.then(async () => {
      try {
        await this.store.append(batch, this.unsyncedCount())
        this.#unwritten -= batch.length
      } catch (error) {
        this.#failure = error instanceof Error ? error.message : String(error)
      }
      this.changed()
    })
    return this.#writing
  }

  stop(): Promise<void> {
    this.doc.off('update', this.#onUpdate)
    return this.flush()
  }

  readonly #onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === fromStore) return
    this.#waiting.push(update)
    ++this.#unwritten
    this.#timer ??= setTimeout(() => void this.flush(), batchMs)
    this.changed()
  }
}
