// Writes the fuzz corpora of the document engine from vectors.json: one file per entry.
// Run: node tests/golden/yjs/write_fuzz_corpus.mjs
import { readFileSync, writeFileSync } from 'node:fs'

const golden = JSON.parse(readFileSync(new URL('vectors.json', import.meta.url)))
const write = (target, name, bytes) => writeFileSync(new URL(`../../fuzz/corpus/${target}/${name}`, import.meta.url), bytes)

for (const { id, update, stateVector } of golden.updates) {
  write('update_v1', id, Buffer.from(update, 'hex'))
  if (stateVector) write('state_vector', id, Buffer.from(stateVector, 'hex'))
}
golden.streams.mixed.forEach((update, i) => write('update_v1', `mixed_${i}`, Buffer.from(update, 'hex')))
golden.any.forEach(([name, hex]) => write('any', name, Buffer.from(hex, 'hex')))
golden.jsonTexts.forEach(([, text], i) => write('any', `json_text_${i}`, text))
write('any', 'json', '{"a":[1,-2.5e-7,true,null,"\\u20ac\\n"],"10":{},"2":[]}')
