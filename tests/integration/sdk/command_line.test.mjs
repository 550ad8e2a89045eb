// The command line as a user meets it: real programs, real files, what they print and how they end.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import * as Y from 'yjs'
import { WebsocketProvider } from 'y-websocket'
import WebSocket from 'ws'
import { Relay } from '../../../tools/run/services.mjs'
import { comparePng, readPng } from '../../tour/support.mjs'

const bin = process.env.TESSERA_BIN_DIR ?? 'build/ci/bin'
const source = process.env.TESSERA_SOURCE_DIR ?? process.cwd()
let work
const at = name => join(work, name)
const tessera = (...args) => spawnSync(join(bin, 'tessera'), args, { encoding: 'utf8', timeout: 60_000, maxBuffer: 64 << 20 })
const ok = (...args) => {
  const run = tessera(...args)
  assert.equal(run.status, 0, `tessera ${args.join(' ')}: ${run.stderr}`)
  return run.stdout
}
const fails = (pattern, ...args) => {
  const run = tessera(...args)
  assert.notEqual(run.status, 0, `tessera ${args.join(' ')} should fail`)
  assert.equal(run.signal, null)
  assert.match(run.stderr + run.stdout, pattern)
}

before(() => { work = mkdtempSync(join(tmpdir(), 'tessera-cli-')) })
after(() => rmSync(work, { recursive: true, force: true }))

test('an imported poster is described, exported and rendered', () => {
  ok('import', join(source, 'samples/poster.svg'), '-o', at('poster.tessera'))
  const info = ok('info', at('poster.tessera'))
  assert.match(info, /name +poster/)
  assert.match(info, /6 text/)
  const document = JSON.parse(ok('export', at('poster.tessera')))
  assert.equal(Object.values(document.nodes).filter(node => node.t === 'ellipse').length, 12)
  ok('render', at('poster.tessera'), '--scale', '0.25', '-o', at('poster.png'))
  const png = readPng(at('poster.png'))
  assert.deepEqual([png.width, png.height], [270, 338])
})

test('what stands on the pages becomes files, one for each preset', () => {
  const out = ok('export-all', at('poster.tessera'), '-o', at('out'), '--presets', 'png,png@0.5x,jpg@w100,webp@0.25x,svg')
  assert.match(out, /5 files/)
  assert.deepEqual(readdirSync(at('out')).sort(), ['poster-w100.jpg', 'poster.png', 'poster.svg', 'poster@0.25x.webp', 'poster@0.5x.png'])
  assert.deepEqual([readPng(at('out/poster@0.5x.png')).width, readPng(at('out/poster.png')).width], [540, 1080])
  assert.equal(readFileSync(at('out/poster-w100.jpg')).subarray(0, 3).toString('hex'), 'ffd8ff')
  assert.equal(readFileSync(at('out/poster@0.25x.webp')).subarray(8, 12).toString(), 'WEBP')
  ok('render', at('out/poster.svg'), '--width', '200', '--threads', '3', '-o', at('again.webp'))
  assert.equal(readFileSync(at('again.webp')).subarray(8, 12).toString(), 'WEBP')
  fails(/drawn\.gif: the name must end in \.png/, 'render', at('poster.tessera'), '-o', at('drawn.gif'))
  fails(/'gif' is none; write png/, 'export-all', at('poster.tessera'), '-o', at('out'), '--presets', 'png,gif')
  fails(/--quality/, 'export-all', at('poster.tessera'), '-o', at('out'), '--quality', '0')
  fails(/again\.webp/, 'export-all', at('poster.tessera'), '-o', at('again.webp'))
})

test('importing again adds to the same page', () => {
  ok('import', join(source, 'tools/node_modules/bootstrap-icons/icons/palette.svg'), '-o', at('poster.tessera'))
  const document = JSON.parse(ok('export', at('poster.tessera')))
  assert.equal(Object.values(document.nodes).filter(node => node.t === 'frame').length, 2)
  assert.equal(Object.values(document.nodes).filter(node => node.t === 'page').length, 1)
})

