// Headless Chromium (Debian's) on the web client, driven by playwright-core.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync']

/** A fresh profile with one blank page. */
export async function openBrowser ({ width = 1280, height = 800, colorScheme = 'light' } = {}) {
  const profile = mkdtempSync(join(tmpdir(), 'tessera-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium', headless: true, args: flags, viewport: { width, height }, colorScheme
  })
  const page = context.pages()[0] ?? await context.newPage()
  const close = async () => {
    await context.close()
    rmSync(profile, { recursive: true, force: true })
  }
  return { context, page, close }
}

/** Opens a share link with the test hook on. `page.evaluate` may use window.__tessera (cloud-relay/web/README.md). */
export async function openWebClient (link, { name, ...look } = {}) {
  const { context, page, close } = await openBrowser(look)
  const errors = []
  page.on('pageerror', error => errors.push(String(error)))
  const [address, token] = link.split('#')
  const query = new URLSearchParams({ test: '1', ...(name ? { name } : {}) })
  await page.goto(`${address}?${query}${token ? '#' + token : ''}`)
  await page.waitForFunction(() => window.__tessera !== undefined, undefined, { timeout: 30_000 })
  return { page, context, errors, close, call: (method, ...args) => page.evaluate(([m, a]) => window.__tessera[m](...a), [method, args]) }
}
