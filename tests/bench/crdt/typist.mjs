// A seeded person at a keyboard: types in bursts, corrects, jumps, now and then pastes or cuts. An edit is
// [position, units to delete, text to insert]; positions and lengths are UTF-16 units.
import { randomOf } from '../../support/random.mjs'
import { words } from './random.mjs'

/** Where `at` would cut a surrogate pair, the place after the pair. */
const wholeAt = (text, at) => {
  const unit = text.charCodeAt(at)
  return unit >= 0xdc00 && unit <= 0xdfff ? at + 1 : at
}

export class Typist {
  /** splitPairs: percent of deletions that may cut a surrogate pair in two. */
  constructor (seed, letters, { splitPairs = 0 } = {}) {
    this.random = randomOf(seed)
    this.letters = letters
    this.splitPairs = splitPairs
    this.cursor = 0
    this.left = 0
  }

  /** The next edit to `text`; the caller makes it. */
  next (text) {
    const { random } = this
    if (this.left-- <= 0) this.startBurst(text)
    this.cursor = Math.min(this.cursor, text.length)
    if (this.mode === 'erase' && this.cursor > 0) return this.erase(text, 1)
    if (this.mode === 'cut' && text.length > 0) return this.erase(text, random.between(1, 30))
    const inserted = words(random, this.letters, this.mode === 'paste' ? random.between(5, 60) : 1)
    const at = wholeAt(text, this.cursor)
    this.cursor = at + inserted.length
    return [at, 0, inserted]
  }

  startBurst (text) {
    const { random } = this
    const kind = random.below(100)
    this.mode = kind < 70 ? 'type' : kind < 95 ? 'erase' : kind < 98 ? 'paste' : 'cut'
    this.left = this.mode === 'type' ? random.between(3, 40) : this.mode === 'erase' ? random.between(1, 30) : 0
    if (random.chance(30)) this.cursor = random.below(text.length + 1)
  }

  erase (text, units) {
    const cut = this.random.chance(this.splitPairs)
    const end = cut ? this.cursor : wholeAt(text, this.cursor)
    let start = Math.max(0, end - units)
    if (!cut && start > 0 && wholeAt(text, start) !== start) --start
    this.cursor = start
    return start < end ? [start, end - start, ''] : [0, 0, words(this.random, this.letters, 1)]
  }
}

const applied = (text, [at, removed, inserted]) => text.slice(0, at) + inserted + text.slice(at + removed)

/** `count` edits of one person from an empty text. */
export const typedEdits = (seed, count, letters, options) => {
  const typist = new Typist(seed, letters, options)
  const edits = []
  let text = ''
  while (edits.length < count) {
    const edit = typist.next(text)
    text = applied(text, edit)
    edits.push(edit)
  }
  return edits
}

/** `count` insertions of one letter, each anywhere. */
export const scatteredEdits = (seed, count, letters) => {
  const random = randomOf(seed)
  const edits = []
  let length = 0
  while (edits.length < count) {
    const letter = random.pick(letters)
    edits.push([random.below(length + 1), 0, letter])
    length += letter.length
  }
  return edits
}

/**
 * Several people in one text, out of step: each sees the others' updates late, a few at a time, in the order they were
 * made. Returns all updates in that order (every update after those it depends on) and the text all end with.
 */
export const concurrentTyping = (Y, { seed, people, updates, letters }) => {
  const random = randomOf(seed)
  const made = []
  const peers = Array.from({ length: people }, (_, i) => {
    const doc = new Y.Doc()
    doc.clientID = i + 1
    const peer = { doc, text: doc.getText('text'), typist: new Typist(seed * 100 + i, letters), seen: 0 }
    doc.on('update', (update, origin) => { if (origin !== 'remote') made.push({ update, by: peer }) })
    return peer
  })
  const catchUp = (peer, until) => {
    for (; peer.seen < until; ++peer.seen) {
      const { update, by } = made[peer.seen]
      if (by !== peer) Y.applyUpdate(peer.doc, update, 'remote')
    }
  }
  while (made.length < updates) {
    const peer = random.pick(peers)
    if (random.chance(40)) catchUp(peer, random.between(peer.seen, made.length))
    for (let left = Math.min(random.between(1, 12), updates - made.length); left > 0; --left) {
      const [at, removed, inserted] = peer.typist.next(peer.text.toString())
      if (removed > 0) peer.text.delete(at, removed)
      else peer.text.insert(at, inserted)
    }
  }
  for (const peer of peers) catchUp(peer, made.length)
  const ends = peers.map(peer => peer.text.toString())
  if (ends.some(end => end !== ends[0])) throw new Error('yjs peers ended with different texts')
  return { updates: made.map(({ update }) => update), end: ends[0] }
}
