// A desktop editor in drive mode (app/shell/README.md): one JSON request per line, one answer per line, in order.
import { join } from 'node:path'
import { Service } from './services.mjs'

export class Editor extends Service {
  constructor ({ bin, file, name, link, relay, appliance, theme = 'light', renderer, platform = 'offscreen', log }) {
    const args = ['--drive', '--theme', theme]
    if (file) args.push(file)
    if (name) args.push('--person', name)
    if (link) args.push('--open-link', link)
    if (relay) args.push('--relay', relay.url, '--relay-key-file', relay.adminKeyFile)
    if (appliance) args.push('--appliance', `127.0.0.1:${appliance.ready.port}`)
    if (renderer) args.push('--renderer', renderer)
    super(`editor ${name ?? ''}`.trim(), join(bin, 'tessera-editor'), args, { log, env: { QT_QPA_PLATFORM: platform } })
    this.nextId = 1
    this.waiting = new Map()
  }

  async start (timeoutMs = 30_000) {
    await super.start(timeoutMs)
    this.lines.on('line', line => {
      let answer
      try { answer = JSON.parse(line) } catch { return }
      const waiter = this.waiting.get(answer.id)
      if (!waiter) return
      this.waiting.delete(answer.id)
      waiter(answer)
    })
    this.exited.then(() => {
      for (const waiter of this.waiting.values()) waiter({ ok: false, error: { code: 'ended', detail: `${this.name} ended` } })
      this.waiting.clear()
    })
    return this.ready
  }

  /** Sends one request; throws when the answer is not ok. */
  async do (op, members = {}, timeoutMs = 150_000) {
    const id = this.nextId++
    const answer = await new Promise((resolveAnswer, rejectAnswer) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id)
        rejectAnswer(new Error(`${this.name}: ${op} had no answer within ${timeoutMs} ms`))
      }, timeoutMs)
      this.waiting.set(id, value => { clearTimeout(timer); resolveAnswer(value) })
      this.child.stdin.write(JSON.stringify({ op, id, ...members }) + '\n')
    })
    if (!answer.ok) throw new Error(`${this.name}: ${op}: ${answer.error?.code} ${answer.error?.detail ?? ''}`)
    return answer
  }

  async quit () {
    if (!this.running) return this.exited
    await this.do('quit').catch(() => {})
    // It closes its file on the way out; a signal meanwhile would leave that to the next opening.
    const late = setTimeout(() => this.child.kill('SIGTERM'), 8000)
    const end = await this.exited
    clearTimeout(late)
    return end
  }
}
