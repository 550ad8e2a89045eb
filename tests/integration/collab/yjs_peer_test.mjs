// Our client with plain Yjs peers from npm: through a relay that knows nothing of ours, and through our own.
import { createServer } from 'node:http'
import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Y, WebSocket, WebsocketProvider, assertEqual, assertTrue, binaries, run, synced, until } from '../relay/harness.mjs'

const root = process.env.TESSERA_SOURCE_DIR ?? new URL('../../..', import.meta.url).pathname
const require = createRequire(join(root, 'tools', 'package.json'))
const { WebSocketServer } = require('ws')
const { setupWSConnection } = require('@y/websocket-server/utils')

const runProgram = promisify(execFile)
const tessera = (...args) => runProgram(join(binaries, 'tessera'), args)
const newFile = name => join(mkdtempSync(join(tmpdir(), 'tessera-yjs-')), name)

/// @y/websocket-server as its own start script runs it; the room is the last part of the path.
async function plainRelay () {
  const server = createServer((request, response) => response.end('ok'))
  new WebSocketServer({ server }).on('connection', (socket, request) => {
    setupWSConnection(socket, request, { docName: new URL(request.url, 'http://x').pathname.split('/').at(-1) })
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  return { port: server.address().port, close: () => server.close() }
}

const provider = (port, path, room, doc) =>
  new WebsocketProvider(`ws://127.0.0.1:${port}${path}`, room, doc, { WebSocketPolyfill: WebSocket, disableBc: true })

/// What a script without any code of ours does to draw a rectangle (docs/wire.md, the document's schema).
function drawRectangle (doc, name) {
  const nodes = doc.getMap('nodes')
  const page = [...nodes.entries()].find(([, node]) => node.get('t') === 'page')?.[0]
  assertTrue(page !== undefined, 'the document has a page')
  const id = `yjs-${name}`
  doc.transact(() => {
    nodes.set(id, new Y.Map(Object.entries({ t: 'rect', pi: [page, 'a5'], name, xf: [1, 0, 0, 1, 10, 20], size: [30, 40] })))
  })
  return id
}

const names = doc => [...doc.getMap('nodes').values()].map(node => node.get('name')).filter(Boolean)
const poster = async () => {
  const file = newFile('poster.tessera')
  await tessera('import', join(root, 'samples/poster.svg'), '-o', file)
  return file
}

/// One file goes to the room, a Yjs peer draws in it, another file gets both, byte-compatible all the way.
async function exchange (port, path, words) {
  const link = `http://127.0.0.1:${port}/d/poster`
  const first = await tessera('sync', link, await poster())
  assertTrue(first.stdout.includes(words), `"${words}" in: ${first.stdout}`)

  const doc = new Y.Doc()
  const peer = provider(port, path, 'poster', doc)
  await synced(peer)
  await until('the poster is there', () => doc.getMap('nodes').size > 20)
  drawRectangle(doc, 'drawn by a script')
  doc.getMap('nodes').set('odd', new Y.Map([['t', 'hologram'], ['depth', 3]])) // of a version nobody has yet

  const copy = newFile('copy.tessera')
  await until('the rectangle comes to a file', async () => {
    await tessera('sync', link, copy)
    const { stdout } = await tessera('info', copy)
    return /nodes\s+4 rect/.test(stdout)
  })
  // An edit made in a file reaches the peer, and what the file could not model is still there.
  await tessera('import', join(root, 'tools/node_modules/bootstrap-icons/icons/palette.svg'), '-o', copy)
  await tessera('sync', link, copy)
  await until('the peer sees the edit', () => names(doc).includes('palette'))
  assertEqual(doc.getMap('nodes').get('odd').toJSON(), { t: 'hologram', depth: 3 }, 'the unknown node')
  peer.destroy()
}

await run({
  async throughAPlainYjsRelayThingsAreSent () {
    const relay = await plainRelay()
    await exchange(relay.port, '', 'sent there')
    relay.close()
  },

  async throughOurRelayThingsAreStored (start) {
    const relay = await start({ openAccess: true })
    await exchange(relay.port, '/sync', 'stored there')
  },

  async aYjsPeerThatWasOfflineMergesWithAFile (start) {
    const relay = await start({ openAccess: true })
    const link = `http://127.0.0.1:${relay.port}/d/poster`
    const file = await poster()
    await tessera('sync', link, file)
    const doc = new Y.Doc()
    const peer = relay.provider('poster', doc)
    await synced(peer)
    peer.disconnect()
    for (let i = 0; i < 50; i++) drawRectangle(doc, `offline ${i}`)
    await tessera('import', join(root, 'tools/node_modules/bootstrap-icons/icons/palette.svg'), '-o', file)
    await tessera('sync', link, file)
    peer.connect()
    await until('the peer has the import', () => names(doc).includes('palette'))
    await until('the file has 50 rectangles more', async () => {
      await tessera('sync', link, file)
      const { stdout } = await tessera('info', file)
      return /nodes\s+53 rect/.test(stdout)
    })
    peer.destroy()
  }
})
