// ./dev gallery: pictures of the main states, to be looked at. Desktop offscreen and web, light and dark.
//
//   gallery.mjs --bin build/release/bin --out build/gallery
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { openWebClient } from '../../tools/run/browser.mjs'
import { Editor } from '../../tools/run/editor.mjs'
import { Appliance, Relay, runProgram } from '../../tools/run/services.mjs'

const { values } = parseArgs({ options: { bin: { type: 'string' }, out: { type: 'string', default: 'build/gallery' } } })
const bin = resolve(values.bin)
const out = resolve(values.out)
const work = mkdtempSync(join(tmpdir(), 'tessera-gallery-'))
const running = []
const started = async service => { running.push(service); await service.start(); return service }
mkdirSync(out, { recursive: true })

async function desktop (theme, relay, link) {
  const picture = name => join(out, `desktop-${theme}-${name}.png`)
  const empty = await started(new Editor({ bin, file: join(work, `empty-${theme}.tessera`), name: 'Ada', theme, relay }))
  await empty.do('grab', { path: picture('empty') })
  await empty.quit()

  const editor = await started(new Editor({ bin, file: join(work, `poster-${theme}.tessera`), name: 'Ada', theme, relay, link }))
  await editor.do('waitFor', { nodeCount: 20 })
  await editor.do('waitSynced')
  await editor.do('view', { fit: true })
  await editor.do('grab', { path: picture('poster') })
  const { nodes } = await editor.do('find', {})
  const pick = (...names) => nodes.filter(node => names.includes(node.name)).map(node => node.id)
  await editor.do('select', { nodes: pick('Sun', 'Title') })
  await editor.do('panel', { name: 'design' })
  await editor.do('grab', { path: picture('mixed-selection') })
  await editor.do('select', { nodes: pick('Title') })
  await editor.do('grab', { path: picture('text') })
  const { node: frame } = await editor.do('insertFrame', { x: 1160, y: 0, width: 540, height: 675, name: 'Variant' })
  await editor.do('view', { fit: true })
  await editor.do('panel', { name: 'generate' })
  await editor.do('grab', { path: picture('generate-before') })
  await editor.do('generate', { frame, prompt: 'harvest market, fresh and local', model: 'composer', seed: 5, colors: ['#1B7543', '#F2C14E', '#FFF6E0'] })
  await editor.do('grab', { path: picture('generate-after') })
  await editor.do('undo')
  await editor.do('undo')
  await editor.do('setOffline', { offline: true })
  await editor.do('insertRect', { x: 10, y: 10, width: 40, height: 40, name: 'Made offline' })
  await editor.do('panel', { name: 'share' })
  await editor.do('grab', { path: picture('offline-share') })
  await editor.do('undo')
  await editor.quit()
}

async function web (colorScheme, link) {
  for (const [name, width, height] of [['wide', 1280, 800], ['phone', 390, 844]]) {
    const client = await openWebClient(link, { width, height, colorScheme, name: 'Edsger' })
    await client.call('screenshotReady')
    await client.page.screenshot({ path: join(out, `web-${colorScheme}-${name}.png`) })
    await client.close()
  }
}

let failure
try {
  const relay = await started(new Relay({ bin, data: join(work, 'relay') }))
  await started(new Appliance({ bin, data: join(work, 'appliance'), relay }))
  const room = await relay.createRoom('Gallery')
  const file = join(work, 'poster.tessera')
  await runProgram(join(bin, 'tessera'), ['import', resolve('samples/poster.svg'), '-o', file])
  await runProgram(join(bin, 'tessera'), ['sync', room.link, file])
  for (const theme of ['light', 'dark']) {
    await desktop(theme, relay, room.link)
    await web(theme, room.link)
  }
} catch (error) {
  failure = error
} finally {
  for (const service of running.reverse()) await service.stop(3000)
  rmSync(work, { recursive: true, force: true })
}
if (failure) console.error(failure.stack ?? failure)
else console.log(`pictures in ${values.out}`)
process.exit(failure ? 1 : 0)
