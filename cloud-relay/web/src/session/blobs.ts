/// Bytes of images by content hash: from this device when it has them, else from the relay; new ones are kept here
/// first and uploaded when the relay is there.
import { blake2b } from '@noble/hashes/blake2b'
import { bytesToHex } from '@noble/hashes/utils'
import type { RelayApi } from '../api/rest'
import type { LocalStore } from '../sync/local_store'

/// BLAKE2b-256 as 64 hex digits.
export const contentHash = (bytes: Uint8Array): string => bytesToHex(blake2b(bytes, { dkLen: 32 }))

export type ImageState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly image: ImageBitmap }
  | { readonly kind: 'missing'; readonly reason: string }

const retryAfterMs = 5_000

export class BlobCache {
  readonly #images = new Map<string, ImageState>()
  readonly #listeners = new Set<() => void>()

  constructor(private readonly api: RelayApi, private readonly store: LocalStore | undefined) {}

  /// The decoded image; starts loading at the first call.
  image(hash: string): ImageState {
    const known = this.#images.get(hash)
    if (known !== undefined) return known
    const loading: ImageState = { kind: 'loading' }
    this.#images.set(hash, loading)
    void this.#load(hash)
    return loading
  }

  /// Keeps the bytes on this device and sends them to the relay when it can be reached.
  /// Fails when it is no picture.
  async add(bytes: ArrayBuffer, mime: string): Promise<{ hash: string; width: number; height: number }> {
    const image = await createImageBitmap(new Blob([bytes], { type: mime }))
    const hash = contentHash(new Uint8Array(bytes))
    await this.store?.putBlob({ hash, mime, bytes, uploaded: false })
    this.#set(hash, { kind: 'ready', image })
    void this.uploadWaiting()
    return { hash, width: image.width, height: image.height }
  }

  async uploadWaiting(): Promise<void> {
    for (const blob of (await this.store?.blobsToUpload()) ?? []) {
      try {
        await this.api.putBlob(blob.hash, blob.bytes, blob.mime)
        await this.store?.putBlob({ ...blob, uploaded: true })
      } catch {
        return // no relay now: the next connection tries again
      }
    }
  }

  /// A blob has arrived at the relay: try again what was missing.
  offered(hash: string): void {
    if (this.#images.get(hash)?.kind === 'missing') void this.#load(hash)
  }
  retryMissing(): void {
    for (const [hash, state] of this.#images) {
      if (state.kind === 'missing') void this.#load(hash)
    }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  isSettled(): boolean {
    return [...this.#images.values()].every(state => state.kind !== 'loading')
  }

  async #load(hash: string): Promise<void> {
    try {
      const kept = await this.store?.blob(hash)
      if (kept !== undefined) return await this.#decode(hash, kept.bytes, kept.mime)
      const { bytes, mime } = await this.api.blob(hash)
      if (contentHash(new Uint8Array(bytes)) !== hash) throw new Error('the bytes do not have this hash')
      await this.store?.putBlob({ hash, mime, bytes, uploaded: true })
      await this.#decode(hash, bytes, mime)
    } catch (error) {
      this.#set(hash, { kind: 'missing', reason: error instanceof Error ? error.message : String(error) })
      if (navigator.onLine) setTimeout(() => this.offered(hash), retryAfterMs)
    }
  }

  async #decode(hash: string, bytes: ArrayBuffer, mime: string): Promise<void> {
    this.#set(hash, { kind: 'ready', image: await createImageBitmap(new Blob([bytes], { type: mime })) })
  }

  #set(hash: string, state: ImageState): void {
    this.#images.set(hash, state)
    this.#listeners.forEach(listener => listener())
  }
}
