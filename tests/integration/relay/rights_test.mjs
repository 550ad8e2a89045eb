// Who may do what: tokens, roles, shares, revoking, and frames that no client should send.
import { RawClient, Y, assertEqual, assertTrue, encoding, run, sleep, synced, until } from './harness.mjs'

const viewerIsRefused = async (relay, room, role, number) => {
  const owner = await relay.makeShare(room.room, room.token, role)
  const path = `/sync/${room.room}?token=${owner.token}`
  const editor = await new RawClient(relay, `/sync/${room.room}?token=${room.token}&ext=1`).join()
  editor.edit(doc => doc.getText('t').insert(0, 'kept'))
  await until('acknowledged', () => editor.acknowledged === 1)

  const reader = await new RawClient(relay, path + '&ext=1').join()
  assertEqual(reader.doc.getText('t').toString(), 'kept', 'a reader sees the document')
  reader.edit(doc => doc.getText('t').insert(0, 'forbidden '))
  const closed = await reader.closing()
  assertEqual(closed.code, 4403, 'close code')
  assertTrue(reader.frames.filter(frame => frame.type === 101 && frame.role === number).length >= 2, 'told its role at the refusal')
  assertTrue(reader.frames.some(frame => frame.type === 2 && frame.reason.includes(role)), 'told why')
  await sleep(50)
  assertEqual(editor.doc.getText('t').toString(), 'kept', 'the update reached nobody')
  const again = await new RawClient(relay, path).join()
  assertEqual(again.doc.getText('t').toString(), 'kept', 'nor the log')
  again.close(); editor.close()
}

