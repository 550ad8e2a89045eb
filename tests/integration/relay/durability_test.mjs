// kill -9 under load, again and again: nothing acknowledged is ever missing.
import { RawClient, WebSocket, Y, assertEqual, assertTrue, run, sleep, until } from './harness.mjs'

const kills = Number(process.env.TESSERA_KILLS ?? 12)

/// Pushes numbered elements; knows how many of them the relay has acknowledged, over all its connections.
class Writer {
  constructor (room, index) {
    this.room = room
    this.name = `w${index}`
    this.doc = new Y.Doc()
    this.written = 0
    this.durable = 0
  }

  /// Connects anew and sends what the relay lacks. Its acknowledgement, the connection's first, covers everything
  /// written before; from there the clock of the own client tells what is durable: each push is one clock.
  async connect (relay) {
    this.writtenBefore = this.written
    this.client = new RawClient(relay, `/sync/${this.room}?ext=1`)
    this.client.doc = this.doc
    await this.client.open()
    const step1 = await this.client.frame('step 1', frame => frame.type === 0 && frame.sync === 0)
    this.client.sendSync(1, Y.encodeStateAsUpdate(this.doc, step1.body))
    this.client.sendSync(0, Y.encodeStateVector(this.doc))
  }

  write () {
    this.client.edit(doc => doc.getArray(this.name).push([this.written]))
    this.written++
    this.note()
  }

  note () {
    for (const frame of this.client.frames) {
      if (frame.type === 100) this.durable = Math.max(this.durable, frame.clocks.get(this.doc.clientID) ?? 0)
    }
    this.client.frames = []
    if (this.client.acknowledged >= 1) this.durable = Math.max(this.durable, this.writtenBefore)
  }
}

await run({
  async acknowledgedUpdatesSurviveKillInALoop (start) {
    const relay = await start({ openAccess: true })
    const writers = Array.from({ length: 6 }, (_, i) => new Writer(`room-${i % 3}`, i))
    let checked = 0
    for (let round = 0; round < kills; round++) {
      await Promise.all(writers.map(writer => writer.connect(relay)))
      const before = writers.map(writer => writer.durable)
      const end = Date.now() + 150 + round * 37 % 200 // another moment of the commit each time
      while (Date.now() < end) {
        for (const writer of writers) if (writer.client.socket.readyState === WebSocket.OPEN) writer.write()
        await sleep(1)
      }
      await relay.stop('SIGKILL')
      await Promise.all(writers.map(writer => writer.client.closing()))
      for (const writer of writers) writer.note()
      assertTrue(writers.every((writer, i) => writer.durable > before[i]), 'something was acknowledged in each round')
      await relay.start()
      for (const writer of writers) {
        const reader = await new RawClient(relay, `/sync/${writer.room}`).join()
        const found = reader.doc.getArray(writer.name).toArray()
        assertTrue(found.length >= writer.durable, `${writer.name}: ${found.length} of ${writer.durable} acknowledged after kill ${round}`)
        assertEqual(found, Array.from({ length: found.length }, (_, i) => i), `${writer.name}: in order, none doubled`)
        checked += writer.durable
        reader.close()
      }
    }
    await Promise.all(writers.map(writer => writer.connect(relay)))
    for (const writer of writers) {
      await until(`${writer.name} is whole`, () => { writer.note(); return writer.durable === writer.written })
    }
    console.log(`  ${kills} kills, ${writers.reduce((sum, writer) => sum + writer.written, 0)} updates, ${checked} acknowledgements checked, none lost`)
  },

  async whatPeersSawIsBackAfterTheWriterReturns (start) {
    const relay = await start({ openAccess: true })
    const writer = new Writer('r', 0)
    await writer.connect(relay)
    const reader = await new RawClient(relay, '/r').join()
    for (let i = 0; i < 200; i++) writer.write()
    await until('the reader saw some', () => reader.doc.getArray('w0').length > 50)
    await relay.restart('SIGKILL')
    await writer.connect(relay)
    await until('all durable', () => { writer.note(); return writer.durable === 200 })
    const fresh = await new RawClient(relay, '/r').join()
    assertEqual(fresh.doc.getArray('w0').length, 200, 'elements')
    fresh.close()
  }
})
