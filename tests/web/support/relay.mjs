// A real tessera-relay on a free loopback port, with the web client of the build.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const binFolder = process.env.TESSERA_BIN_DIR ?? new URL('../../../build/dev/bin', import.meta.url).pathname
export const webFolder = join(binFolder, '..', 'share', 'web')

export class Relay {
  constructor(options = []) {
    this.folder = mkdtempSync(join(tmpdir(), 'tessera-web-'))
    this.options = options
    this.port = 0
  }

  async start() {
    const args = ['--data', this.folder, '--listen', `127.0.0.1:${this.port}`, '--web', webFolder, ...this.options]
    this.process = spawn(join(binFolder, 'tessera-relay'), args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const line = await new Promise((resolve, reject) => {
      let text = ''
      this.process.stdout.on('data', chunk => {
        text += chunk
        if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')))
      })
      this.process.once('exit', code => reject(new Error(`tessera-relay ended with ${code}`)))
    })
    this.ready = JSON.parse(line)
    this.port = this.ready.port
    this.origin = `http://127.0.0.1:${this.port}`
    return this
  }

  async kill(signal = 'SIGKILL') {
    if (this.process.exitCode !== null) return
    const gone = new Promise(resolve => this.process.once('exit', resolve))
    this.process.kill(signal)
    await gone
  }

  async request(method, path, token, body) {
    const response = await fetch(this.origin + path, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }

  /// A new room with an owner's token, and shares for the given roles.
  async makeRoom(...roles) {
    const admin = readFileSync(join(this.folder, 'admin.key'), 'utf8').trim()
    const { room, token } = await this.request('POST', '/api/rooms', admin, {})
    const tokens = { owner: token }
    for (const role of roles) tokens[role] = (await this.request('POST', `/api/rooms/${room}/shares`, token, { role })).token
    return { room, tokens }
  }
}
