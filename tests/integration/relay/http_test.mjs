// The HTTP interface: rooms, shares, blobs, jobs without an appliance, the web client's files, errors, limits.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { RawClient, assertEqual, assertTrue, run } from './harness.mjs'

/// BLAKE2b-256 (RFC 7693, no key). Node's OpenSSL has only BLAKE2b-512, which is another function.
function blake2b256 (input) {
  const mask = (1n << 64n) - 1n
  const iv = [0x6a09e667f3bcc908n, 0xbb67ae8584caa73bn, 0x3c6ef372fe94f82bn, 0xa54ff53a5f1d36f1n, 0x510e527fade682d1n, 0x9b05688c2b3e6c1fn, 0x1f83d9abfb41bd6bn, 0x5be0cd19137e2179n]
  const sigma = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4], [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13], [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11], [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5], [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0]]
  const rotate = (x, n) => ((x >> n) | (x << (64n - n))) & mask
  const h = [...iv]
  h[0] ^= 0x01010020n
  const blocks = Math.max(1, Math.ceil(input.length / 128))
  for (let b = 0; b < blocks; b++) {
    const block = Buffer.alloc(128)
    input.copy(block, 0, b * 128, Math.min(input.length, b * 128 + 128))
    const m = Array.from({ length: 16 }, (_, i) => block.readBigUInt64LE(i * 8))
    const v = [...h, ...iv]
    v[12] ^= BigInt(Math.min(input.length, b * 128 + 128))
    if (b === blocks - 1) v[14] ^= mask
    const mix = (a, b_, c, d, x, y) => {
      v[a] = (v[a] + v[b_] + x) & mask; v[d] = rotate(v[d] ^ v[a], 32n)
      v[c] = (v[c] + v[d]) & mask; v[b_] = rotate(v[b_] ^ v[c], 24n)
      v[a] = (v[a] + v[b_] + y) & mask; v[d] = rotate(v[d] ^ v[a], 16n)
      v[c] = (v[c] + v[d]) & mask; v[b_] = rotate(v[b_] ^ v[c], 63n)
    }
    for (let round = 0; round < 12; round++) {
      const s = sigma[round % 10]
      mix(0, 4, 8, 12, m[s[0]], m[s[1]]); mix(1, 5, 9, 13, m[s[2]], m[s[3]])
      mix(2, 6, 10, 14, m[s[4]], m[s[5]]); mix(3, 7, 11, 15, m[s[6]], m[s[7]])
      mix(0, 5, 10, 15, m[s[8]], m[s[9]]); mix(1, 6, 11, 12, m[s[10]], m[s[11]])
      mix(2, 7, 8, 13, m[s[12]], m[s[13]]); mix(3, 4, 9, 14, m[s[14]], m[s[15]])
    }
    for (let i = 0; i < 8; i++) h[i] ^= v[i] ^ v[i + 8]
  }
  const out = Buffer.alloc(32)
  for (let i = 0; i < 4; i++) out.writeBigUInt64LE(h[i], i * 8)
  return out.toString('hex')
}

/// Says bytes on a plain socket and collects the answer until the relay closes.
function say (port, text, { waitMs = 5000 } = {}) {
  return new Promise(resolve => {
    const socket = net.connect(port, '127.0.0.1')
    let heard = ''
    const end = () => { socket.destroy(); resolve(heard) }
    socket.on('data', data => { heard += data })
    socket.on('close', end)
    socket.on('error', end)
    socket.write(text)
    setTimeout(end, waitMs).unref()
  })
}

const problem = (answer, status, code) => {
  assertEqual([answer.status, answer.type, answer.json?.code], [status, 'application/problem+json', code], 'problem')
  assertTrue(answer.json.title.length > 0 && typeof answer.json.detail === 'string', 'title and detail')
}