await run({
  async aPlainProviderWithAViewersTokenCannotWrite (start) {
    const relay = await start()
    const room = await relay.makeRoom()
    const viewer = await relay.makeShare(room.room, room.token, 'viewer')
    const a = new Y.Doc()
    const providerA = relay.provider(room.room, a, { token: room.token })
    await synced(providerA)
    a.getText('t').insert(0, 'hello')
    a.getText('t').delete(0, 1) // so that every step 2 carries deletes

    const b = new Y.Doc()
    const providerB = relay.provider(room.room, b, { token: viewer.token })
    await synced(providerB)
    await until('the viewer reads', () => b.getText('t').toString() === 'ello')
    providerB.awareness.setLocalStateField('user', { name: 'Viewer' })
    await until('the viewer is seen', () => [...providerA.awareness.getStates().values()].some(state => state.user?.name === 'Viewer'))
    let closed = 0
    providerB.on('connection-close', event => { if (event?.code === 4403) closed++ })
    await sleep(100)
    assertEqual(closed, 0, 'a viewer that only reads stays connected')
    providerB.disconnect(); providerB.connect() // its step 2 now repeats the deletes
    await until('back', () => providerB.wsconnected && providerB.synced)
    await sleep(100)
    assertEqual(closed, 0, 'also after coming back')

    b.getText('t').insert(0, 'FORBIDDEN')
    await until('refused', () => closed > 0)
    a.getText('t').insert(0, 'h')
    await sleep(300) // the viewer tries again and again with what it wrote offline
    assertEqual(a.getText('t').toString(), 'hello', 'nothing of it arrives')
    const fresh = await new RawClient(relay, `/sync/${room.room}?token=${viewer.token}`).join()
    assertEqual(fresh.doc.getText('t').toString(), 'hello', 'nor in the room')
    fresh.close(); providerA.destroy(); providerB.destroy()
  },

  async viewersAreRefusedWithTheirRole (start) {
    const relay = await start()
    await viewerIsRefused(relay, await relay.makeRoom(), 'viewer', 3)
  },

  async commentersAreRefusedWithTheirRole (start) {
    const relay = await start()
    await viewerIsRefused(relay, await relay.makeRoom(), 'commenter', 2)
  },

  async aReadersDeletesChangeNothing (start) {
    const relay = await start()
    const room = await relay.makeRoom()
    const viewer = await relay.makeShare(room.room, room.token, 'viewer')
    const owner = await new RawClient(relay, `/sync/${room.room}?token=${room.token}&ext=1`).join()
    owner.edit(doc => doc.getText('t').insert(0, 'stay'))
    await until('acknowledged', () => owner.acknowledged === 1)
    const reader = await new RawClient(relay, `/sync/${room.room}?token=${viewer.token}`).join()
    const copy = new Y.Doc()
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(reader.doc))
    let deletion
    copy.on('update', update => { deletion = update })
    copy.getText('t').delete(0, 4)
    reader.sendSync(1, deletion) // dressed as an answer
    await sleep(100)
    assertEqual(owner.doc.getText('t').toString(), 'stay', 'ignored')
    reader.sendSync(2, deletion)
    assertEqual((await reader.closing()).code, 4403, 'as an update: refused')
    const fresh = await new RawClient(relay, `/sync/${room.room}?token=${room.token}`).join()
    assertEqual(fresh.doc.getText('t').toString(), 'stay', 'document')
    owner.close(); fresh.close()
  },

  async wrongTokensAreToldWhyAndClosed (start) {
    const relay = await start()
    const room = await relay.makeRoom()
    const other = await relay.makeRoom()
    const short = await relay.makeShare(room.room, room.token, 'editor', { expiresInSeconds: 1 })
    const guest = await new RawClient(relay, `/sync/${room.room}?token=${short.token}`).join()
    const [payload, signature] = room.token.split('.')
    const forged = Buffer.from(Buffer.from(payload, 'base64url').toString().replace('"owner"', '"viewer"')).toString('base64url')
    assertEqual((await guest.closing()).code, 4401, 'an open socket ends with its link')
    await sleep(100)
    for (const [name, token, word] of [
      ['none', '', 'no token'],
      ['noise', 'noise', 'two parts'],
      ['forged payload', `${forged}.${signature}`, 'did not sign'],
      ['of another room', other.token, 'another document'],
      ['expired', short.token, 'expired'],
      ['huge', 'x'.repeat(8000), 'longer']
    ]) {
      const client = new RawClient(relay, `/sync/${room.room}?token=${token}`)
      const closed = await client.closing()
      assertEqual(closed.code, 4401, name)
      assertTrue(client.frames.length === 1 && client.frames[0].type === 2 && client.frames[0].reason.includes(word),
        `${name}: told why, got ${JSON.stringify(client.frames)}`)
    }
    const good = await new RawClient(relay, `/sync/${room.room}?token=${room.token}`).join()
    good.close()
  },

  async revokingAShareClosesItsSocketsAtOnceAndForGood (start) {
    const relay = await start()
    const room = await relay.makeRoom()
    const share = await relay.makeShare(room.room, room.token, 'editor')
    const path = `/sync/${room.room}?token=${share.token}`
    const guest = await new RawClient(relay, path).join()
    const owner = await new RawClient(relay, `/sync/${room.room}?token=${room.token}`).join()
    const begin = Date.now()
    const revoked = await relay.api('DELETE', `/api/rooms/${room.room}/shares/${share.share}`, { key: room.token })
    assertEqual(revoked.status, 204, 'status')
    assertEqual((await guest.closing()).code, 4401, 'close code')
    assertTrue(Date.now() - begin < 1000, 'within a second')
    assertEqual(owner.closed, null, 'the others stay')
    assertEqual((await new RawClient(relay, path).closing()).code, 4401, 'and it stays out')
    assertEqual((await relay.api('GET', `/api/rooms/${room.room}`, { key: share.token })).json.code, 'token-revoked', 'over HTTP too')
    await relay.restart('SIGKILL')
    assertEqual((await new RawClient(relay, path).closing()).code, 4401, 'also after a crash')
    const list = await relay.api('GET', `/api/rooms/${room.room}/shares`, { key: room.token })
    assertEqual(list.json.shares.map(entry => [entry.role, entry.revoked]), [['owner', false], ['editor', true]], 'list')
  },

  async garbageClosesOneSocketWithAReasonAndNobodyElse (start) {
    const relay = await start({ openAccess: true })
    const a = new Y.Doc()
    const b = new Y.Doc()
    const providerA = relay.provider('same', a)
    const providerB = relay.provider('same', b)
    await Promise.all([synced(providerA), synced(providerB)])
    const awareness = text => {
      const encoder = encoding.createEncoder()
      encoding.writeVarUint(encoder, 1)
      const inner = encoding.createEncoder()
      encoding.writeVarUint(inner, 1)
      encoding.writeVarUint(inner, 5)
      encoding.writeVarUint(inner, 1)
      encoding.writeVarString(inner, text)
      encoding.writeVarUint8Array(encoder, encoding.toUint8Array(inner))
      return encoding.toUint8Array(encoder)
    }
    const frames = {
      'empty frame': [],
      'unknown outer number': [0x7f, 1, 2, 3],
      'a number only the relay sends': [100, 0, 0],
      'unknown sync number': [0, 3, 0],
      'truncated varint': [0, 2, 0xff, 0xff, 0xff],
      'absurd length': [0, 2, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3],
      'broken update': [0, 2, 8, 1, 2, 3, 4, 5, 6, 7, 8],
      'too many structs': [0, 2, 7, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 1],
      'broken state vector': [0, 0, 5, 0xff, 0xff, 0xff, 0xff, 0x7f],
      'rest after the message': [0, 0, 1, 0, 9],
      'broken awareness': [...awareness('{{')]
    }
    for (const [name, bytes] of Object.entries(frames)) {
      const client = await new RawClient(relay, '/same').join()
      client.send(bytes)
      const closed = await client.closing()
      assertEqual(closed.code, 4400, name)
      assertTrue(closed.reason.length > 10, `${name}: a reason, got "${closed.reason}"`)
    }
    const text = await new RawClient(relay, '/same').join()
    text.socket.send('hello')
    assertEqual((await text.closing()).code, 4400, 'text frame')
    const huge = await new RawClient(relay, '/same').join()
    huge.socket.send(Buffer.alloc(64 * 1024 * 1024 + 1))
    assertEqual((await huge.closing()).code, 1009, 'over 64 MiB')

    a.getText('t').insert(0, 'undisturbed')
    await until('the others go on', () => b.getText('t').toString() === 'undisturbed')
    assertTrue(providerA.wsconnected && providerB.wsconnected, 'still connected')
    providerA.destroy(); providerB.destroy()
  },

  async openAccessIsForLoopbackOnly (start) {
    for (const options of [{ host: '0.0.0.0' }, { args: ['--appliance-listen', '0.0.0.0:0'] }]) {
      let error
      await start({ openAccess: true, ...options }).catch(thrown => { error = thrown })
      assertTrue(error?.message.includes('loopback'), `${error?.message}`)
    }
  },

  async oneFolderServesOneRelay (start) {
    const relay = await start({ openAccess: true })
    let error
    await start({ openAccess: true, folder: relay.folder }).catch(thrown => { error = thrown })
    assertTrue(error?.message.includes('another relay uses'), `${error?.message}`)
  }
})