test('a Yjs export of a file opens in Yjs with the same content', () => {
  ok('export', at('poster.tessera'), '--format', 'yjs', '-o', at('poster.yjs'))
  const doc = new Y.Doc()
  Y.applyUpdate(doc, readFileSync(at('poster.yjs')))
  const ours = JSON.parse(ok('export', at('poster.tessera')))
  assert.deepEqual(Object.keys(doc.getMap('nodes').toJSON()).sort(), Object.keys(ours.nodes).sort())
})

test('the same file renders to the same bytes', () => {
  ok('render', at('poster.tessera'), '-o', at('one.png'))
  ok('render', at('poster.tessera'), '-o', at('two.png'))
  assert.deepEqual(readFileSync(at('one.png')), readFileSync(at('two.png')))
})

test('a page, a node and an SVG become SVG', () => {
  ok('export', at('poster.tessera'), '-o', at('page.svg'))
  assert.match(readFileSync(at('page.svg'), 'utf8'), /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="1080" height="1350" .*<text x="92" y="286" .*>Draw it<\/text>/)
  assert.equal(ok('export', at('poster.tessera'), '--page', '1', '--format', 'svg'), readFileSync(at('page.svg'), 'utf8'))
  const document = JSON.parse(ok('export', at('poster.tessera')))
  const [circle] = Object.entries(document.nodes).find(([, node]) => node.t === 'ellipse' && node.size[0] === 420)
  assert.match(ok('export', at('poster.tessera'), '--format', 'svg', '--node', circle), /viewBox="530 550 420 420"><defs>.*<circle cx="740" cy="760" r="210" fill="url\(#a\)"\/><\/svg>\n$/)
  const outlined = ok('export', join(source, 'samples/poster.svg'), '--format', 'svg', '--text', 'outlines')
  assert.doesNotMatch(outlined, /<text/)
  ok('render', at('poster.tessera'), '--scale', '0.5', '-o', at('original.png'))
  ok('render', at('page.svg'), '--scale', '0.5', '-o', at('again.png'))
  assert.deepEqual(readFileSync(at('original.png')), readFileSync(at('again.png')))
  fails(/has 1 page/, 'export', at('poster.tessera'), '--page', '2', '-o', at('none.svg'))
  fails(/no such node: nobody/, 'export', at('poster.tessera'), '--node', 'nobody', '-o', at('none.svg'))
  fails(/not a Tessera file/, 'export', join(source, 'README.md'), '--format', 'svg', '-o', at('none.svg'))
  assert.ok(!existsSync(at('none.svg')))
})

test('icons look as librsvg draws them', async t => {
  if (spawnSync('rsvg-convert', ['--version']).error) return t.skip('rsvg-convert is not installed')
  for (const name of ['openmoji/color/svg/1F3A8', 'openmoji/color/svg/1F984', '@tabler/icons/icons/filled/heart', 'bootstrap-icons/icons/palette']) {
    const svg = join(source, 'tools/node_modules', `${name}.svg`)
    rmSync(at('icon.tessera'), { force: true })
    ok('import', svg, '-o', at('icon.tessera'))
    const nodes = JSON.parse(ok('export', at('icon.tessera'))).nodes
    const [frame] = Object.entries(nodes).find(([, node]) => node.t === 'frame')
    ok('render', at('icon.tessera'), '--node', frame, '--scale', '4', '--background', '#FFFFFF', '-o', at('icon.png'))
    assert.equal(spawnSync('rsvg-convert', ['-z', '4', '-b', 'white', svg, '-o', at('oracle.png')]).status, 0)
    const difference = await comparePng(at('icon.png'), at('oracle.png'))
    assert.ok(difference.sameSize, `${name}: ${JSON.stringify(difference)}`)
    assert.ok(difference.mean < 1.5, `${name}: ${JSON.stringify(difference)}`) // of 255; edges are anti-aliased differently
  }
})

