// A real appliance behind a real relay: jobs over REST, progress and results in the room, cuts and crashes.
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RawClient, assertEqual, assertTrue, binaries, run, until } from './harness.mjs'

class Appliance {
  constructor (relay) {
    this.relay = relay
    this.folder = mkdtempSync(join(tmpdir(), 'tessera-appliance-test-'))
  }

  async start (keyFile = join(this.relay.folder, 'appliance.key')) {
    this.process = spawn(join(binaries, 'tessera-appliance'), ['--data', this.folder, '--listen', '127.0.0.1:0',
      '--relay', `127.0.0.1:${this.relay.appliancePort}`, '--relay-key-file', keyFile], { stdio: ['ignore', 'ignore', 'pipe'] })
    this.errors = ''
    this.process.stderr.on('data', data => { this.errors += data })
    this.exited = new Promise(resolve => this.process.once('exit', resolve))
    return this
  }

  async attached (room, key) {
    return await until('the appliance is attached', async () => {
      const models = (await this.relay.api('GET', `/api/rooms/${room}/models`, { key })).json.models
      return models.length > 0 && models
    }, 30_000)
  }

  async kill () {
    this.process.kill('SIGKILL')
    await this.exited
  }
}

const job = (model, extra = {}) => ({ model, prompt: 'Summer jazz night at the harbour', colors: ['#0B3954', '#FF6663'], width: 320, height: 480, seed: 7, ...extra })

const finalEvent = (client, id) => until(`job ${id} ends`, () => client.frames.find(frame =>
  frame.type === 104 && frame.event.job === id && ['done', 'failed', 'cancelled'].includes(frame.event.state)), 60_000)

/// Appliances must not outlive the test that started them.
const withAppliance = test => async start => {
  const relay = await start({ args: ['--appliance-listen', '127.0.0.1:0'] })
  relay.options.args = ['--appliance-listen', `127.0.0.1:${relay.appliancePort}`] // the same port after a restart
  const appliance = new Appliance(relay)
  try {
    await test(relay, appliance)
  } catch (error) {
    console.log(appliance.errors)
    throw error
  } finally {
    await appliance.kill()
  }
}

await run({
  aJobRunsAndItsResultIsABlobOfTheRoom: withAppliance(async (relay, appliance) => {
    await appliance.start()
    const room = await relay.makeRoom()
    const models = await appliance.attached(room.room, room.token)
    const composer = models.find(model => model.output === 'layers')
    assertTrue(composer !== undefined, `a layers model among ${JSON.stringify(models)}`)
    const client = await new RawClient(relay, `/sync/${room.room}?token=${room.token}&ext=1`).join()
    const path = `/api/rooms/${room.room}/jobs`

    const unknown = await relay.api('POST', path, { key: room.token, body: job('no-such-model') })
    assertEqual([unknown.status, unknown.json.code], [422, 'unknown-model'], 'unknown model')
    const viewer = await relay.makeShare(room.room, room.token, 'viewer')
    assertEqual((await relay.api('POST', path, { key: viewer.token, body: job(composer.id) })).status, 403, 'a viewer may not')

    const accepted = await relay.api('POST', path, { key: room.token, body: job(composer.id, { id: 'job-1' }) })
    assertEqual([accepted.status, accepted.json], [202, { job: 'job-1' }], 'accepted')
    assertEqual((await relay.api('POST', path, { key: room.token, body: job(composer.id, { id: 'job-1' }) })).status, 202, 'the same job')
    const { event } = await finalEvent(client, 'job-1')
    assertEqual(event.state, 'done', JSON.stringify(event.error))
    assertTrue(Array.isArray(event.layers) && event.layers.length > 0 && event.layers[0].t !== undefined, 'layers')
    assertEqual([event.width, event.height], [320, 480], 'size')
    assertTrue(typeof event.recipe === 'object', 'recipe')
    assertEqual((await relay.api('GET', `${path}/job-1`, { key: viewer.token })).json, event, 'the last event over HTTP')
    if (event.resultHash) {
      const result = await relay.api('GET', `/api/rooms/${room.room}/blobs/${event.resultHash}`, { key: viewer.token })
      assertEqual([result.status, result.bytes.subarray(1, 4).toString()], [200, 'PNG'], 'result')
      assertTrue(client.frames.some(frame => frame.type === 103 && frame.hash === event.resultHash), 'offered to the room')
    }
    const other = await relay.makeRoom()
    const foreign = await relay.api('GET', `/api/rooms/${other.room}/jobs/job-1`, { key: other.token })
    assertEqual(foreign.status, 404, 'another room does not see it')
    const taken = await relay.api('POST', `/api/rooms/${other.room}/jobs`, { key: other.token, body: job(composer.id, { id: 'job-1' }) })
    assertEqual(taken.status, 409, 'nor may it take the id')
    client.close()
  }),

  jobsSurviveTheEndOfRelayAndAppliance: withAppliance(async (relay, appliance) => {
    await appliance.start()
    const room = await relay.makeRoom()
    const model = (await appliance.attached(room.room, room.token)).find(entry => entry.output === 'layers').id
    const path = `/api/rooms/${room.room}/jobs`
    for (let i = 0; i < 6; i++) {
      // Right after a kill the relay may still be finding out that nobody is attached: 503, and the same id again.
      await until(`job-${i} is accepted`, async () => {
        const answer = await relay.api('POST', path, { key: room.token, body: job(model, { id: `job-${i}`, seed: i }) })
        assertTrue(answer.status === 202 || answer.status === 503, `accepted or busy, not ${answer.status}`)
        return answer.status === 202
      }, 30_000)
      if (i === 2) { await appliance.kill(); await appliance.start(); await appliance.attached(room.room, room.token) }
      if (i === 4) { await relay.restart('SIGKILL'); await appliance.attached(room.room, room.token) }
    }
    for (let i = 0; i < 6; i++) {
      await until(`job-${i} is done`, async () =>
        (await relay.api('GET', `${path}/job-${i}`, { key: room.token })).json.state === 'done', 60_000)
    }
  }),

  aWrongEnrolmentKeyIsRefused: withAppliance(async (relay, appliance) => {
    await appliance.start(join(relay.folder, 'admin.key'))
    await until('refused', () => relay.errors.includes('wrong enrolment key'), 30_000)
    const room = await relay.makeRoom()
    assertEqual((await relay.api('GET', `/api/rooms/${room.room}`, { key: room.token })).json.appliance, false, 'not attached')
  })
})
