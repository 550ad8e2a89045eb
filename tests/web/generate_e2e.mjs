// Generating from the browser: real relay, real appliance, the built-in composer. One undoable edit with its record.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Client, launch } from './support/client.mjs'
import { Relay, binFolder } from './support/relay.mjs'

const relay = await new Relay(['--open-access', '--appliance-listen', '127.0.0.1:0']).start()
const appliance = spawn(join(binFolder, 'tessera-appliance'), [
  '--data', join(relay.folder, 'appliance'), '--listen', '127.0.0.1:0', '--relay', `127.0.0.1:${relay.ready.appliancePort}`,
  '--relay-key-file', join(relay.folder, 'appliance.key'),
], { stdio: 'ignore' })
const browser = await launch()

try {
  const models = async () => (await (await fetch(`${relay.origin}/api/rooms/poster/models`)).json()).models
  for (let tries = 0; (await models()).length === 0; ++tries) {
    assert.ok(tries < 200, 'the appliance attaches to the relay')
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  const client = await Client.open(browser, `${relay.origin}/d/poster?test=1`)
  await client.synced()
  const generate = async () => {
    await client.page.getByRole('textbox', { name: 'Prompt' }).fill('Summer jazz night in the harbour')
    await client.page.getByRole('textbox', { name: 'Seed' }).fill('7')
    await client.page.locator('form.generate button[type=submit]').click()
    await client.page.locator('.message.ok').waitFor()
    await client.synced()
    return client.content()
  }
  await client.page.getByRole('tab', { name: 'Generate' }).click()
  const { nodes, gen } = await generate()
  const [[id, record]] = Object.entries(gen)
  assert.deepEqual([record.prompt, record.model, record.seed], ['Summer jazz night in the harbour', 'composer', '7'])
  const [frame] = Object.values(nodes).filter(node => node.genId === id)
  assert.deepEqual([frame.t, frame.size], ['frame', [512, 512]])
  const headline = Object.values(nodes).find(node => node.t === 'text')
  assert.ok(headline.text.text[0].attributes.size > 16, 'texts keep their styles')
  console.log('ok   a prompt becomes editable layers in a frame, with the record of how')

  await client.page.locator('canvas[data-area=canvas]').press('Control+z')
  await client.synced()
  const left = Object.values((await client.content()).nodes).filter(node => node.pi[0] !== 'trash' && node.t !== 'page')
  assert.deepEqual(left, [])
  console.log('ok   one undo takes all of it out')

  const again = await generate()
  const shapes = content => Object.values(content.nodes).filter(node => node.path).map(node => JSON.stringify(node.path)).sort()
  assert.deepEqual(shapes(again), shapes({ nodes }))
  console.log('ok   the same seed gives the same layers')
  assert.deepEqual(client.errors, [])
} finally {
  await browser.close()
  appliance.kill()
  await relay.kill()
  rmSync(relay.folder, { recursive: true, force: true })
}