await run({
  async roomsAndSharesAreMadeByWhoMay (start) {
    const relay = await start()
    problem(await relay.api('POST', '/api/rooms', { body: {} }), 401, 'bad-key')
    problem(await relay.api('POST', '/api/rooms', { key: 'x'.repeat(43), body: {} }), 401, 'bad-key')
    const room = await relay.makeRoom()
    assertTrue(/^[0-9A-Za-z]{22}$/.test(room.room), 'room id')
    const path = `/api/rooms/${room.room}`
    problem(await relay.api('GET', path), 401, 'bad-token')
    assertEqual((await relay.api('GET', path, { key: room.token })).json, { room: room.room, role: 'owner', peers: 0, appliance: false }, 'room')
    const editor = await relay.makeShare(room.room, room.token, 'editor')
    assertTrue(editor.link === `${relay.http}/d/${room.room}#${editor.token}`, `link ${editor.link}`)
    problem(await relay.api('POST', path + '/shares', { key: editor.token, body: { role: 'editor' } }), 403, 'no-right')
    problem(await relay.api('POST', path + '/shares', { key: room.token, body: { role: 'king' } }), 400, 'bad-body')
    problem(await relay.api('POST', path + '/shares', { key: room.token, raw: '{"role":' }), 400, 'bad-body')
    problem(await relay.api('POST', path + '/shares', { key: room.token, body: { role: 'viewer', expiresInSeconds: -1 } }), 400, 'bad-body')
    problem(await relay.api('DELETE', path + '/shares/unknown', { key: room.token }), 404, 'no-share')
    assertEqual((await relay.api('GET', path + '/shares', { key: relay.adminKey })).status, 200, 'the admin key opens every room')
    const client = await new RawClient(relay, `/sync/${room.room}?token=${editor.token}`).join()
    assertEqual((await relay.api('GET', path, { key: editor.token })).json.peers, 1, 'peers')
    client.close()
  },

  async addressesAndMethodsAreChecked (start) {
    const relay = await start({ openAccess: true })
    problem(await relay.api('GET', '/api/nothing'), 404, 'not-found')
    problem(await relay.api('GET', '/api/rooms/a%20b'), 400, 'bad-id')
    problem(await relay.api('GET', '/api/rooms/r/blobs/xyz'), 400, 'bad-id')
    const wrong = await relay.api('PATCH', '/api/rooms/r')
    problem(wrong, 405, 'method-not-allowed')
    assertEqual(wrong.headers.get('allow'), 'GET', 'Allow')
    const upgrade = await say(relay.port, 'GET /sync/a%20b HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n')
    assertTrue(upgrade.startsWith('HTTP/1.1 404'), upgrade)
    assertTrue((await say(relay.port, 'NONSENSE\r\n\r\n')).startsWith('HTTP/1.1 400'), 'no HTTP')
    assertTrue((await say(relay.port, 'GET / HTTP/1.1\r\nX: ' + 'x'.repeat(20000) + '\r\n\r\n')).startsWith('HTTP/1.1 431'), 'head too large')
    const large = await relay.api('POST', '/api/rooms/r/shares', { raw: 'x'.repeat(100_000) })
    problem(large, 413, 'body-too-large')
    assertEqual((await relay.api('GET', '/healthz')).json, { status: 'ok' }, 'health')
  },

  async openAccessIsNotOpenToWebPagesOfOthers (start) {
    const relay = await start({ openAccess: true })
    const get = lines => say(relay.port, `GET /api/rooms/r HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`)
    const upgrade = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n'
    for (const own of ['Host: 127.0.0.1:1\r\n', 'Host: localhost\r\nOrigin: http://localhost:5173\r\n', 'Host: [::1]:80\r\n']) {
      assertTrue((await get(own)).startsWith('HTTP/1.1 200'), own)
    }
    for (const foreign of ['Host: 127.0.0.1\r\nOrigin: https://example.org\r\n', 'Host: rebound.example.org\r\n',
      'Host: 127.0.0.1.example.org\r\n', 'Host: 127.0.0.1\r\nOrigin: null\r\n']) {
      assertTrue((await get(foreign)).includes('foreign-origin'), foreign)
      assertTrue((await say(relay.port, `GET /sync/r HTTP/1.1\r\n${foreign}${upgrade}\r\n`)).startsWith('HTTP/1.1 403'), `socket: ${foreign}`)
    }
  },

  async blobsAreStoredByHashPerRoom (start) {
    const relay = await start()
    const room = await relay.makeRoom()
    const other = await relay.makeRoom()
    const viewer = await relay.makeShare(room.room, room.token, 'viewer')
    const bytes = Buffer.from(Array.from({ length: 300_001 }, (_, i) => i * 7 % 251))
    const hash = blake2b256(bytes)
    assertEqual(blake2b256(Buffer.from('abc')), 'bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319', 'BLAKE2b-256 of abc')
    const path = `/api/rooms/${room.room}/blobs/${hash}`
    const listener = await new RawClient(relay, `/sync/${room.room}?token=${viewer.token}&ext=1`).join()
    const headers = { 'Content-Type': 'image/png' }
    problem(await relay.api('PUT', path, { key: viewer.token, raw: bytes, headers }), 403, 'no-right')
    problem(await relay.api('GET', path, { key: viewer.token }), 404, 'no-blob')
    const wrong = await relay.api('PUT', path, { key: room.token, raw: bytes.subarray(1), headers })
    problem(wrong, 422, 'wrong-hash')
    assertEqual((await relay.api('PUT', path, { key: room.token, raw: bytes, headers })).status, 201, 'stored')
    assertEqual((await relay.api('PUT', path, { key: room.token, raw: bytes, headers })).status, 200, 'there already')
    const offer = await listener.frame('blob offer', frame => frame.type === 103)
    assertEqual([offer.hash, offer.size], [hash, bytes.length], 'offer')
    const got = await relay.api('GET', path, { key: viewer.token })
    assertTrue(got.status === 200 && got.bytes.equals(bytes), 'bytes')
    assertEqual(got.type, 'image/png', 'type')
    assertTrue(got.headers.get('cache-control').includes('immutable'), 'immutable')
    problem(await relay.api('GET', `/api/rooms/${other.room}/blobs/${hash}`, { key: other.token }), 404, 'no-blob')
    await relay.restart('SIGKILL')
    assertTrue((await relay.api('GET', path, { key: viewer.token })).bytes.equals(bytes), 'after a crash')
    assertEqual((await relay.api('GET', path, { key: viewer.token, headers: { 'If-None-Match': `"${hash}"` } })).status, 304, 'not again')
    listener.close()
  },

  async aBlobOverTheLimitIsRefusedAtOnce (start) {
    const relay = await start({ openAccess: true })
    const answer = await say(relay.port, `PUT /api/rooms/r/blobs/${'0'.repeat(64)} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${64 * 1024 * 1024 + 1}\r\n\r\n`)
    assertTrue(answer.startsWith('HTTP/1.1 413'), answer)
  },

  async jobsNeedAnAppliance (start) {
    const relay = await start({ openAccess: true })
    assertEqual((await relay.api('GET', '/api/rooms/r/models')).json, { models: [] }, 'no models')
    const job = { model: 'm', prompt: 'p', colors: ['#ff0000'], width: 64, height: 64, seed: 1 }
    problem(await relay.api('POST', '/api/rooms/r/jobs', { body: job }), 503, 'no-appliance')
    problem(await relay.api('GET', '/api/rooms/r/jobs/none'), 404, 'no-job')
    problem(await relay.api('DELETE', '/api/rooms/r/jobs/none'), 404, 'no-job')
    for (const broken of [{ ...job, width: 0 }, { ...job, width: 1.5 }, { ...job, colors: ['red'] }, { ...job, prompt: 7 }, { ...job, id: 'a b' }, { ...job, seed: -1 }, []]) {
      problem(await relay.api('POST', '/api/rooms/r/jobs', { body: broken }), 400, 'bad-body')
    }
  },

  async theWebClientIsServed (start) {
    const web = mkdtempSync(join(tmpdir(), 'tessera-web-'))
    mkdirSync(join(web, 'assets'))
    writeFileSync(join(web, 'index.html'), '<!doctype html><title>web</title>')
    writeFileSync(join(web, 'assets', 'app-1a2b.js'), 'export {}')
    writeFileSync(join(web, 'assets', 'app-1a2b.js.gz'), gzipSync('export {}'))
    writeFileSync(join(web, 'sw.js'), '// worker')
    writeFileSync(join(web, '.secret'), 'secret')
    const relay = await start({ openAccess: true, args: ['--web', web] })
    for (const path of ['/', '/d/room-1']) {
      const page = await relay.api('GET', path)
      assertTrue(page.status === 200 && page.bytes.includes('<title>web'), path)
      assertEqual(page.headers.get('cache-control'), 'no-cache', 'the page is asked for again')
      assertTrue(page.headers.get('content-security-policy').includes("object-src 'none'"), 'policy')
      assertEqual((await relay.api('GET', path, { headers: { 'If-None-Match': page.headers.get('etag') } })).status, 304, 'ETag')
    }
    const script = await relay.api('GET', '/assets/app-1a2b.js', { headers: { 'Accept-Encoding': 'gzip' } })
    assertEqual([script.bytes.toString(), script.headers.get('content-encoding'), script.type], ['export {}', 'gzip', 'text/javascript; charset=utf-8'], 'compressed')
    assertTrue(script.headers.get('cache-control').includes('immutable'), 'assets never change')
    const identity = await relay.api('GET', '/assets/app-1a2b.js', { headers: { 'Accept-Encoding': 'identity' } })
    assertEqual([identity.bytes.toString(), identity.headers.get('content-encoding')], ['export {}', null], 'as it is')
    assertEqual((await relay.api('GET', '/sw.js')).headers.get('cache-control'), 'no-cache', 'service worker')
    for (const path of ['/missing.js', '/.secret', '/assets', '/assets/%2e%2e/.secret', '/..%2f..%2fetc/passwd', '/assets/app-1a2b.js/', '//etc/passwd']) {
      assertEqual((await relay.api('GET', path)).status, 404, path)
    }
    const head = await relay.api('HEAD', '/')
    assertEqual([head.status, head.bytes.length], [200, 0], 'HEAD')
  },

  async withoutAWebClientThePageSaysSo (start) {
    const relay = await start({ openAccess: true })
    const page = await relay.api('GET', '/d/r')
    assertTrue(page.status === 503 && page.bytes.includes('web client is not installed'), page.bytes.toString())
  }
})
