// Plain Yjs clients over a WebSocket: one writes, all others wait for it. Ours and the peer's rounds alternate, so that
// both meet the same machine.
import WebSocket from 'ws'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import * as sync from 'y-protocols/sync'
import * as Y from 'yjs'

class Client {
  constructor (url) {
    this.doc = new Y.Doc()
    this.socket = new WebSocket(url)
    this.socket.binaryType = 'arraybuffer'
    this.synced = new Promise((resolveSynced, reject) => {
      this.socket.once('error', reject)
      this.socket.once('open', () => {
        const encoder = encoding.createEncoder()
        encoding.writeVarUint(encoder, 0)
        sync.writeSyncStep1(encoder, this.doc)
        this.socket.send(encoding.toUint8Array(encoder))
      })
      this.socket.on('message', data => {
        const decoder = decoding.createDecoder(new Uint8Array(data))
        if (decoding.readVarUint(decoder) !== 0) return
        const encoder = encoding.createEncoder()
        encoding.writeVarUint(encoder, 0)
        const kind = sync.readSyncMessage(decoder, encoder, this.doc, 'remote')
        if (encoding.length(encoder) > 1) this.socket.send(encoding.toUint8Array(encoder))
        if (kind === 1) resolveSynced()
      })
    })
    this.doc.on('update', (update, origin) => {
      if (origin === 'remote') return
      const encoder = encoding.createEncoder()
      encoding.writeVarUint(encoder, 0)
      sync.writeUpdate(encoder, update)
      this.socket.send(encoding.toUint8Array(encoder))
    })
  }

  waitFor (key) {
    return new Promise(resolveSeen => {
      const map = this.doc.getMap('m')
      const look = () => { if (map.has(key)) { map.unobserve(look); resolveSeen() } }
      map.observe(look)
      look()
    })
  }
}

const summary = samples => {
  samples.sort((a, b) => a - b)
  const at = q => Math.round(samples[Math.min(samples.length - 1, Math.floor(q * samples.length))] * 100) / 100
  return { p50: at(0.5), p99: at(0.99) }
}

export async function measureRelayLatency (oursUrl, theirsUrl, clientCount, rounds = 300) {
  const sides = await Promise.all([oursUrl, theirsUrl].map(async url => {
    const clients = Array.from({ length: clientCount }, () => new Client(`${url}/bench-${clientCount}`))
    await Promise.all(clients.map(client => client.synced))
    return { clients, samples: [] }
  }))
  for (let round = 0; round < rounds; ++round) {
    for (const { clients, samples } of sides) {
      const key = `k${round}`
      const seen = Promise.all(clients.slice(1).map(client => client.waitFor(key)))
      const start = performance.now()
      clients[0].doc.getMap('m').set(key, round)
      await seen
      samples.push(performance.now() - start)
    }
  }
  for (const { clients } of sides) for (const client of clients) client.socket.close()
  return { ours: summary(sides[0].samples.slice(20)), theirs: summary(sides[1].samples.slice(20)) }
}
