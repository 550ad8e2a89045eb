// ./dev bench crdt: core/crdt beside yjs 13.6 on the same work in the same run. For every case one yjs process and one of
// ours take turns; times are best of the repetitions in a process, ratios are taken within a round, and their median over
// the rounds counts. Prints the table and writes OUT/crdt.json (rows: what, ours, peer, unit, ratio, must, aim, ok).
// Both engines check every text and every byte they make; a difference ends the run.
//
//   bench.mjs --bin build/release/bin --out build/bench [--only REGEX] [--quick]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { jsonOf } from '../json_of.mjs'
import { nodesOf, planOf } from './plan.mjs'
import { foldersOf, prepare, publicTraces, sizesOf, traceNames } from './prepare.mjs'
import { finishRows, tableOf } from './table.mjs'
import { Y, yjsVersion } from './yjs.mjs'

const { values } = parseArgs({ options: {
  bin: { type: 'string' }, out: { type: 'string', default: 'build/bench' }, only: { type: 'string' }, quick: { type: 'boolean', default: false }
} })
const { quick } = values
const replay = join(resolve(values.bin), 'crdt-replay')
const work = join(resolve(values.out), quick ? 'crdt-work-quick' : 'crdt-work')
const only = values.only ? new RegExp(values.only) : null
const folders = foldersOf(work, sizesOf(quick))
const folderOf = title => folders.design.get(nodesOf(title)) ?? folders.main

const say = text => process.stderr.write(text + '\n')
const median = list => [...list].sort((a, b) => a - b)[list.length >> 1]

const peer = fileURLToPath(new URL('peer.mjs', import.meta.url))
const yjs = options => jsonOf(process.execPath, ['--expose-gc', '--max-old-space-size=12000', peer, ...options])
const escaped = text => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Structs of a design document, for memory per item: live ones, and those that only mark what was deleted. */
function itemsOf (title) {
  const { structs } = Y.decodeUpdate(readFileSync(join(folderOf(title), 'design.full')))
  const dead = structs.filter(struct => struct instanceof Y.GC || struct.content instanceof Y.ContentDeleted).length
  return { live: structs.length - dead, dead }
}

function measureYjs ({ title, memory, yjs: repetitions }) {
  if (repetitions === 0) return {}
  const line = yjs([folderOf(title), title, String(repetitions)])
  return memory ? { ...line, ...yjs(['--memory', join(folderOf(title), 'design.full')]) } : line
}

const measureOurs = ({ title, memory, ours: repetitions }) =>
  jsonOf(replay, [folderOf(title), '--only', `^${escaped(title)}$`, '--reps', String(repetitions), ...(memory ? [] : ['--no-memory'])])

/** Every number of a case: ours and the peer's (median over the rounds) and the median of the rounds' ratios. */
function measure (one) {
  const rounds = []
  for (let round = 0; round < one.rounds; ++round) {
    if (round % 2 === 0) rounds.push({ peer: measureYjs(one), ours: measureOurs(one) })
    else rounds.push({ ours: measureOurs(one), peer: measureYjs(one) })
  }
  const items = one.memory ? itemsOf(one.title) : null
  if (items) {
    for (const side of rounds.flatMap(({ ours, peer }) => [ours, peer])) side.item_bytes = side.mem_rss_bytes / (items.live + items.dead)
  }
  const metrics = { items }
  for (const name of Object.keys(rounds[0].ours).filter(name => /_(ms|bytes)$/.test(name))) {
    metrics[name] = {
      ours: median(rounds.map(({ ours }) => ours[name])),
      peer: median(rounds.map(({ peer }) => peer[name] ?? NaN)),
      ratio: median(rounds.map(({ ours, peer }) => ours[name] / (peer[name] ?? NaN)))
    }
  }
  return metrics
}

const started = performance.now()
mkdirSync(values.out, { recursive: true })
const missing = traceNames.filter(name => !publicTraces.includes(name))
const origin = missing.length === 0 ? 'the three public editing traces' : `typed by a seeded typist in place of missing public traces: ${missing.join(', ')}`
say(origin)
say('making the work, if it is not there yet')
prepare(work, quick)
const { rows: planned, cases } = planOf({ quick, only })
const measured = new Map()
for (const one of cases) {
  const start = performance.now()
  measured.set(one.title, measure(one))
  say(`${one.title}: ${one.rounds} rounds, ${((performance.now() - start) / 1000).toFixed(1)} s`)
}
const rows = finishRows(planned, measured)
const machine = `${cpus().length} x ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GiB, node ${process.version}, yjs ${yjsVersion}`
console.log(`core/crdt beside yjs ${yjsVersion}; machine: ${machine}; ${((performance.now() - started) / 1000).toFixed(0)} s`)
console.log(`traces: ${origin}\n`)
console.log(tableOf(rows))
writeFileSync(join(values.out, 'crdt.json'), JSON.stringify({ machine, traces: origin, quick, rows }, null, 1) + '\n')
const missed = rows.filter(({ ok }) => ok === false)
if (missed.length > 0) console.log(`\n${missed.length} rows miss what they must reach`)
