// Plain Yjs clients in a room: joining, editing together, coming late, presence, restarts.
import { RawClient, Y, assertEqual, assertTrue, run, sleep, synced, until } from './harness.mjs'

await run({
  async twoPlainProvidersEditTogether (start) {
    const relay = await start({ openAccess: true })
    const a = new Y.Doc()
    const b = new Y.Doc()
    const providerA = relay.provider('poster', a)
    const providerB = relay.provider('poster', b, {}, relay.ws + '/sync') // both addresses are one room
    await Promise.all([synced(providerA), synced(providerB)])
    a.getText('t').insert(0, 'hello')
    b.getMap('m').set('k', 1)
    await until('both have both', () => b.getText('t').toString() === 'hello' && a.getMap('m').get('k') === 1)
    a.getText('t').insert(5, ' world')
    b.getText('t').insert(0, '> ')
    await until('equal texts', () => a.getText('t').toString() === '> hello world' && b.getText('t').toString() === '> hello world')
    providerA.destroy(); providerB.destroy()
  },

  async aLateJoinerGetsEverythingAndOfflineEditsMerge (start) {
    const relay = await start({ openAccess: true })
    const a = new Y.Doc()
    const providerA = relay.provider('late', a)
    await synced(providerA)
    for (let i = 0; i < 100; i++) a.getArray('list').push([i])
    const b = new Y.Doc()
    b.getArray('list').push(['offline'])
    const providerB = relay.provider('late', b)
    await synced(providerB)
    await until('101 elements on both', () => a.getArray('list').length === 101 && b.getArray('list').length === 101)
    providerA.disconnect()
    a.getMap('m').set('while', 'away')
    b.getMap('m').set('also', 'here')
    providerA.connect()
    await until('merged', () => JSON.stringify(a.getMap('m').toJSON()).length === JSON.stringify(b.getMap('m').toJSON()).length && b.getMap('m').get('while') === 'away' && a.getMap('m').get('also') === 'here')
    providerA.destroy(); providerB.destroy()
  },

  async presenceIsSharedAndEndsWithTheSocket (start) {
    const relay = await start({ openAccess: true })
    const providerA = relay.provider('presence', new Y.Doc())
    const providerB = relay.provider('presence', new Y.Doc())
    await Promise.all([synced(providerA), synced(providerB)])
    providerA.awareness.setLocalState({ user: { name: 'Ada' } })
    await until('B sees Ada', () => [...providerB.awareness.getStates().values()].some(state => state.user?.name === 'Ada'))
    const providerC = relay.provider('presence', new Y.Doc())
    await until('a late joiner sees Ada', () => [...providerC.awareness.getStates().values()].some(state => state.user?.name === 'Ada'))
    providerA.ws.terminate() // no goodbye
    providerA.shouldConnect = false
    await until('Ada is gone', () => ![...providerB.awareness.getStates().values()].some(state => state.user?.name === 'Ada'))
    providerA.destroy(); providerB.destroy(); providerC.destroy()
  },

  async aPlainWritersOwnUpdateComesBackWhenItIsOnDisk (start) {
    const relay = await start({ openAccess: true })
    const client = await new RawClient(relay, '/echo').join()
    client.edit(doc => doc.getText('t').insert(0, 'x'))
    const echo = await client.frame('echo', frame => frame.type === 0 && frame.sync === 2)
    await relay.restart('SIGKILL')
    const again = await new RawClient(relay, '/echo').join()
    assertEqual(again.doc.getText('t').toString(), 'x', `after an echo of ${echo.body.length} bytes`)
    again.close()
  },

  async extensionMessagesComeOnlyWhenAskedFor (start) {
    const relay = await start({ openAccess: true })
    const plain = await new RawClient(relay, '/sync/r').join()
    const extended = await new RawClient(relay, '/sync/r?ext=1').join()
    assertEqual((await extended.frame('permission', frame => frame.type === 101)).role, 1, 'editor')
    plain.edit(doc => doc.getText('t').insert(0, 'plain'))
    const client = extended.doc.clientID
    extended.edit(doc => doc.getMap('m').set('a', 1))
    extended.edit(doc => doc.getMap('m').set('b', 2))
    await until('two acknowledged', () => extended.acknowledged === 2)
    const last = extended.frames.filter(frame => frame.type === 100).at(-1)
    assertEqual(last.clocks.get(client), 2, 'clock of the own client on disk')
    await until('the plain client has both', () => plain.doc.getMap('m').size === 2)
    assertTrue(plain.frames.every(frame => frame.type <= 3), 'a plain client hears nothing above 3')
    assertTrue(!extended.frames.some(frame => frame.type === 0 && frame.sync === 2 && frame.body.length > 0 && frame.echo), 'no echo')
    plain.close(); extended.close()
  },

  async emptyAndRepeatedUpdatesAreAcknowledgedAndNotStored (start) {
    const relay = await start({ openAccess: true })
    const client = await new RawClient(relay, '/r?ext=1').join()
    client.sendSync(1, Uint8Array.of(0, 0))
    await until('the empty one', () => client.acknowledged === 1)
    client.edit(doc => doc.getText('t').insert(0, 'abc'))
    await until('the real one', () => client.acknowledged === 2)
    const state = Y.encodeStateAsUpdate(client.doc)
    for (let i = 0; i < 5; i++) client.sendSync(2, state)
    await until('the repeated ones', () => client.acknowledged === 7)
    const rows = /tessera_relay_log_rows_total (\d+)/.exec((await relay.api('GET', '/metrics')).bytes.toString())[1]
    assertEqual(rows, '1', 'rows in the log')
    client.close()
  },

  async updatesOutOfOrderWaitForTheirCause (start) {
    const relay = await start({ openAccess: true })
    const source = new Y.Doc()
    const updates = []
    source.on('update', update => updates.push(update))
    for (const word of ['one ', 'two ', 'three']) source.getText('t').insert(source.getText('t').length, word)
    const client = await new RawClient(relay, '/r?ext=1').join()
    client.sendSync(2, updates[2])
    client.sendSync(2, updates[1])
    await until('acknowledged though waiting', () => client.acknowledged === 2)
    await relay.restart('SIGKILL') // what waits is in the log too
    const other = await new RawClient(relay, '/r?ext=1').join()
    other.sendSync(2, updates[0])
    await until('acknowledged', () => other.acknowledged === 1)
    const reader = await new RawClient(relay, '/r').join()
    assertEqual(reader.doc.getText('t').toString(), 'one two three', 'text')
    other.close(); reader.close()
  },

  async aLongLogBecomesASnapshotAndReadsBackEqual (start) {
    const relay = await start({ openAccess: true })
    const client = await new RawClient(relay, '/long?ext=1').join()
    let sent = 0
    for (let i = 0; i < 2500; i++) {
      sent += client.edit(doc => doc.getMap('m').set('k' + (i % 50), i))
      if (i % 200 === 0) await sleep(1)
    }
    await until('all acknowledged', () => client.acknowledged === sent, 30_000)
    const snapshots = /tessera_relay_snapshots_total (\d+)/.exec((await relay.api('GET', '/metrics')).bytes.toString())[1]
    assertTrue(Number(snapshots) >= 1, 'a snapshot was made')
    client.edit(doc => doc.getText('t').insert(0, 'after the snapshot'))
    await until('acknowledged', () => client.acknowledged === sent + 1)
    const before = client.doc.getMap('m').toJSON()
    await relay.restart('SIGKILL')
    const reader = await new RawClient(relay, '/long').join()
    const after = reader.doc.getMap('m').toJSON()
    for (const key of Object.keys(before)) assertEqual(after[key], before[key], key)
    assertEqual(reader.doc.getText('t').toString(), 'after the snapshot', 'tail of the log')
    reader.close()
  },

  async sigtermSaysSoAcknowledgesAndCloses (start) {
    const relay = await start({ openAccess: true })
    const client = await new RawClient(relay, '/r?ext=1').join()
    let sent = 0
    for (let i = 0; i < 50; i++) sent += client.edit(doc => doc.getArray('a').push([i]))
    await until('some are through', () => client.acknowledged > 0)
    const code = await relay.stop('SIGTERM')
    assertEqual(code, 0, 'exit code')
    const closed = await client.closing()
    assertEqual(closed.code, 1001, 'close code')
    assertTrue(client.frames.some(frame => frame.type === 102 && frame.code === 1), 'notice 1')
    await relay.start()
    const reader = await new RawClient(relay, '/r').join()
    assertTrue(reader.doc.getArray('a').length >= client.acknowledged, 'everything acknowledged is there')
    reader.close()
  },

  async providersComeBackByThemselvesAfterKill (start) {
    const relay = await start({ openAccess: true })
    const a = new Y.Doc()
    const b = new Y.Doc()
    const providerA = relay.provider('back', a)
    const providerB = relay.provider('back', b)
    await Promise.all([synced(providerA), synced(providerB)])
    a.getText('t').insert(0, 'before')
    await until('B has it', () => b.getText('t').toString() === 'before')
    await relay.stop('SIGKILL')
    a.getText('t').insert(6, ' during')
    b.getMap('m').set('during', true)
    await relay.start()
    await until('merged again', () => b.getText('t').toString() === 'before during' && a.getMap('m').get('during') === true)
    providerA.destroy(); providerB.destroy()
  }
})
