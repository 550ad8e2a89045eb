/// Service worker: after the first load every file of the client comes from this device. Documents and blobs are kept
/// by the page itself; the relay's API and sockets are never touched here.
export {}

declare const __FILES__: readonly string[]
declare const __VERSION__: string

type LifeEvent = Event & { waitUntil(promise: Promise<unknown>): void }
type LoadEvent = LifeEvent & { readonly request: Request; respondWith(response: Promise<Response>): void }
type CacheWorker = {
  addEventListener(type: 'install' | 'activate', listener: (event: LifeEvent) => void): void
  addEventListener(type: 'fetch', listener: (event: LoadEvent) => void): void
  skipWaiting(): Promise<void>
  readonly clients: { claim(): Promise<void> }
  readonly location: { readonly origin: string }
}

const worker = self as unknown as CacheWorker
const cacheName = `tessera-${__VERSION__}`

worker.addEventListener('install', event => {
  const fill = async (): Promise<void> => {
    const cache = await caches.open(cacheName)
    await cache.addAll(__FILES__.map(file => new Request(file, { cache: 'reload' })))
    await worker.skipWaiting()
  }
  event.waitUntil(fill())
})

worker.addEventListener('activate', event => {
  const tidy = async (): Promise<void> => {
    const old = (await caches.keys()).filter(name => name.startsWith('tessera-') && name !== cacheName)
    await Promise.all(old.map(name => caches.delete(name)))
    await worker.clients.claim()
  }
  event.waitUntil(tidy())
})

/// The page itself is asked from the relay first, so that a new version shows at the next load; all else is immutable.
const page = async (request: Request): Promise<Response> => {
  try {
    const response = await fetch(request)
    if (response.ok) return response
    throw new Error(`the relay answered ${response.status}`)
  } catch {
    return (await caches.match('/', { cacheName })) ?? Response.error()
  }
}

worker.addEventListener('fetch', event => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== worker.location.origin || url.pathname.startsWith('/api/')) return
  if (request.mode === 'navigate') event.respondWith(page(request))
  else event.respondWith(caches.match(request, { cacheName }).then(found => found ?? fetch(request)))
})
