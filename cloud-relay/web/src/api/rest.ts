/// The relay's HTTP interface of docs/wire.md. Answers are checked here; failures are problem+json with a code.
import type { Properties, Stored } from '../document/schema'
import type { RoomLink } from '../sync/link'
import { roles, type Role } from '../sync/protocol'

export class ApiError extends Error {
  constructor(readonly code: string, message: string, readonly status: number) {
    super(message)
  }
}

export type Model = { readonly id: string; readonly name: string; readonly kind: string; readonly output: 'layers' | 'image' }
export type RoomFacts = { readonly role: Role | undefined; readonly peers: number; readonly appliance: boolean }
export type Share = { readonly share: string; readonly role: string; readonly expires: number; readonly revoked: boolean }
export type JobRequest = {
  readonly id: string
  readonly model: string
  readonly prompt: string
  readonly colors: readonly string[]
  readonly width: number
  readonly height: number
  readonly seed: number
}
export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'
/// A node of a composed result: type, name, stored properties, text with its styled runs, children in paint order.
export type LayerTree = {
  readonly t: string
  readonly name: string
  readonly props: Properties
  readonly text: string
  readonly runs: readonly { readonly insert: string; readonly attributes: Properties }[]
  readonly children: readonly LayerTree[]
}
export type JobEvent = {
  readonly job: string
  readonly state: JobState
  readonly step: number
  readonly steps: number
  readonly previewHash: string | undefined
  readonly resultHash: string | undefined
  readonly layers: readonly LayerTree[] | undefined
  readonly width: number
  readonly height: number
  readonly error: { readonly code: string; readonly detail: string } | undefined
  readonly recipe: Properties | undefined
}

type Entry = { readonly [key: string]: unknown }
const isEntry = (value: unknown): value is Entry => typeof value === 'object' && value !== null && !Array.isArray(value)
const entry = (value: unknown): Entry => (isEntry(value) ? value : {})
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const number = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0)
const textIfAny = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

const maxLayerDepth = 32
const maxLayers = 5_000

/// JSON values are all storable; what JSON.parse gives cannot hold anything else.
const parseLayers = (value: unknown, budget: { left: number }, depth: number): readonly LayerTree[] =>
  depth > maxLayerDepth
    ? []
    : list(value).flatMap(item => {
        if (!isEntry(item) || typeof item['t'] !== 'string' || --budget.left < 0) return []
        const runs = list(item['runs']).map(run => ({ insert: text(entry(run)['insert']), attributes: entry(entry(run)['attributes']) as Properties }))
        return [{
          t: item['t'],
          name: text(item['name']),
          props: entry(item['props']) as { [key: string]: Stored },
          text: runs.length > 0 ? runs.map(run => run.insert).join('') : text(item['text']),
          runs,
          children: parseLayers(item['children'], budget, depth + 1),
        }]
      })

const jobStates: readonly JobState[] = ['queued', 'running', 'done', 'failed', 'cancelled']

export const parseJobEvent = (value: unknown): JobEvent | undefined => {
  const event = entry(value)
  const state = jobStates.find(known => known === event['state'])
  if (state === undefined || typeof event['job'] !== 'string') return undefined
  const error = event['error']
  const recipe = event['recipe']
  return {
    job: event['job'],
    state,
    step: number(event['step']),
    steps: number(event['steps']),
    previewHash: textIfAny(event['previewHash']),
    resultHash: textIfAny(event['resultHash']),
    layers: Array.isArray(event['layers']) ? parseLayers(event['layers'], { left: maxLayers }, 0) : undefined,
    width: number(event['width']),
    height: number(event['height']),
    error: isEntry(error) ? { code: text(error['code']), detail: text(error['detail']) } : undefined,
    recipe: isEntry(recipe) ? (recipe as Properties) : undefined,
  }
}

export class RelayApi {
  readonly #base: string

  constructor(origin: string, private readonly link: RoomLink) {
    this.#base = `${origin}/api/rooms/${link.room}`
  }

  async room(): Promise<RoomFacts> {
    const answer = entry(await this.#json('GET', ''))
    return { role: roles.find(role => role === answer['role']), peers: number(answer['peers']), appliance: answer['appliance'] === true }
  }

  async models(): Promise<readonly Model[]> {
    const answer = entry(await this.#json('GET', '/models'))
    return list(answer['models']).flatMap(item => {
      const model = entry(item)
      const id = text(model['id'])
      if (id === '') return []
      return [{ id, name: text(model['name']) || id, kind: text(model['kind']), output: model['output'] === 'layers' ? 'layers' : 'image' } satisfies Model]
    })
  }

  async submitJob(request: JobRequest): Promise<string> {
    return text(entry(await this.#json('POST', '/jobs', request))['job'])
  }

  async job(id: string): Promise<JobEvent | undefined> {
    return parseJobEvent(await this.#json('GET', `/jobs/${encodeURIComponent(id)}`))
  }

  async cancelJob(id: string): Promise<void> {
    await this.#json('DELETE', `/jobs/${encodeURIComponent(id)}`)
  }

  async shares(): Promise<readonly Share[]> {
    return list(entry(await this.#json('GET', '/shares'))['shares']).map(item => {
      const share = entry(item)
      return { share: text(share['share']), role: text(share['role']), expires: number(share['expires']), revoked: share['revoked'] === true }
    })
  }

  async makeShare(role: Role): Promise<string> {
    return text(entry(await this.#json('POST', '/shares', { role }))['link'])
  }

  async revokeShare(share: string): Promise<void> {
    await this.#json('DELETE', `/shares/${encodeURIComponent(share)}`)
  }

  async blob(hash: string): Promise<{ bytes: ArrayBuffer; mime: string }> {
    const response = await this.#request('GET', `/blobs/${hash}`)
    return { bytes: await response.arrayBuffer(), mime: response.headers.get('Content-Type') ?? '' }
  }

  async putBlob(hash: string, bytes: ArrayBuffer, mime: string): Promise<void> {
    await this.#request('PUT', `/blobs/${hash}`, bytes, mime)
  }

  async #json(method: string, path: string, body?: unknown): Promise<unknown> {
    const response =
      body === undefined
        ? await this.#request(method, path)
        : await this.#request(method, path, JSON.stringify(body), 'application/json')
    const answer = await response.text()
    return answer === '' ? {} : (JSON.parse(answer) as unknown)
  }

  async #request(method: string, path: string, body?: BodyInit, type?: string): Promise<Response> {
    const headers = new Headers()
    if (this.link.token !== '') headers.set('Authorization', `Bearer ${this.link.token}`)
    if (type !== undefined) headers.set('Content-Type', type)
    const response = await fetch(this.#base + path, { method, headers, ...(body === undefined ? {} : { body }) })
    if (response.ok) return response
    const problem = entry(await response.json().catch(() => undefined))
    throw new ApiError(text(problem['code']) || String(response.status),
      text(problem['detail']) || text(problem['title']) || `The relay answered ${response.status}`, response.status)
  }
}
