// Writes the fuzz corpora of the document engine from the golden data here: one file per entry.
// Run: node tests/golden/yjs/write_fuzz_corpus.mjs
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Y, unhex } from './yjs.mjs'

const golden = JSON.parse(readFileSync(new URL('vectors.json', import.meta.url)))
const write = (target, name, bytes) => {
  mkdirSync(new URL(`../../fuzz/corpus/${target}/`, import.meta.url), { recursive: true })
  writeFileSync(new URL(`../../fuzz/corpus/${target}/${name}`, import.meta.url), bytes)
}

for (const { id, update, stateVector } of golden.updates) {
  write('update_v1', id, Buffer.from(update, 'hex'))
  if (stateVector) write('state_vector', id, Buffer.from(stateVector, 'hex'))
}
golden.streams.mixed.forEach((update, i) => write('update_v1', `mixed_${i}`, Buffer.from(update, 'hex')))
golden.any.forEach(([name, hex]) => write('any', name, Buffer.from(hex, 'hex')))
golden.jsonTexts.forEach(([, text], i) => write('any', `json_text_${i}`, text))
write('any', 'json', '{"a":[1,-2.5e-7,true,null,"\\u20ac\\n"],"10":{},"2":[]}')

const documents = JSON.parse(readFileSync(new URL('v2.json', import.meta.url))).documents

/** What is left of an update when everything is known: no structs, which takes `emptySize` bytes, and the delete set. */
const deleteSetOf = (diff, metaOf, update, emptySize) =>
  Buffer.from(diff(update, Y.encodeStateVector(metaOf(update).to))).subarray(emptySize)

/** As tests/fuzz/update_merge reads them: the format, then each update after its length. */
const framed = (format, updates) => Buffer.concat([Buffer.from([format]), ...updates.flatMap(update => {
  const size = Buffer.alloc(2)
  size.writeUInt16BE(update.length)
  return [size, update]
})])

const deleteSets = new Map()
for (const { id, v1, v2, updates } of documents) {
  const name = id.replaceAll(/[^a-zA-Z0-9]+/g, '_')
  write('update_v2', name, unhex(v2))
  for (const [format, set] of [['v1', deleteSetOf(Y.diffUpdate, Y.parseUpdateMeta, unhex(v1), 1)],
    ['v2', deleteSetOf(Y.diffUpdateV2, Y.parseUpdateMetaV2, unhex(v2), 12)]]) {
    deleteSets.set(set.toString('hex'), [`${name}_${format}`, set])
  }
  const some = updates.slice(0, 8)
  if (some.length > 1) {
    write('update_merge', `${name}_v1`, framed(0, some.map(pair => unhex(pair[0]))))
    write('update_merge', `${name}_v2`, framed(1, some.map(pair => unhex(pair[1]))))
  }
}
for (const [name, set] of deleteSets.values()) write('delete_set', name, set)

for (const { id, snapshotV1, snapshotV2 } of documents.filter(d => d.id.startsWith('random') || d.id.startsWith('many'))) {
  write('snapshot', `${id}_v1`, Buffer.from(snapshotV1, 'hex'))
  write('snapshot', `${id}_v2`, Buffer.from(snapshotV2, 'hex'))
}
const positions = JSON.parse(readFileSync(new URL('positions.json', import.meta.url))).scripts.flatMap(({ entries }) => entries.filter(e => e.command.do === 'position'))
positions.filter((_, i) => i % 7 === 0).forEach(({ answer: { bytes, json } }, i) => {
  write('relative_position', `bytes_${i}`, Buffer.from(bytes, 'hex'))
  write('relative_position', `json_${i}`, JSON.stringify(json))
})
