/// What this device keeps of one room, in IndexedDB: the update log, the count of changes that the relay does not have
/// yet, and blobs. A promise that resolves means the browser has written it to disk.
import * as Y from 'yjs'
import { makeId } from '../base/ids'

const databaseVersion = 1
const compactAfter = 200

export type LoadedRoom = { readonly updates: readonly Uint8Array[]; readonly unsynced: number; readonly role: string | undefined }
export type StoredBlob = { readonly hash: string; readonly mime: string; readonly bytes: ArrayBuffer; readonly uploaded: boolean }

const asPromise = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('IndexedDB request failed'))
  })

const done = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB transaction was aborted'))
    transaction.onerror = () => reject(transaction.error ?? new Error('IndexedDB transaction failed'))
  })

const countPrefix = 'unsynced:'

export class LocalStore {
  #sinceCompaction = 0
  /// Each tab counts under a key of its own, so that two tabs of one room never overwrite each other's count.
  readonly #countKey = countPrefix + makeId()

  private constructor(private readonly database: IDBDatabase) {}

  static async open(room: string): Promise<LocalStore> {
    const request = indexedDB.open(`tessera:${room}`, databaseVersion)
    request.onupgradeneeded = () => {
      request.result.createObjectStore('updates', { autoIncrement: true })
      request.result.createObjectStore('blobs', { keyPath: 'hash' })
      request.result.createObjectStore('facts')
    }
    return new LocalStore(await asPromise(request))
  }

  /// Takes over the counts that earlier tabs left.
  async load(): Promise<LoadedRoom> {
    const transaction = this.database.transaction(['updates', 'facts'], 'readwrite')
    const facts = transaction.objectStore('facts')
    const updates = asPromise(transaction.objectStore('updates').getAll() as IDBRequest<unknown[]>)
    const counts = IDBKeyRange.bound(countPrefix, `${countPrefix}\uffff`)
    const unsynced = asPromise(facts.getAll(counts) as IDBRequest<unknown[]>)
    const role = asPromise(facts.get('role') as IDBRequest<unknown>)
    const list = (await updates).filter((update): update is Uint8Array => update instanceof Uint8Array)
    this.#sinceCompaction = list.length
    const count = (await unsynced).reduce<number>((sum, value) => sum + (typeof value === 'number' ? value : 0), 0)
    const name = await role
    facts.delete(counts)
    facts.put(count, this.#countKey)
    await done(transaction)
    return { updates: list, unsynced: count, role: typeof name === 'string' ? name : undefined }
  }

  /// Appends and notes the count of changes that only this device has, in one transaction.
  async append(updates: readonly Uint8Array[], unsynced: number): Promise<void> {
    const transaction = this.database.transaction(['updates', 'facts'], 'readwrite', { durability: 'strict' })
    for (const update of updates) transaction.objectStore('updates').add(update)
    transaction.objectStore('facts').put(unsynced, this.#countKey)
    await done(transaction)
    this.#sinceCompaction += updates.length
    if (this.#sinceCompaction > compactAfter) await this.#compact()
  }

  async setUnsynced(count: number): Promise<void> {
    await this.#putFact(count, this.#countKey)
  }
  async setRole(role: string): Promise<void> {
    await this.#putFact(role, 'role')
  }
  async #putFact(value: number | string, key: string): Promise<void> {
    const transaction = this.database.transaction('facts', 'readwrite')
    transaction.objectStore('facts').put(value, key)
    await done(transaction)
  }

  async blob(hash: string): Promise<StoredBlob | undefined> {
    const found: unknown = await asPromise(this.database.transaction('blobs').objectStore('blobs').get(hash) as IDBRequest<unknown>)
    return found as StoredBlob | undefined
  }

  async putBlob(blob: StoredBlob): Promise<void> {
    const transaction = this.database.transaction('blobs', 'readwrite', { durability: 'strict' })
    transaction.objectStore('blobs').put(blob)
    await done(transaction)
  }

  async blobsToUpload(): Promise<StoredBlob[]> {
    const all = (await asPromise(this.database.transaction('blobs').objectStore('blobs').getAll() as IDBRequest<unknown[]>)) as StoredBlob[]
    return all.filter(blob => !blob.uploaded)
  }

  /// One transaction, so another tab of the same room never sees half of it.
  async #compact(): Promise<void> {
    const transaction = this.database.transaction('updates', 'readwrite', { durability: 'strict' })
    const store = transaction.objectStore('updates')
    const list = ((await asPromise(store.getAll() as IDBRequest<unknown[]>)) as unknown[]).filter(
      (update): update is Uint8Array => update instanceof Uint8Array)
    store.clear()
    store.add(Y.mergeUpdates(list))
    await done(transaction)
    this.#sinceCompaction = 1
  }
}
