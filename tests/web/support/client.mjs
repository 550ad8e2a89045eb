// One person in a browser of their own, on the web client with its test hook.
import { createRequire } from 'node:module'

const require = createRequire(new URL('../../../tools/package.json', import.meta.url))
const { chromium } = require('playwright-core')

const flags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
]
export const launch = () => chromium.launch({ executablePath: process.env.TESSERA_CHROMIUM ?? '/usr/bin/chromium', args: flags })

const patienceMs = 15_000

export class Client {
  static async open(browser, address, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', ...options })
    const client = new Client()
    client.context = context
    client.page = await context.newPage()
    client.errors = []
    client.page.on('pageerror', error => client.errors.push(String(error)))
    await client.page.goto(address)
    await client.ready()
    return client
  }

  async ready() {
    await this.page.waitForFunction(() => window.__tessera !== undefined, undefined, { timeout: patienceMs })
  }
  call(name, ...args) {
    return this.page.evaluate(([method, list]) => window.__tessera[method](...list), [name, args])
  }
  state() {
    return this.call('state')
  }
  json() {
    return this.call('canonicalJson')
  }
  async content() {
    return JSON.parse(await this.json())
  }
  async apply(...commands) {
    const error = await this.call('apply', commands)
    if (error !== '') throw new Error(error)
  }
  async until(what, test) {
    const end = Date.now() + patienceMs
    let last
    while (Date.now() < end) {
      last = await this.state()
      if (test(last)) return last
      await new Promise(resolve => setTimeout(resolve, 40))
    }
    throw new Error(`${what}: not within ${patienceMs} ms; state ${JSON.stringify(last)}`)
  }
  synced() {
    return this.until('synced', state => state.isSynced)
  }
  async shot(path) {
    await this.call('screenshotReady')
    await this.page.screenshot({ path })
  }
  /// Where a document point is on the screen.
  async at(x, y) {
    const { view } = await this.state()
    const box = await this.page.locator('canvas[data-area=canvas]').boundingBox()
    return { x: box.x + view.x + x * view.zoom, y: box.y + view.y + y * view.zoom }
  }
  async drag(from, to, options = {}) {
    const { mouse } = this.page
    await mouse.move(from.x, from.y)
    await mouse.down()
    await mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 3 })
    await mouse.move(to.x, to.y, { steps: 3 })
    if (options.beforeRelease !== undefined) await options.beforeRelease()
    await mouse.up()
  }
}

/// All replicas hold the same content, byte for byte.
export const converged = async (...clients) => {
  const end = Date.now() + patienceMs
  for (;;) {
    const texts = await Promise.all(clients.map(client => client.json()))
    if (texts.every(text => text === texts[0])) return texts[0]
    if (Date.now() > end) throw new Error(`replicas differ:\n${texts.join('\n')}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
