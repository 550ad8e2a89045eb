// Starts and stops the real programs on loopback. Used by ./dev run, the tour, the benches and the integration tests.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, createWriteStream, existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

/** A child process that prints one JSON line when it is ready. Ends only its own process, by pid. */
export class Service {
  constructor (name, program, args, { log, env = {} } = {}) {
    this.name = name
    this.program = program
    this.args = args
    this.log = log
    this.env = env
  }

  async start (timeoutMs = 20_000) {
    const child = spawn(this.program, this.args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...this.env } })
    this.child = child
    this.exited = new Promise(resolveExit => child.once('exit', (code, signal) => resolveExit({ code, signal })))
    child.on('error', error => { this.spawnError = error })
    const errors = this.log ? createWriteStream(this.log, { flags: 'a' }) : null
    let tail = ''
    child.stderr.on('data', chunk => {
      errors?.write(chunk)
      tail = (tail + chunk).slice(-2000)
    })
    this.lines = createInterface({ input: child.stdout })
    const ready = new Promise((resolveReady, rejectReady) => {
      this.lines.once('line', line => {
        try { resolveReady(JSON.parse(line)) } catch { rejectReady(new Error(`${this.name}: first line is not JSON: ${line}`)) }
      })
      this.exited.then(({ code, signal }) => rejectReady(new Error(`${this.name} ended (${code ?? signal}) before it was ready: ${tail}`)))
      child.once('error', rejectReady)
      setTimeout(() => rejectReady(new Error(`${this.name} was not ready within ${timeoutMs} ms: ${tail}`)), timeoutMs).unref()
    })
    this.ready = await ready
    return this.ready
  }

  get pid () { return this.child?.pid }
  get running () { return this.child && this.child.exitCode === null && this.child.signalCode === null }

  async kill9 () {
    if (this.running) this.child.kill('SIGKILL')
    await this.exited
  }

  /** SIGTERM, then SIGKILL after the grace time. Returns the exit code or signal. */
  async stop (graceMs = 8000) {
    if (!this.running) return this.exited
    this.child.kill('SIGTERM')
    const timer = setTimeout(() => this.child.kill('SIGKILL'), graceMs)
    const end = await this.exited
    clearTimeout(timer)
    return end
  }
}

/** The relay with its web client and its door for appliances. Ports stay the same over restarts. */
export class Relay extends Service {
  constructor ({ bin, data, openAccess = false, port = 0, appliancePort = 0, log }) {
    const web = resolve(bin, '../share/web')
    const args = ['--data', data, '--listen', `127.0.0.1:${port}`, '--appliance-listen', `127.0.0.1:${appliancePort}`]
    if (existsSync(web)) args.push('--web', web)
    if (openAccess) args.push('--open-access')
    super('tessera-relay', join(bin, 'tessera-relay'), args, { log })
    this.data = data
    mkdirSync(data, { recursive: true })
  }

  async start (timeoutMs) {
    await super.start(timeoutMs)
    // A restart must come back where clients look for it.
    const pin = (flag, port) => { this.args[this.args.indexOf(flag) + 1] = `127.0.0.1:${port}` }
    pin('--listen', this.ready.port)
    pin('--appliance-listen', this.ready.appliancePort)
    return this.ready
  }

  get url () { return `http://127.0.0.1:${this.ready.port}` }
  get wsUrl () { return `ws://127.0.0.1:${this.ready.port}` }
  get adminKey () { return readFileSync(join(this.data, 'admin.key'), 'utf8').trim() }
  get adminKeyFile () { return join(this.data, 'admin.key') }
  get applianceKeyFile () { return join(this.data, 'appliance.key') }

  async request (method, path, { token, body } = {}) {
    const response = await fetch(this.url + path, {
      method,
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {})
    })
    const text = await response.text()
    const json = text ? JSON.parse(text) : {}
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${json.code ?? ''} ${json.detail ?? text}`)
    return json
  }

  /** A new room: { room, token, link }, the link being the owner's. */
  async createRoom (name) {
    const made = await this.request('POST', '/api/rooms', { token: this.adminKey, body: { name } })
    return { ...made, link: `${this.url}/d/${made.room}#${made.token}` }
  }

  async share (room, ownerToken, role) {
    return this.request('POST', `/api/rooms/${room}/shares`, { token: ownerToken, body: { role } })
  }
}

export class Appliance extends Service {
  constructor ({ bin, data, relay, log }) {
    const args = ['--data', data, '--listen', '127.0.0.1:0']
    if (relay) args.push('--relay', `127.0.0.1:${relay.ready.appliancePort}`, '--relay-key-file', relay.applianceKeyFile)
    super('tessera-appliance', join(bin, 'tessera-appliance'), args, { log })
    mkdirSync(data, { recursive: true })
  }
}

/** Runs a program to its end; throws with its stderr when it fails. */
export async function runProgram (program, args, { timeoutMs = 60_000, env = {} } = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', chunk => { stdout += chunk })
  child.stderr.on('data', chunk => { stderr += chunk })
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  const [code, signal] = await once(child, 'close')
  clearTimeout(timer)
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${code ?? signal}\n${stderr}${stdout}`)
  return stdout
}
