/// Who is here: names, colours, cursors, selections and drags, through awareness only. What others send is checked
/// once, here.
import type { Awareness } from 'y-protocols/awareness'
import type { Point } from '../base/geometry'
import type { NodeId } from '../base/ids'
import { Observable } from '../base/observable'
import { tokens } from '../theme/tokens'

export type LiveDrag = { readonly nodes: readonly NodeId[]; readonly dx: number; readonly dy: number }
export type Peer = {
  readonly client: number
  readonly name: string
  readonly color: string
  readonly cursor: { readonly page: NodeId; readonly x: number; readonly y: number; readonly seenAt: number } | undefined
  readonly selection: readonly NodeId[]
  readonly drag: LiveDrag | undefined
}

const nameKey = 'tessera.name'
const sendEveryMs = 40
const longestName = 40

const isObject = (value: unknown): value is { readonly [key: string]: unknown } => typeof value === 'object' && value !== null
const idList = (value: unknown): readonly NodeId[] =>
  Array.isArray(value) ? value.filter((id): id is NodeId => typeof id === 'string').slice(0, 10_000) : []
const finite = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined)

const peerColor = (index: number): string => tokens.peers[index % tokens.peers.length] ?? tokens.color.accent.light

export const parsePeer = (client: number, state: unknown, seenAt: number): Peer => {
  const root = isObject(state) ? state : {}
  const user = isObject(root['user']) ? root['user'] : {}
  const cursor = isObject(root['cursor']) ? root['cursor'] : {}
  const drag = isObject(root['drag']) ? root['drag'] : {}
  const [x, y, dx, dy] = [finite(cursor['x']), finite(cursor['y']), finite(drag['dx']), finite(drag['dy'])]
  const name = typeof user['name'] === 'string' ? user['name'].slice(0, longestName).trim() : ''
  const colour = user['color']
  const isColour = typeof colour === 'string' && /^#[0-9a-f]{6}$/i.test(colour)
  return {
    client,
    name: name || 'Guest',
    color: isColour ? colour : peerColor(client),
    cursor: x !== undefined && y !== undefined && typeof cursor['page'] === 'string' ? { page: cursor['page'], x, y, seenAt } : undefined,
    selection: idList(root['selection']),
    drag: dx !== undefined && dy !== undefined ? { nodes: idList(drag['nodes']), dx, dy } : undefined,
  }
}

export class Presence {
  readonly peers = new Observable<readonly Peer[]>([])
  readonly name: Observable<string>
  readonly ownColor: Observable<string>
  #waiting: { cursor?: unknown; selection?: unknown; drag?: unknown } = {}
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly awareness: Awareness) {
    const asked = new URLSearchParams(location.search).get('name')?.slice(0, longestName)
    this.name = new Observable(asked || localStorage.getItem(nameKey) || `Guest ${(awareness.clientID % 90) + 10}`)
    this.ownColor = new Observable(peerColor(awareness.clientID))
    awareness.setLocalState({ user: this.#user(), cursor: null, selection: [], drag: null })
    awareness.on('change', () => this.#readPeers())
    this.name.subscribe(() => {
      localStorage.setItem(nameKey, this.name.get())
      awareness.setLocalStateField('user', this.#user())
    })
  }

  setCursor(page: NodeId, point: Point | undefined): void {
    this.#send({ cursor: point === undefined ? null : { page, x: point.x, y: point.y } })
  }
  setSelection(selection: readonly NodeId[]): void {
    this.#send({ selection })
  }
  setDrag(drag: LiveDrag | undefined): void {
    this.#send({ drag: drag ?? null })
  }

  #user(): { name: string; color: string } {
    return { name: this.name.get(), color: this.ownColor.get() }
  }

  /// At most 25 times a second, whatever the pointer does.
  #send(part: { cursor?: unknown; selection?: unknown; drag?: unknown }): void {
    this.#waiting = { ...this.#waiting, ...part }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      const state = this.awareness.getLocalState() ?? { user: this.#user() }
      this.awareness.setLocalState({ ...state, ...this.#waiting })
      this.#waiting = {}
    }, sendEveryMs)
  }

  #readPeers(): void {
    const now = Date.now()
    const before = new Map(this.peers.get().map(peer => [peer.client, peer]))
    const list: Peer[] = []
    for (const [client, state] of this.awareness.getStates()) {
      if (client === this.awareness.clientID) continue
      const old = before.get(client)?.cursor
      const peer = parsePeer(client, state, now)
      const still = old !== undefined && old.x === peer.cursor?.x && old.y === peer.cursor.y
      list.push(still ? { ...peer, cursor: old } : peer)
    }
    this.peers.set(list.sort((a, b) => a.client - b.client))
    this.#yieldColor(list)
  }

  /// Of two people with one colour the one with the larger id takes the first free one.
  #yieldColor(peers: readonly Peer[]): void {
    const own = this.ownColor.get()
    if (!peers.some(peer => peer.color === own && peer.client < this.awareness.clientID)) return
    const free = tokens.peers.find(color => color !== own && !peers.some(peer => peer.color === color))
    if (free === undefined) return
    this.ownColor.set(free)
    this.awareness.setLocalStateField('user', this.#user())
  }
}
