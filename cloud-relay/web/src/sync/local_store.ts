/// What this device keeps of one room, in IndexedDB: the update log, the count of changes that the relay does not have
/// yet, and blobs. A promise that resolves means the browser has written it to disk.
import * as Y from 'yjs'

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

export class LocalStore {
  #sinceCompaction = 0

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

  async load(): Promise<LoadedRoom> {
    const transaction = this.database.transaction(['updates', 'facts'])
    const updates = asPromise(transaction.objectStore('updates').getAll() as IDBRequest<unknown[]>)
    const unsynced = asPromise(transaction.objectStore('facts').get('unsynced') as IDBRequest<unknown>)
    const role = asPromise(transaction.objectStore('facts').get('role') as IDBRequest<unknown>)
    const list = (await updates).filter((update): update is Uint8Array => update instanceof Uint8Array)
    this.#sinceCompaction = list.length
    const [count, name] = [await unsynced, await role]
    return { updates: list, unsynced: typeof count === 'number' ? count : 0, role: typeof name === 'string' ? name : undefined }
  }

  /// Appends and notes the count of changes that only this device has, in one transaction.
  async append(updates: readonly Uint8Array[], unsynced: number): Promise<void> {
    const transaction = this.database.transaction(['updates', 'facts'], 'readwrite', { durability: 'strict' })
    for (const update of updates) transaction.objectStore('updates').add(update)
    transaction.objectStore('facts').put(unsynced, 'unsynced')
    await done(transaction)
    this.#sinceCompaction += updates.length
    if (this.#sinceCompaction > compactAfter) await this.#compact()
  }

  async setFact(key: 'unsynced' | 'role', value: number | string): Promise<void> {
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
