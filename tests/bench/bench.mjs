// ./dev bench: the figures of the skeleton. Prints a table and writes build/bench/skeleton.json (rows: what, ours, unit,
// peer, ratio). Latency is measured beside @y/websocket-server's convention peer in the same run where it is installed.
//
//   bench.mjs --bin build/release/bin --out build/bench
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { openBrowser } from '../../tools/run/browser.mjs'
import { Editor } from '../../tools/run/editor.mjs'
import { Relay, Service, runProgram } from '../../tools/run/services.mjs'
import { measureRelayLatency } from './relay_latency.mjs'

const { values } = parseArgs({ options: { bin: { type: 'string' }, out: { type: 'string', default: 'build/bench' } } })
const bin = resolve(values.bin)
const out = resolve(values.out)
mkdirSync(out, { recursive: true })
const work = mkdtempSync(join(tmpdir(), 'tessera-bench-'))
const rows = []
const running = []
const started = async service => { running.push(service); await service.start(); return service }

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]
const median = list => quantile([...list].sort((a, b) => a - b), 0.5)
const residentMiB = pid => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024
const row = (what, ours, unit, extra = {}) => rows.push({ what, ours: Math.round(ours * 100) / 100, unit, ...extra })

async function editorStart () {
  const firstFrames = []
  for (let i = 0; i < 7; ++i) {
    const editor = new Editor({ bin, file: join(work, `start-${i}.tessera`), name: 'Bench' })
    running.push(editor)
    await editor.start()
    firstFrames.push(editor.ready.firstFrameMs)
    await editor.quit()
  }
  row('editor: process start to first frame (offscreen, median of 7)', median(firstFrames), 'ms')
}

async function editLatency (relay) {
  const room = await relay.createRoom('bench')
  const file = join(work, 'a.tessera')
  await runProgram(join(bin, 'tessera'), ['import', resolve('samples/poster.svg'), '-o', file])
  await runProgram(join(bin, 'tessera'), ['sync', room.link, file])
  const a = await started(new Editor({ bin, file, name: 'A', link: room.link }))
  const b = await started(new Editor({ bin, file: join(work, 'b.tessera'), name: 'B', link: room.link }))
  await Promise.all([a.do('waitFor', { peers: 1 }), b.do('waitFor', { peers: 1 })])
  await Promise.all([a.do('waitSynced'), b.do('waitSynced')])
  const { page } = await a.do('state')
  const samples = []
  for (let i = 0; i < 300; ++i) {
    const node = `bench${String(i).padStart(6, '0')}`
    const seen = b.do('waitFor', { node, timeoutMs: 10_000 })
    const start = performance.now()
    const made = a.do('apply', { commands: [{ kind: 'createNode', id: node, type: 'rect', parent: page, properties: { size: [10, 10], xf: [1, 0, 0, 1, i, i] } }] })
    await Promise.all([made, seen])
    samples.push(performance.now() - start)
  }
  samples.sort((x, y) => x - y)
  row('two editors: an edit in one is in the other, through the relay, p50 of 300', quantile(samples, 0.5), 'ms')
  row('two editors: the same, p99', quantile(samples, 0.99), 'ms')
  row('editor: resident memory with a shared document', residentMiB(a.pid), 'MiB')
  await a.quit()
  await b.quit()
}

async function wireBytes (relay) {
  const room = await relay.createRoom('wire')
  const { page, close } = await openBrowser()
  const client = await page.context().newCDPSession(page)
  await client.send('Network.enable')
  let bytes = 0
  const byType = {}
  const types = new Map()
  client.on('Network.responseReceived', event => types.set(event.requestId, event.type))
  client.on('Network.loadingFinished', event => {
    bytes += event.encodedDataLength
    const type = types.get(event.requestId) ?? 'Other'
    byType[type] = (byType[type] ?? 0) + event.encodedDataLength
  })
  const [address, token] = room.link.split('#')
  await page.goto(`${address}?test=1#${token}`)
  await page.waitForFunction(() => window.__tessera?.screenshotReady?.() !== false && window.__tessera !== undefined, undefined, { timeout: 30_000 })
  await page.waitForTimeout(1500)
  await close()
  const kib = n => Math.round(n / 102.4) / 10
  row('web client: bytes over the wire, first visit', bytes / 1024, 'KiB', { byType: Object.fromEntries(Object.entries(byType).map(([k, v]) => [k, kib(v)])) })
}

async function tourDuration () {
  const start = performance.now()
  const tour = spawn(process.execPath, [resolve('tests/tour/tour.mjs'), '--bin', bin, '--out', resolve('build/tour')], { stdio: ['ignore', 'ignore', 'inherit'] })
  const code = await new Promise(resolveExit => tour.once('exit', resolveExit))
  if (code !== 0) throw new Error('the tour failed: ./dev tour says where')
  row('tour: whole duration', (performance.now() - start) / 1000, 's')
}

try {
  await editorStart()
  const relay = await started(new Relay({ bin, data: join(work, 'relay') }))
  await new Promise(resolveSoon => setTimeout(resolveSoon, 1000))
  row('relay: resident memory idle', residentMiB(relay.pid), 'MiB')
  await editLatency(relay)
  await wireBytes(relay)
  const open = await started(new Relay({ bin, data: join(work, 'open'), openAccess: true }))
  const peer = new Service('y-websocket-server', process.execPath, [resolve('tests/bench/peer_y_websocket.mjs')])
  running.push(peer)
  await peer.start()
  for (const size of [2, 10, 40]) {
    const { ours, theirs } = await measureRelayLatency(open.wsUrl, `ws://127.0.0.1:${peer.ready.port}`, size)
    row(`relay: plain Yjs update to ${size - 1} other clients, p50 (peer: @y/websocket-server, no durable log)`, ours.p50, 'ms', { peer: theirs.p50, ratio: Math.round(ours.p50 / theirs.p50 * 100) / 100 })
    row(`relay: the same, p99`, ours.p99, 'ms', { peer: theirs.p99, ratio: Math.round(ours.p99 / theirs.p99 * 100) / 100 })
  }
  await tourDuration()
} finally {
  for (const service of running.reverse()) await service.stop(3000)
  rmSync(work, { recursive: true, force: true })
}

const machine = `${cpus().length} x ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GiB`
writeFileSync(join(out, 'skeleton.json'), JSON.stringify({ machine, rows }, null, 2) + '\n')
console.log(`\n${machine}\n`)
console.log('| what | ours | unit | peer | ratio |\n|---|---:|---|---:|---:|')
for (const r of rows) console.log(`| ${r.what} | ${r.ours} | ${r.unit} | ${r.peer ?? ''} | ${r.ratio ?? ''} |`)
