// ./dev run: relay and appliance on loopback, a sample poster in a shared room, desktop editors on it.
// Everything lives in build/run and is picked up again on the next run.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Appliance, Relay, runProgram } from './services.mjs'

const { values } = parseArgs({ options: { bin: { type: 'string' }, editors: { type: 'string', default: '1' } } })
const bin = resolve(values.bin)
const home = resolve('build/run')
const names = ['Ada', 'Grace', 'Edsger', 'Barbara']

mkdirSync(home, { recursive: true })
const relay = new Relay({ bin, data: join(home, 'relay'), port: 4410, appliancePort: 4411, log: join(home, 'relay.log') })
const started = await relay.start().catch(error => {
  console.error(`${error.message}\nIs another ./dev run using port 4410? Stop it first, then try again.`)
  process.exit(1)
})
const appliance = new Appliance({ bin, data: join(home, 'appliance'), relay, log: join(home, 'appliance.log') })
await appliance.start()

// The room outlives this process: its link is kept beside the file.
const file = join(home, 'poster.tessera')
const linkFile = join(home, 'poster.link')
if (!existsSync(linkFile) || !existsSync(file)) {
  const room = await relay.createRoom('Sample poster')
  if (!existsSync(file)) await runProgram(join(bin, 'tessera'), ['import', resolve('samples/poster.svg'), '-o', file])
  await runProgram(join(bin, 'tessera'), ['sync', room.link, file])
  const shared = await relay.share(room.room, room.token, 'editor')
  writeFileSync(linkFile, `${room.link}\n${shared.link ?? `${relay.url}/d/${room.room}#${shared.token}`}\n`)
}
const [ownerLink, editorLink] = readFileSync(linkFile, 'utf8').trim().split('\n')

console.log(`
  The poster is shared. Open it in a browser, as often as you like:

    ${editorLink}

  Relay on 127.0.0.1:${started.port}, appliance attached. Files and logs: build/run. Close the editor to stop.
`)

const editors = Array.from({ length: Number(values.editors) }, (_, i) => {
  const own = i === 0 ? file : join(home, `poster-${i + 1}.tessera`)
  const args = [own, '--open-link', i === 0 ? ownerLink : editorLink, '--relay', relay.url, '--relay-key-file', relay.adminKeyFile, '--person', names[i % names.length]]
  return new Promise(resolveExit => {
    const child = spawn(join(bin, 'tessera-editor'), args, { stdio: 'inherit' })
    child.once('exit', resolveExit)
    child.once('error', error => { console.error(`tessera-editor: ${error.message}`); resolveExit(1) })
  })
})
let stopping = false
const stop = async () => {
  if (stopping) return
  stopping = true
  await appliance.stop()
  await relay.stop()
  process.exit(0)
}
process.on('SIGINT', stop)
process.on('SIGTERM', stop)
await Promise.all(editors)
await stop()