test('bad input names what and where, and leaves nothing behind', () => {
  fails(/no such file|No such file/, 'info', at('missing.tessera'))
  writeFileSync(at('text.tessera'), 'hello, this is no database'.repeat(100))
  fails(/text\.tessera.*not a Tessera file/, 'info', at('text.tessera'))
  writeFileSync(at('broken.svg'), '<svg><g>')
  fails(/broken\.svg.*byte \d+/, 'import', at('broken.svg'), '-o', at('broken.tessera'))
  assert.ok(!existsSync(at('broken.tessera')))
  fails(/no such node: nobody/, 'render', at('poster.tessera'), '--node', 'nobody', '-o', at('x.png'))
  fails(/scale/, 'render', at('poster.tessera'), '--scale', '-1', '-o', at('x.png'))
  fails(/over 16384/, 'render', at('poster.tessera'), '--scale', '1000', '-o', at('x.png'))
  assert.ok(!existsSync(at('x.png')))
})

test('a file cut short still gives what it holds', () => {
  ok('import', join(source, 'samples/poster.svg'), '-o', at('cut.tessera'))
  truncateSync(at('cut.tessera'), 20_000)
  const run = tessera('info', at('cut.tessera'))
  assert.equal(run.signal, null)
  assert.match(run.stderr, /repaired|lost|damaged/)
})

test('what a plain Yjs script draws in a room is rendered after a sync', async () => {
  const relay = new Relay({ bin, data: at('relay'), openAccess: true })
  await relay.start()
  const doc = new Y.Doc()
  let provider
  try {
    provider = new WebsocketProvider(relay.wsUrl, 'hello', doc, { WebSocketPolyfill: WebSocket, disableBc: true })
    await new Promise(resolveSynced => provider.once('sync', resolveSynced))
    doc.transact(() => {
      doc.getMap('meta').set('formatVersion', 1)
      const put = (id, props) => doc.getMap('nodes').set(id, new Y.Map(Object.entries(props)))
      put('page1', { t: 'page', pi: ['', 'a0'], name: 'Page 1' })
      put('red', { t: 'rect', pi: ['page1', 'a0'], name: 'Red', xf: [1, 0, 0, 1, 40, 40], size: [200, 120],
        fills: [{ id: 'f', type: 'solid', color: { space: 'srgb', c: [1, 0, 0], a: 1 } }] })
    })
    await new Promise(resolveSoon => setTimeout(resolveSoon, 300))
    ok('sync', `${relay.url}/d/hello`, at('hello.tessera'))
    ok('render', at('hello.tessera'), '--bounds', '0,0,280,200', '-o', at('hello.png'))
    const png = readPng(at('hello.png'))
    assert.deepEqual([png.width, png.height], [280, 200])
    const pixel = (x, y) => [0, 1, 2, 3].map(c => png.at(y * 280 + x, c))
    assert.deepEqual(pixel(100, 100), [255, 0, 0, 255])
    assert.deepEqual(pixel(10, 10), [0, 0, 0, 0])

    // And back: what the file gains offline reaches the script.
    ok('import', join(source, 'tools/node_modules/bootstrap-icons/icons/palette.svg'), '-o', at('hello.tessera'))
    ok('sync', `${relay.url}/d/hello`, at('hello.tessera'))
    const end = Date.now() + 10_000
    while (doc.getMap('nodes').size < 4 && Date.now() < end) await new Promise(resolveSoon => setTimeout(resolveSoon, 50))
    assert.ok([...doc.getMap('nodes').values()].some(node => node.get('name') === 'palette'))
  } finally {
    provider?.awareness.destroy()
    provider?.destroy()
    await relay.stop()
  }
})

test('sync says what is wrong with a link', () => {
  fails(/link/i, 'sync', 'not a link', at('nothing.tessera'))
  fails(/127\.0\.0\.1:9/, 'sync', 'http://127.0.0.1:9/d/room#token', at('nothing.tessera'))
})
