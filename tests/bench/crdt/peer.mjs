// The work of a bench folder done by yjs: the same files, cases, metrics and checks as crdt-replay, one case per process.
// Times are the smaller of wall and CPU time of the process, best of the repetitions and median; garbage is collected
// between repetitions, outside the measured time.
//
//   node --expose-gc tests/bench/crdt/peer.mjs FOLDER CASE REPETITIONS      prints one JSON line
//   node --expose-gc tests/bench/crdt/peer.mjs --memory FILE                bytes that loading FILE adds to a fresh process
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Y, yjsVersion } from './yjs.mjs'

const collect = () => { globalThis.gc(); globalThis.gc() }

function time (work) {
  const cpu = process.cpuUsage()
  const start = performance.now()
  const result = work()
  const wallMs = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  return [Math.min(wallMs, (user + system) / 1000), result]
}

const requireEqual = (got, expected, what) => { if (got !== expected) throw new Error('yjs: ' + what) }
const requireBytes = (got, expected, what) => requireEqual(Buffer.compare(got, expected), 0, what)

function loaded (update) {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, update, 'remote')
  return doc
}

const readList = bytes => {
  const list = []
  for (let at = 4; list.length < bytes.readUInt32LE(0); at += 4 + bytes.readUInt32LE(at)) {
    list.push(new Uint8Array(bytes.subarray(at + 4, at + 4 + bytes.readUInt32LE(at))))
  }
  return list
}

const readEdits = bytes => {
  const edits = []
  let at = 4
  while (edits.length < bytes.readUInt32LE(0)) {
    const size = bytes.readUInt32LE(at + 8)
    edits.push([bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4), bytes.toString('utf8', at + 12, at + 12 + size)])
    at += 12 + size
  }
  return edits
}

function encodeAndLoad (doc, end) {
  const [encodeMs, update] = time(() => Y.encodeStateAsUpdate(doc))
  const [loadMs, text] = time(() => loaded(update).getText('text').toString())
  requireEqual(text, end, 'another text after a load')
  return [update, { encode_ms: encodeMs, load_ms: loadMs, doc_bytes: update.length }]
}

function trace (file) {
  const edits = readEdits(file('.ops'))
  const end = file('.end').toString('utf8')
  const full = file('.yjs')
  const start = file('.start')
  return () => {
    const doc = start ? loaded(start) : new Y.Doc()
    doc.clientID = 1
    let updateBytes = 0
    doc.on('update', update => { updateBytes += update.length })
    const text = doc.getText('text')
    const [localMs] = time(() => {
      for (const [position, removed, inserted] of edits) {
        if (removed > 0) text.delete(position, removed)
        if (inserted) text.insert(position, inserted)
      }
    })
    requireEqual(text.toString(), end, 'another text after the edits')
    const [update, metrics] = encodeAndLoad(doc, end)
    requireBytes(update, full, 'other bytes after the edits')
    return { local_ms: localMs, ...metrics, update_bytes: updateBytes, ops: edits.length }
  }
}

function concurrent (file) {
  const updates = readList(file('.conc'))
  const end = file('.end').toString('utf8')
  return () => {
    const doc = new Y.Doc()
    const text = doc.getText('text')
    const [remoteMs] = time(() => { for (const update of updates) Y.applyUpdate(doc, update, 'remote') })
    requireEqual(text.toString(), end, 'another text after the updates')
    const [, metrics] = encodeAndLoad(doc, end)
    return { remote_ms: remoteMs, ...metrics, updates: updates.length }
  }
}

const countValues = doc => {
  let count = 0
  doc.getMap('nodes').forEach(node => node.forEach(value => { if (value !== undefined) ++count }))
  return count
}

function design (file) {
  const [base, full] = ['.base', '.full'].map(file)
  const [diffs, small] = ['.diffs', '.small'].map(suffix => readList(file(suffix)))
  const { values } = JSON.parse(file('.sum').toString('utf8'))
  const mergeInto = (doc, updates) => time(() => { for (const update of updates) Y.applyUpdate(doc, update, 'remote') })[0]
  return () => {
    let doc = loaded(base)
    const merge8Ms = mergeInto(doc, diffs)
    requireBytes(Y.encodeStateAsUpdate(doc), full, 'other bytes after the diffs')
    doc = loaded(base)
    collect()
    const mergeSmallMs = mergeInto(doc, small)
    const [encodeMs, update] = time(() => Y.encodeStateAsUpdate(doc))
    doc = null
    collect()
    const [loadMs, again] = time(() => loaded(update))
    const [readMs, count] = time(() => countValues(again))
    requireEqual(count, values, 'another number of values')
    return { merge8_ms: merge8Ms, merge_small_ms: mergeSmallMs, encode_ms: encodeMs, load_ms: loadMs, read_ms: readMs, txs: small.length, doc_bytes: update.length }
  }
}

function load (file) {
  const update = file('.load')
  const after = file('.after') ?? update
  return () => {
    const [loadMs, doc] = time(() => loaded(update))
    const [encodeMs, encoded] = time(() => Y.encodeStateAsUpdate(doc))
    requireBytes(encoded, after, 'other bytes after a load')
    return { load_ms: loadMs, encode_ms: encodeMs, doc_bytes: encoded.length }
  }
}

function merge (file) {
  const parts = readList(file('.parts'))
  const expected = file('.merged')
  return () => {
    const [mergeMs, merged] = time(() => Y.mergeUpdates(parts))
    requireBytes(merged, expected, 'other bytes after the merge')
    return { merge_ms: mergeMs, updates: parts.length }
  }
}

const kinds = { B4: trace, T: trace, C: concurrent, D1: design, D1s: design, L: load, M: merge }

function run (folder, title, repetitions) {
  const [kind, rest] = [title.slice(0, title.indexOf(' ')), title.slice(title.indexOf(' ') + 1)]
  const name = kind.startsWith('D1') ? 'design' : rest
  const file = suffix => {
    const path = join(folder, name + suffix)
    return existsSync(path) ? readFileSync(path) : undefined
  }
  const once = kinds[kind](file)
  const rounds = []
  while (rounds.length < repetitions) {
    collect()
    rounds.push(once())
  }
  const line = { engine: 'yjs', version: yjsVersion, case: title, ...rounds.at(-1) }
  for (const key of Object.keys(line).filter(key => key.endsWith('_ms'))) {
    const sorted = rounds.map(round => round[key]).sort((a, b) => a - b)
    line[key] = sorted[0]
    line[key.replace(/_ms$/, '_med_ms')] = sorted[sorted.length >> 1]
  }
  return line
}

function memory (path) {
  const bytes = new Uint8Array(readFileSync(path))
  const warm = new Y.Doc()
  warm.getText('text').insert(0, 'x')
  collect()
  const before = process.memoryUsage().rss
  globalThis.kept = [bytes, loaded(bytes)]
  collect()
  return { mem_rss_bytes: process.memoryUsage().rss - before }
}

const [first, second, third] = process.argv.slice(2)
console.log(JSON.stringify(first === '--memory' ? memory(second) : run(first, second, Number(third))))
