// The web client end to end: real relay, real browsers. Prints one line per rule and fails at the first broken one.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Client, converged, launch } from './support/client.mjs'
import { posterCommands } from './support/poster.mjs'
import { Relay, binFolder } from './support/relay.mjs'

const shots = join(process.env.TESSERA_BUILD_DIR ?? join(binFolder, '..'), 'web-shots')
mkdirSync(shots, { recursive: true })

const relay = await new Relay().start()
const browser = await launch()
const { room, tokens } = await relay.makeRoom('editor', 'viewer')
const address = role => `${relay.origin}/d/${room}?test=1#${tokens[role]}`
const clients = []
const open = async (role, options) => {
  const client = await Client.open(browser, address(role), options)
  clients.push(client)
  return client
}

const rule = async (text, check) => {
  const start = Date.now()
  await check()
  console.log(`ok   ${text} (${Date.now() - start} ms)`)
}
const nodesOf = async (client, type) => Object.values((await client.content()).nodes).filter(node => node.t === type)

try {
  let first, second

  await rule('an empty room says so and takes the first drawing', async () => {
    first = await open('owner')
    await first.synced()
    await first.shot(join(shots, 'empty-light.png'))
    assert.match(await first.page.locator('.page-message').innerText(), /empty/)
    await first.page.keyboard.press('r')
    const [from, to] = [await first.at(-100, -50), await first.at(100, 50)]
    await first.drag(from, to)
    await first.synced()
    const [rect] = await nodesOf(first, 'rect')
    assert.deepEqual(rect.size, [200, 100])
    assert.equal((await nodesOf(first, 'page')).length, 1)
  })

  await rule('a second person sees it and the ghost of a drag before it is committed', async () => {
    second = await open('editor')
    await second.synced()
    await converged(first, second)
    const start = await first.at(0, 0)
    await first.drag(start, { x: start.x + 60, y: start.y + 30 }, {
      beforeRelease: async () => {
        const { peers } = await second.until('the ghost', state => state.peers.some(peer => peer.drag?.dx === 60))
        assert.equal(peers[0].drag.dy, 30)
        const [rect] = await nodesOf(second, 'rect')
        assert.deepEqual(rect.xf.slice(4), [-100, -50])
      },
    })
    await first.synced()
    await converged(first, second)
    assert.deepEqual((await nodesOf(second, 'rect'))[0].xf.slice(4), [-40, -20])
  })

  await rule('undo takes back my own edit and leaves the teammate\'s', async () => {
    const id = (await first.state()).selection[0]
    await second.apply({ kind: 'setProperties', node: id, properties: { op: 0.5 } })
    await converged(first, second)
    await first.page.keyboard.press('Control+z')
    await first.synced()
    await converged(first, second)
    const [rect] = await nodesOf(second, 'rect')
    assert.deepEqual([rect.xf[4], rect.op], [-100, 0.5])
    await first.page.keyboard.press('Control+Shift+z')
  })

  await rule('a corner handle resizes, properties and layers follow', async () => {
    const [corner, to] = [await first.at(160, 80), await first.at(200, 120)]
    await first.drag(corner, to)
    assert.deepEqual((await nodesOf(first, 'rect'))[0].size, [240, 140])
    assert.equal(await first.page.getByLabel('Width', { exact: true }).inputValue(), '240')
    await first.page.getByLabel('Height', { exact: true }).fill('+10')
    await first.page.getByLabel('Height', { exact: true }).press('Enter')
    assert.deepEqual((await nodesOf(first, 'rect'))[0].size, [240, 150])
    assert.equal(await first.page.getByRole('treeitem').count(), 1)
  })

  await rule('two people typing in one text keep every character', async () => {
    const page = (await first.state()).page
    await first.apply({ kind: 'createNode', id: 'words', type: 'text', placement: { parent: page }, text: 'middle', properties: { name: 'Words', xf: [1, 0, 0, 1, -100, 150], size: [300, 40] } })
    await converged(first, second)
    for (const client of [first, second]) {
      const spot = await client.at(-80, 160)
      await client.page.mouse.dblclick(spot.x, spot.y)
      await client.until('text editing', state => state.editingText === 'words')
    }
    await first.page.keyboard.press('Home')
    await second.page.keyboard.press('End')
    await Promise.all([first.page.keyboard.type('before ', { delay: 12 }), second.page.keyboard.type(' after', { delay: 12 })])
    await converged(first, second)
    assert.deepEqual((await first.content()).nodes.words.text.text, [{ insert: 'before middle after' }])
    assert.equal(await first.page.locator('.text-editor').inputValue(), 'before middle after')
    for (const client of [first, second]) await client.page.keyboard.press('Escape')
  })

  await rule('offline edits are counted, kept and merged', async () => {
    await second.call('goOffline')
    const page = (await second.state()).page
    for (let i = 0; i < 3; ++i) {
      await second.apply({ kind: 'createNode', id: `off${i}`, type: 'ellipse', placement: { parent: page }, text: '', properties: { xf: [1, 0, 0, 1, 200 + 30 * i, 0], size: [20, 20] } })
    }
    await first.apply({ kind: 'setProperties', node: 'words', properties: { name: 'Meanwhile' } })
    // First they are being written; the words promise only what is on the disk.
    await second.until('the words', state => state.unsynced === 3 && state.text === 'Offline: 3 changes kept on this device')
    await second.shot(join(shots, 'offline-light.png'))
    await second.call('goOnline')
    await second.synced()
    await converged(first, second)
    const { nodes } = await first.content()
    assert.equal(nodes.words.name, 'Meanwhile')
    assert.ok(nodes.off2)
  })

  await rule('a placed picture reaches the other person, and a file that is none is refused', async () => {
    const input = first.page.getByLabel('Picture to place')
    await input.setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') })
    await input.setInputFiles({ name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('no picture') })
    await first.page.getByText('"broken.png" was not placed').waitFor()
    assert.equal(await first.page.getByText('"notes.txt" was not placed').count(), 1)
    const [before] = (await first.state()).selection
    await input.setInputFiles(join(shots, 'empty-light.png'))
    await first.until('the picture', state => state.selection[0] !== before && state.unsynced === 0)
    await converged(first, second)
    const [image] = await nodesOf(second, 'image')
    assert.deepEqual([image.name, image.size], ['empty-light', [1024, 640]])
    const blob = () => fetch(`${relay.origin}/api/rooms/${room}/blobs/${image.asset}`, { headers: { Authorization: `Bearer ${tokens.viewer}` } })
    for (let tries = 0; (await blob()).status !== 200; ++tries) {
      assert.ok(tries < 100, 'the relay has the bytes')
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    await second.call('screenshotReady')
    const dismiss = first.page.getByRole('button', { name: 'Dismiss' })
    while (await dismiss.count() > 0) await dismiss.first().click()
  })

  await rule('a poster is drawn in light, dark and on a phone', async () => {
    const page = (await first.state()).page
    await first.apply(...Object.keys((await first.content()).nodes).filter(id => id !== page).map(node => ({ kind: 'deleteNode', node })))
    await first.apply({ kind: 'setMeta', key: 'name', value: 'Festival poster' }, ...posterCommands(page))
    await first.synced()
    await converged(first, second)
    const spot = await second.at(240, 300)
    await second.page.mouse.click(spot.x, spot.y)
    await first.page.locator('canvas[data-area=canvas]').press('Shift+1')
    await first.page.getByRole('treeitem', { name: 'Title' }).click()
    await first.until('the other cursor', state => state.peers.length === 1 && state.peers[0].cursor)
    await first.shot(join(shots, 'poster-light.png'))
    await first.page.getByRole('tab', { name: 'Generate' }).click()
    await first.shot(join(shots, 'generate-light.png'))
    await first.page.getByRole('button', { name: 'Share' }).click()
    await first.page.getByRole('button', { name: 'Make and copy link' }).click()
    await first.page.getByRole('dialog').getByLabel('Share link').waitFor()
    await first.shot(join(shots, 'share-light.png'))
    await first.page.keyboard.press('Escape')
    await first.page.getByRole('tab', { name: 'Design' }).click()
    const dark = await open('editor', { colorScheme: 'dark' })
    await dark.synced()
    await dark.page.getByRole('treeitem', { name: 'Card' }).click()
    await dark.shot(join(shots, 'poster-dark.png'))
    for (const colorScheme of ['light', 'dark']) {
      const phone = await open('editor', { viewport: { width: 390, height: 844 }, colorScheme, isMobile: true, hasTouch: true, deviceScaleFactor: 2 })
      await phone.synced()
      await phone.shot(join(shots, `phone-${colorScheme}.png`))
      if (colorScheme === 'dark') {
        await phone.page.getByRole('button', { name: 'Layers' }).click()
        await phone.shot(join(shots, 'phone-layers-dark.png'))
      }
      await phone.context.close()
    }
    await dark.context.close()
  })

  await rule('the browser draws what tessera render draws, from the same content', async () => {
    const tessera = join(binFolder, 'tessera')
    if (!existsSync(tessera)) return console.log('     (skipped: tessera is not built)')
    const wide = await open('editor', { viewport: { width: 2000, height: 1600 } })
    await wide.synced()
    await wide.page.locator('canvas[data-area=canvas]').press('Shift+0')
    await first.page.locator('canvas[data-area=canvas]').press('Escape')
    await second.context.close()
    await wide.until('being alone on the poster', state => state.peers.every(peer => peer.selection.length === 0 && !peer.cursor))
    const { x, y } = await wide.at(0, 0)
    await wide.call('screenshotReady')
    const [drawn, expected, file] = ['poster-web.png', 'poster-native.png', 'poster.tessera'].map(name => join(shots, name))
    await wide.page.screenshot({ path: drawn, clip: { x: Math.round(x), y: Math.round(y), width: 480, height: 640 } })
    rmSync(file, { force: true })
    execFileSync(tessera, ['sync', `${relay.origin}/d/${room}#${tokens.editor}`, file])
    assert.equal(execFileSync(tessera, ['export', file]).toString().trim(), await wide.json())
    execFileSync(tessera, ['render', file, '--node', 'poster', '--bounds', '0', '0', '480', '640', '-o', expected])
    const { stderr } = spawnSync('compare', ['-metric', 'RMSE', drawn, expected, 'null:'])
    const difference = Number(/\(([\d.e-]+)\)/.exec(stderr.toString())?.[1])
    assert.ok(difference < 0.04, `the pictures differ by ${difference} (RMSE)`)
    await wide.context.close()
    second = await open('editor')
    await second.synced()
  })

  await rule('every control has a name', async () => {
    const nameless = await first.page.evaluate(() =>
      [...document.querySelectorAll('button, input, select, textarea, canvas, [role=treeitem]')]
        .filter(element => element.closest('[aria-hidden=true]') === null)
        .filter(element => !(element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent)?.trim())
        .map(element => element.outerHTML.slice(0, 120)))
    assert.deepEqual(nameless, [])
  })

  await rule('a viewer sees everything and changes nothing', async () => {
    const viewer = await open('viewer')
    await viewer.synced()
    await converged(first, viewer)
    assert.equal(await viewer.page.getByRole('button', { name: 'Rectangle' }).count(), 0)
    assert.match(await viewer.page.locator('.badge').innerText(), /View only/)
    const before = await viewer.json()
    const spot = await viewer.at(240, 300)
    await viewer.drag(spot, { x: spot.x + 50, y: spot.y + 50 })
    await viewer.page.keyboard.press('Delete')
    await viewer.page.keyboard.press('r')
    await viewer.drag({ x: 400, y: 200 }, { x: 500, y: 300 })
    assert.equal(await viewer.call('apply', { kind: 'deleteNode', node: 'poster' }), 'read-only')
    assert.equal(await viewer.json(), before)
    assert.ok((await first.state()).peers.length >= 2, 'the viewer is present')
    await viewer.shot(join(shots, 'viewer-light.png'))
    await viewer.context.close()
  })

  await rule('a wrong token is told what to do', async () => {
    const stranger = await Client.open(browser, `${relay.origin}/d/${room}?test=1#not-a-token`)
    await stranger.until('denied', state => state.deniedReason !== undefined)
    assert.match(await stranger.page.locator('.page-message').innerText(), /cannot open this document/)
    await stranger.shot(join(shots, 'denied-light.png'))
    await stranger.context.close()
  })

  await rule('with the relay killed, a reload works offline, and the edits merge when it is back', async () => {
    await second.page.waitForFunction(() => navigator.serviceWorker.controller !== null)
    await second.synced()
    await relay.kill()
    await second.until('offline', state => !state.isOnline)
    await second.apply({ kind: 'setProperties', node: 'title', properties: { name: 'Before the reload' } })
    await new Promise(resolve => setTimeout(resolve, 300))
    await second.page.reload()
    await second.ready()
    const reloaded = await second.state()
    assert.equal(reloaded.unsynced, 1, 'the unsynced change survives the reload')
    assert.ok(reloaded.mayEdit)
    await second.apply({ kind: 'setProperties', node: 'sun', properties: { op: 0.75 } })
    assert.equal((await second.content()).nodes.title.name, 'Before the reload')
    await relay.start()
    await second.synced()
    await first.synced()
    await converged(first, second)
    const { nodes } = await first.content()
    assert.deepEqual([nodes.title.name, nodes.sun.op], ['Before the reload', 0.75])
  })

  await rule('nobody met an error', async () => {
    assert.deepEqual(clients.flatMap(client => client.errors), [])
  })
} finally {
  await browser.close()
  await relay.kill()
  rmSync(relay.folder, { recursive: true, force: true })
}
