// The tour: the whole product, unattended, with real processes. Two desktop editors (offscreen), one headless Chromium on
// the web client, relay, appliance and the command line draw one poster together. Fails unless all replicas are equal
// node for node, nothing acknowledged was lost, and the exported PNG equals what the editors' canvas shows.
//
//   tour.mjs --bin build/release/bin --out build/tour [--seed N]
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { openWebClient } from '../../tools/run/browser.mjs'
import { Editor } from '../../tools/run/editor.mjs'
import { Appliance, Relay, runProgram } from '../../tools/run/services.mjs'
import { Acknowledged, check, comparePng, Report, seededRandom, waitUntil } from './support.mjs'

const { values } = parseArgs({ options: { bin: { type: 'string' }, out: { type: 'string', default: 'build/tour' }, seed: { type: 'string', default: '1' } } })
const bin = resolve(values.bin)
const out = resolve(values.out)
const random = seededRandom(Number(values.seed))
const work = mkdtempSync(join(tmpdir(), 'tessera-tour-'))
mkdirSync(out, { recursive: true })

const report = new Report(Number(values.seed))
const running = []
const started = async service => { running.push(service); await service.start(); return service }
const icons = name => resolve('tools/node_modules', name)
let web

async function tour () {
  const relay = await started(new Relay({ bin, data: join(work, 'relay'), log: join(out, 'relay.log') }))
  const appliance = await started(new Appliance({ bin, data: join(work, 'appliance'), relay, log: join(out, 'appliance.log') }))

  // A poster from SVG, shared with the command line.
  const fileA = join(work, 'a.tessera')
  await runProgram(join(bin, 'tessera'), ['import', resolve('samples/poster.svg'), '-o', fileA])
  const room = await relay.createRoom('Tour')
  await runProgram(join(bin, 'tessera'), ['sync', room.link, fileA])
  const editorShare = await relay.share(room.room, room.token, 'editor')
  const viewerShare = await relay.share(room.room, room.token, 'viewer')
  const editorLink = `${relay.url}/d/${room.room}#${editorShare.token}`
  const viewerLink = `${relay.url}/d/${room.room}#${viewerShare.token}`
  report.step('shared a poster imported from SVG')

  const a = await started(new Editor({ bin, file: fileA, name: 'Ada', link: room.link, log: join(out, 'editor-a.log') }))
  const b = await started(new Editor({ bin, file: join(work, 'b.tessera'), name: 'Grace', link: editorLink, log: join(out, 'editor-b.log') }))
  report.set('firstFrameMs', [a.ready.firstFrameMs, b.ready.firstFrameMs])
  web = await openWebClient(editorLink, { name: 'Edsger' })
  const { nodes: [poster] } = await a.do('find', { type: 'frame', name: 'poster' })
  check(poster, 'the imported poster is a frame called "poster"')
  await b.do('waitFor', { node: poster.id, timeoutMs: 20_000 })
  await waitUntil('the browser shows the poster', async () => (await web.call('nodeIds')).includes(poster.id))
  await a.do('waitFor', { peers: 2, timeoutMs: 20_000 })
  report.step('two editors and a browser see it and each other')

  // Real drawings from npm, by both editors at once.
  const drawings = [
    [a, icons('openmoji/color/svg/1F3A8.svg'), 430, 990], [a, icons('openmoji/color/svg/1F58C.svg'), 530, 990],
    [b, icons('openmoji/color/svg/1F3B7.svg'), 630, 990], [b, icons('openmoji/color/svg/1F306.svg'), 730, 990],
    [a, icons('@tabler/icons/icons/filled/heart.svg'), 700, 748], [b, icons('bootstrap-icons/icons/palette.svg'), 760, 752]
  ]
  const imported = await Promise.all(drawings.map(([editor, path, x, y]) => editor.do('importSvg', { path, x, y, parent: poster.id })))
  report.set('importedDrawings', imported.length)
  report.set('importNotices', imported.flatMap(answer => answer.notices ?? []).length)

  // Three hands on one page; B is offline for a while; the relay dies in the middle.
  const acknowledged = new Acknowledged()
  const { nodes: [title] } = await a.do('find', { type: 'text', name: 'Subtitle' })
  const colors = ['#FFD8A0', '#E0527D', '#86A4FF', '#6FD39B']
  const edits = { a: 0, b: 0, web: 0 }
  const rectCommand = (x, y, color, name) => ({
    kind: 'createNode', type: 'rect', parent: poster.id,
    properties: {
      name, size: [24, 24], xf: [1, 0, 0, 1, x, y], radii: [6, 6, 6, 6],
      fills: [{ id: 'f', type: 'solid', color: { space: 'srgb', c: [1, 3, 5].map(i => parseInt(color.slice(i, i + 2), 16) / 255), a: 1 } }]
    }
  })
  const drawNative = async (editor, key, row, count) => {
    for (let i = 0; i < count; ++i) {
      const { nodes } = await editor.do('apply', { commands: [rectCommand(96 + i * 30, 680 + row * 30, colors[(i + row) % 4], `${key} ${i}`)] })
      if (random() < 0.4) await editor.do('moveBy', { nodes, dx: Math.round(random() * 12 - 6), dy: 0 })
      if (random() < 0.15) { await editor.do('undo'); await editor.do('redo') }
      ++edits[key]
      acknowledged.made(key, nodes[0])
    }
  }
  const drawWeb = async (row, count) => {
    for (let i = 0; i < count; ++i) {
      const id = `tourWeb${row}x${String(i).padStart(4, '0')}`
      const { parent, properties, ...command } = rectCommand(96 + i * 30, 680 + row * 30, colors[(i + row) % 4], `web ${i}`)
      const refused = await web.call('apply', { ...command, id, placement: { parent }, properties, text: '' })
      check(refused === '', `the browser draws: ${refused}`)
      ++edits.web
      acknowledged.made('web', id)
    }
  }

  await Promise.all([drawNative(a, 'a', 0, 8), drawNative(b, 'b', 1, 8), drawWeb(2, 8), a.do('typeText', { node: title.id, text: ' and free' })])
  await Promise.all([a.do('waitSynced'), b.do('waitSynced')])
  acknowledged.covered('a', 'b')
  report.step('drew at the same time')

  await b.do('setOffline', { offline: true })
  await Promise.all([drawNative(b, 'b', 3, 6), drawNative(a, 'a', 4, 6), b.do('typeText', { node: title.id, text: '!' })])
  const offlineState = await b.do('state')
  check(offlineState.unsynced > 0 && !offlineState.synced, `an offline editor does not say synced: ${JSON.stringify(offlineState)}`)
  report.set('offlineWords', offlineState.status)
  await a.do('waitSynced')
  acknowledged.covered('a')

  const busy = Promise.all([drawNative(a, 'a', 5, 8), drawWeb(6, 8)])
  await new Promise(resolveSoon => setTimeout(resolveSoon, 60))
  await relay.kill9()
  report.step('killed the relay with -9 in the middle')
  await busy
  await drawNative(a, 'a', 7, 4)
  const orphaned = await a.do('state')
  check(!orphaned.synced, 'an editor without its relay does not say synced')
  check(orphaned.saved || (await a.do('waitSaved')).ok, 'an editor without its relay still saves')
  await relay.start()
  await b.do('setOffline', { offline: false })
  await Promise.all([a.do('waitSynced', { timeoutMs: 40_000 }), b.do('waitSynced', { timeoutMs: 40_000 })])
  await waitUntil('the browser is synced again', async () => (await web.call('state')).isSynced === true, 40_000)
  acknowledged.covered('a', 'b', 'web')
  report.step('relay restarted, everyone is synced again')

  // A viewer really cannot write.
  const viewer = await started(new Editor({ bin, file: join(work, 'viewer.tessera'), name: 'Vera', link: viewerLink, log: join(out, 'viewer.log') }))
  await viewer.do('waitFor', { node: poster.id, timeoutMs: 20_000 })
  check((await viewer.do('state')).role === 'viewer', 'the viewer knows its role')
  await viewer.quit()

  // An image and a layout from the appliance, into frames of the poster.
  const { node: pictureFrame } = await a.do('insertFrame', { x: 600, y: 1106, width: 256, height: 160, name: 'Picture', parent: poster.id })
  const { models } = await a.do('models', { timeoutMs: 20_000 })
  const imageModel = models.find(model => model.output === 'image')
  const layersModel = models.find(model => model.output === 'layers')
  check(imageModel && layersModel, `the appliance offers an image and a layers model: ${JSON.stringify(models)}`)
  // The editors may be back before the appliance is; its models are known from before, and a prompt is kept for another try.
  let picture
  await waitUntil('the appliance is back', async () => {
    picture = await a.do('generate', { frame: pictureFrame, prompt: 'sunset over the harbour, warm', model: imageModel.id, seed: 7 })
    return picture.problemCode !== 'no-appliance'
  }, 40_000)
  check(picture.state === 'done' && picture.nodes.length > 0, `the image job ended well: ${JSON.stringify(picture)}`)
  const { node: layoutFrame } = await b.do('insertFrame', { x: 1160, y: 0, width: 540, height: 675, name: 'Variant', parent: a.ready.page ?? poster.parent })
  const layout = await b.do('generate', { frame: layoutFrame, prompt: 'open studio night', model: layersModel.id, seed: 3, colors: ['#10183F', '#FF8552', '#FFE9B0'] })
  check(layout.state === 'done' && layout.nodes.length > 0, `the layout job ended well: ${JSON.stringify(layout)}`)
  report.set('previewsShown', picture.previews)
  report.step('generated an image and a layout')

  // Everyone has the same, node for node; a headless client too.
  await Promise.all([a.do('waitSynced'), b.do('waitSynced')])
  let replicas = {}
  await waitUntil('all replicas are equal', async () => {
    const [ofA, ofB, ofWeb] = await Promise.all([a.do('canonicalJson'), b.do('canonicalJson'), web.call('canonicalJson')])
    replicas = { a: ofA.json, b: ofB.json, web: ofWeb }
    return replicas.a === replicas.b && replicas.a === replicas.web
  }, 30_000).catch(error => {
    for (const [name, json] of Object.entries(replicas)) writeFileSync(join(out, `replica-${name}.json`), String(json))
    throw error
  })
  const fileC = join(work, 'c.tessera')
  await runProgram(join(bin, 'tessera'), ['sync', editorLink, fileC])
  const exportedC = await runProgram(join(bin, 'tessera'), ['export', fileC, '--format', 'json'])
  check(exportedC.trim() === replicas.a.trim(), 'the command line brings the same document')
  const lost = acknowledged.missingFrom(replicas.a)
  check(lost.length === 0, `acknowledged nodes are missing: ${lost.join(', ')}`)
  report.set('edits', edits)
  report.set('acknowledgedNodes', acknowledged.count)
  report.set('acknowledgedLost', lost.length)
  report.set('nodes', Object.keys(JSON.parse(replicas.a).nodes ?? {}).length)
  report.step('all replicas are equal, nothing acknowledged was lost')

  // What you export is what you saw.
  await a.do('select', { nodes: [] })
  await b.do('select', { nodes: [poster.id] })
  await a.do('exportPng', { path: join(out, 'export.png'), node: poster.id, scale: 1 })
  await a.do('grabCanvas', { path: join(out, 'canvas-a.png'), node: poster.id })
  await b.do('grabCanvas', { path: join(out, 'canvas-b.png'), node: poster.id })
  const cli = join(out, 'export-cli.png')
  await runProgram(join(bin, 'tessera'), ['render', fileC, '--node', poster.id, '--scale', '1', '-o', cli])
  for (const [name, file, tolerance] of [['canvas of A', 'canvas-a.png', 3], ['canvas of B', 'canvas-b.png', 3], ['command line', 'export-cli.png', 0]]) {
    const difference = await comparePng(join(out, 'export.png'), join(out, file))
    check(difference.sameSize && difference.largest <= tolerance, `export.png equals the ${name}: ${JSON.stringify(difference)}`)
  }
  for (const editor of [a, b]) await editor.do('view', { fit: true })
  await a.do('select', { nodes: [pictureFrame] })
  await b.do('panel', { name: 'generate' })
  await a.do('grab', { path: join(out, 'editor-a.png') })
  await b.do('grab', { path: join(out, 'editor-b.png') })
  await web.page.screenshot({ path: join(out, 'web.png') })
  check(web.errors.length === 0, `the web page threw: ${web.errors.join('; ')}`)
  report.step('exported what the canvas shows')

  for (const editor of [a, b]) {
    const end = await editor.quit()
    check(end.code === 0, `${editor.name} ends well: ${JSON.stringify(end)}`)
  }
  // Files of both editors open again with the same content.
  for (const [name, file] of [['a', fileA], ['b', join(work, 'b.tessera')]])
    check((await runProgram(join(bin, 'tessera'), ['export', file, '--format', 'json'])).trim() === replicas.a.trim(), `file of editor ${name} holds the same`)
  check(!existsSync(`${fileA}-wal`), 'a closed file is one file')
  copyFileSync(fileA, join(out, 'poster.tessera'))
  report.step('files hold the same')
}

let failure
try {
  await tour()
} catch (error) {
  failure = error
} finally {
  await web?.close().catch(() => {})
  for (const service of running.reverse()) await service.stop(5000)
  rmSync(work, { recursive: true, force: true })
}
report.write(join(out, 'report.json'), failure)
if (failure) {
  console.error(`tour failed after "${report.lastStep}": ${failure.stack ?? failure}`)
  process.exit(1)
}
console.log(`tour passed in ${(report.durationMs / 1000).toFixed(1)} s; pictures and report in ${values.out}`)
process.exit(0)
