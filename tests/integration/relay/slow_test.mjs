// A reader that stops reading: bounded memory, the others undisturbed, one resync when it reads again.
import { RawClient, Y, assertEqual, assertTrue, run, sleep, until } from './harness.mjs'

// A sanitizer keeps freed memory back, so that growth says nothing.
const sanitized = process.env.TESSERA_SANITIZED === '1'

const metric = async (relay, name) =>
  Number(new RegExp(`^${name} (\\S+)$`, 'm').exec((await relay.api('GET', '/metrics')).bytes.toString())[1])

await run({
  async aStoppedReaderIsBroughtUpToDateByOneResync (start) {
    const relay = await start({ openAccess: true })
    const slow = await new RawClient(relay, '/r?ext=1').join()
    const healthy = await new RawClient(relay, '/r').join()
    const writer = await new RawClient(relay, '/r?ext=1').join()
    slow.socket._socket.pause()
    const content = new Uint8Array(100_000).fill(7)
    let sent = 0
    const before = await metric(relay, 'process_resident_memory_bytes')
    for (let i = 0; i < 600; i++) { // 60 MB, far over the kernel's buffers and the bound of 4 MiB
      sent += writer.edit(doc => { doc.getMap('m').set('content', content); doc.getMap('m').set('i', i) })
      if (i % 10 === 0) await sleep(5)
    }
    await until('all on disk', () => writer.acknowledged === sent, 30_000)
    await until('the healthy reader has all', () => healthy.doc.getMap('m').get('i') === 599, 30_000)
    const resident = await metric(relay, 'process_resident_memory_bytes')
    slow.socket._socket.resume()
    await until('the slow reader has all', () => slow.doc.getMap('m').get('i') === 599, 30_000)
    assertTrue(slow.frames.some(frame => frame.type === 102 && frame.code === 3), 'told of the resync')
    assertEqual(await metric(relay, 'tessera_relay_resyncs_total'), 1, 'resyncs')
    assertTrue(slow.frames.filter(frame => frame.type === 0).length < 600, 'it did not get each update')
    writer.edit(doc => doc.getMap('m').set('i', 'live again'))
    await until('live again', () => slow.doc.getMap('m').get('i') === 'live again')
    assertTrue(sanitized || resident - before < 45e6, `grown by ${resident - before} bytes`)
    slow.close(); healthy.close(); writer.close()
  },

  async presenceOfAStoppedReaderIsPutTogether (start) {
    const relay = await start({ openAccess: true })
    const slow = await new RawClient(relay, '/r').join()
    const healthy = await new RawClient(relay, '/r').join()
    const talker = relay.provider('r', new Y.Doc())
    await until('joined', () => talker.synced)
    slow.socket._socket.pause()
    const name = 'x'.repeat(20_000)
    for (let i = 0; i < 600; i++) { // 12 MB of states, of which only the last matters
      talker.awareness.setLocalState({ user: { name }, cursor: { page: 'p', x: i, y: 0 } })
      if (i % 20 === 0) await sleep(2)
    }
    const hasLast = client => client.frames.some(frame => frame.type === 1 && Buffer.from(frame.bytes).includes('"x":599'))
    await until('the healthy reader has the last state', () => hasLast(healthy))
    slow.socket._socket.resume()
    await until('the slow reader has the last state', () => hasLast(slow))
    assertTrue(slow.frames.filter(frame => frame.type === 1).length < 590, 'not each state was sent')
    slow.close(); healthy.close(); talker.destroy()
  }
})
