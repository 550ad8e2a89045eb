// Makes the work that bench.mjs measures, as folders of plain files (formats: replay/case_files.h):
//   OUT/main           the traces, a concurrent trace, a design document of 5,000 nodes, and the work that grows
//   OUT/design-NODES   design documents of other sizes
// Takes some time, so it is kept: OUT/stamp says what it was made from. Public editing traces come from
// $EDITING_TRACES or ../shared/data/editing-traces; where they are missing a seeded typist takes their place.
//
//   node tests/bench/crdt/prepare.mjs OUT [--quick]
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { designUpdates } from './design.mjs'
import { deletedStructs, halfDeletedNodes, manyClients } from './growth.mjs'
import { listBytes, writeConcurrent, writeDesign, writeTrace } from './folder.mjs'
import { plainLetters } from './random.mjs'
import { concurrentTyping, scatteredEdits, typedEdits } from './typist.mjs'
import { Y, yjsVersion } from './yjs.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const traceFolder = resolve(process.env.EDITING_TRACES ?? join(here, '../../../../shared/data/editing-traces'))

/** Number of edits of the public trace, for the typist who takes its place. */
const traces = { 'automerge-paper': 259778, rustcode: 40173, sveltecomponent: 19749 }

/** Sizes of what grows: 1x, 10x, 100x. Quick runs leave the largest out where it takes long. */
export const sizesOf = quick => ({
  design: quick ? [500, 5000] : [500, 5000, 50000],
  scattered: quick ? [1000, 10000] : [1000, 10000, 100000],
  clients: [10, 1000, 100000],
  parts: [100, 1000, 10000],
  deleted: quick ? [10_000, 100_000, 1_000_000] : [100_000, 1_000_000, 10_000_000],
  halfDeleted: [180, 1800, 18000]
})

/** Transactions that the document of many clients is given. */
export const editsAmongClients = 100

export const traceNames = Object.keys(traces)
const tracePath = name => join(traceFolder, name + '.json.gz')
export const publicTraces = traceNames.filter(name => existsSync(tracePath(name)))

function writeTraces (folder) {
  Object.entries(traces).forEach(([name, count], index) => {
    if (!publicTraces.includes(name)) {
      writeTrace(Y, folder, name, typedEdits(900 + index, count, plainLetters))
      return
    }
    const { txns, endContent } = JSON.parse(gunzipSync(readFileSync(tracePath(name))).toString('utf8'))
    writeTrace(Y, folder, name, txns.flatMap(({ patches }) => patches), endContent)
  })
}

function writeGrowth (folder, sizes, updates) {
  for (const size of sizes.scattered) writeTrace(Y, folder, `scattered-${size}`, scatteredEdits(31, size, plainLetters))
  for (const size of sizes.clients) {
    for (const [name, count] of [[`clients-${size}`, editsAmongClients], [`clients-${size}-long`, 10_000]]) {
      writeTrace(Y, folder, name, typedEdits(32, count, plainLetters), undefined, manyClients(size))
    }
  }
  for (const size of sizes.parts) {
    const parts = updates.slice(0, size)
    writeFileSync(join(folder, `parts-${size}.parts`), listBytes(parts))
    writeFileSync(join(folder, `parts-${size}.merged`), Y.mergeUpdates(parts))
  }
  for (const size of sizes.deleted) writeFileSync(join(folder, `deleted-${size}.load`), deletedStructs(size))
  for (const size of sizes.halfDeleted) {
    const { update, after } = halfDeletedNodes(Y, size)
    writeFileSync(join(folder, `collect-${size}.load`), update)
    writeFileSync(join(folder, `collect-${size}.after`), after)
  }
}

/** Returns the folder of each design size and of everything else. */
export function foldersOf (out, sizes) {
  const main = join(out, 'main')
  return { main, design: new Map(sizes.design.map(nodes => [nodes, nodes === 5000 ? main : join(out, `design-${nodes}`)])) }
}

/** What the folders depend on: these sources, yjs, the traces at hand, and the sizes. */
function stampOf (quick) {
  const hash = createHash('sha256').update(JSON.stringify([yjsVersion, publicTraces, sizesOf(quick)]))
  for (const name of readdirSync(here).filter(name => name.endsWith('.mjs') && !/^(bench|peer|table|check)/.test(name)).sort()) {
    hash.update(readFileSync(join(here, name)))
  }
  return hash.digest('hex')
}

/** Makes what is missing or was made from other sources. */
export function prepare (out, quick) {
  const stamp = join(out, 'stamp')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === stampOf(quick)) return
  rmSync(out, { recursive: true, force: true })
  const sizes = sizesOf(quick)
  const { main, design } = foldersOf(out, sizes)
  for (const folder of [main, ...design.values()]) mkdirSync(folder, { recursive: true })
  writeTraces(main)
  const together = concurrentTyping(Y, { seed: 33, people: 4, updates: 26_000, letters: plainLetters })
  writeConcurrent(main, 'four-people', together)
  writeGrowth(main, sizes, together.updates)
  for (const [nodes, folder] of design) writeDesign(Y, folder, nodes, designUpdates(Y, { seed: 34, nodes }))
  writeFileSync(stamp, stampOf(quick))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  prepare(resolve(process.argv[2]), process.argv.includes('--quick'))
}
