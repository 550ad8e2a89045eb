// Documents in which one thing is large: clients, deleted structs, collectable content. The first two are written as
// update v1 bytes at once, because making them edit by edit takes longer than everything that is measured.

class UpdateWriter {
  constructor (capacity) {
    this.bytes = Buffer.alloc(capacity)
    this.size = 0
  }

  byte (value) { this.bytes[this.size++] = value }

  number (value) {
    while (value > 127) {
      this.byte((value % 128) | 128)
      value = Math.floor(value / 128)
    }
    this.byte(value)
  }

  text (value) {
    this.number(Buffer.byteLength(value))
    this.size += this.bytes.write(value, this.size)
  }

  take () { return this.bytes.subarray(0, this.size) }
}

const anyContent = 8
const deletedContent = 1
const hasRightOrigin = 0x40
const hasKey = 0x20

/** A map "members" in which each of `count` clients has set one key. Client blocks descend, as yjs writes them. */
export const manyClients = count => {
  const writer = new UpdateWriter(16 + count * 48)
  writer.number(count)
  for (let client = count + 1; client > 1; --client) {
    writer.number(1) // structs
    writer.number(client)
    writer.number(0) // clock
    writer.byte(anyContent | hasKey)
    writer.number(1) // parent is a root
    writer.text('members')
    writer.text('member ' + client)
    writer.number(1) // values
    writer.byte(120) // true
  }
  writer.number(0) // nothing deleted
  return writer.take()
}

/** A text typed back to front and deleted: `count` structs of one deleted unit each, none of which joins another. */
export const deletedStructs = count => {
  const writer = new UpdateWriter(64 + count * 12)
  writer.number(1) // client block
  writer.number(count)
  writer.number(1) // client
  writer.number(0) // clock
  for (let clock = 0; clock < count; ++clock) {
    writer.byte(clock === 0 ? deletedContent : deletedContent | hasRightOrigin)
    if (clock === 0) {
      writer.number(1) // parent is a root
      writer.text('text')
    } else {
      writer.number(1)
      writer.number(clock - 1)
    }
    writer.number(1) // units
  }
  for (const value of [1, 1, 1, 0, count]) writer.number(value) // one client, one range, all of it
  return writer.take()
}

/**
 * `count` nodes of twelve properties, every second one deleted, from a peer that collects nothing: whoever loads it
 * collects, and every deleted node becomes one struct among the living. And what yjs encodes after a load.
 */
export const halfDeletedNodes = (Y, count) => {
  const doc = new Y.Doc({ gc: false })
  doc.clientID = 1
  const nodes = doc.getMap('nodes')
  doc.transact(() => {
    for (let i = 0; i < count; ++i) {
      nodes.set('node' + i, new Y.Map(Array.from({ length: 12 }, (_, k) => ['property ' + k, k * 1.37 + i])))
    }
  })
  doc.transact(() => { for (let i = 0; i < count; i += 2) nodes.delete('node' + i) })
  const update = Y.encodeStateAsUpdate(doc)
  const loaded = new Y.Doc()
  Y.applyUpdate(loaded, update)
  return { update, after: Y.encodeStateAsUpdate(loaded) }
}
