import 'fake-indexeddb/auto'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { LocalStore } from '../src/sync/local_store'
import { Persistence, fromStore } from '../src/sync/persistence'

const reopened = async (room: string): Promise<{ doc: Y.Doc; unsynced: number }> => {
  const loaded = await (await LocalStore.open(room)).load()
  const doc = new Y.Doc()
  loaded.updates.forEach(update => Y.applyUpdate(doc, update, fromStore))
  return { doc, unsynced: loaded.unsynced }
}

describe('what this device keeps', () => {
  it('is there after a reload, with the count of unsynced changes', async () => {
    const doc = new Y.Doc()
    let unsynced = 0
    const persistence = new Persistence(await LocalStore.open('reload'), doc, () => unsynced, () => undefined)
    for (let i = 0; i < 5; ++i) {
      doc.getMap('nodes').set(`n${i}`, i)
      ++unsynced
    }
    expect(persistence.isSaved()).toBe(false)
    await persistence.flush()
    expect(persistence.isSaved()).toBe(true)
    const again = await reopened('reload')
    expect(again.doc.getMap('nodes').toJSON()).toEqual(doc.getMap('nodes').toJSON())
    expect(again.unsynced).toBe(5)
  })
  it('counts the changes of two tabs together', async () => {
    const [one, other] = [await LocalStore.open('tabs'), await LocalStore.open('tabs')]
    await one.load()
    await other.load()
    const update = Y.encodeStateAsUpdate(new Y.Doc())
    await one.append([update], 3)
    await other.append([update], 2)
    expect((await reopened('tabs')).unsynced).toBe(5)
  })
  it('is compacted and stays the same', async () => {
    const doc = new Y.Doc()
    const store = await LocalStore.open('compact')
    const persistence = new Persistence(store, doc, () => 0, () => undefined)
    for (let i = 0; i < 450; ++i) {
      doc.getMap('nodes').set(`n${i % 9}`, i)
      if (i % 50 === 0) await persistence.flush()
    }
    await persistence.stop()
    const loaded = await store.load()
    expect(loaded.updates.length).toBeLessThan(300)
    expect((await reopened('compact')).doc.getMap('nodes').toJSON()).toEqual(doc.getMap('nodes').toJSON())
  })
  it('names the blobs that the relay does not have yet', async () => {
    const store = await LocalStore.open('blobs')
    const blob = { hash: 'a'.repeat(64), mime: 'image/png', bytes: new ArrayBuffer(3), uploaded: false }
    await store.putBlob(blob)
    expect((await store.blobsToUpload()).map(item => item.hash)).toEqual([blob.hash])
    await store.putBlob({ ...blob, uploaded: true })
    expect(await store.blobsToUpload()).toEqual([])
    expect((await store.blob(blob.hash))?.bytes.byteLength).toBe(3)
  })
  it('says that it could not write, and does not call the change saved', async () => {
    const doc = new Y.Doc()
    const broken = { append: () => Promise.reject(new Error('quota exceeded')) } as unknown as LocalStore
    const persistence = new Persistence(broken, doc, () => 1, () => undefined)
    doc.getMap('nodes').set('n', 1)
    await persistence.flush()
    expect(persistence.isSaved()).toBe(false)
    expect(persistence.failure()).toBe('quota exceeded')
  })
})
