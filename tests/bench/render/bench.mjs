// ./dev bench render: the renderer beside Skia, Qt's raster engine and resvg on the same pictures in the same run. Peers and
// ours take turns, one process each; CPU time of a frame, median of the repetitions, ratios within a round, their median
// over the rounds. Ours is the first frame, with no geometry kept: what a peer does for every frame. What a frame takes
// once geometry is kept stands beside it. Prints the table and writes OUT/render.json (rows: what, ours, peer, ratio, must,
// aim, ok); ratio is peer's time by ours, the times that we are faster.
//
//   bench.mjs --bin build/release/bin --out build/bench [--only REGEX] [--rounds N]
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { jsonOf } from '../json_of.mjs'
import { writeScenes } from './scenes.mjs'

const { values } = parseArgs({ options: {
  bin: { type: 'string' }, out: { type: 'string', default: 'build/bench' }, only: { type: 'string' }, rounds: { type: 'string', default: '3' }
} })
const bin = resolve(values.bin)
const folder = join(resolve(values.out), 'render-scenes')
const peerScript = fileURLToPath(new URL('peer.mjs', import.meta.url))
const median = list => [...list].sort((a, b) => a - b)[list.length >> 1]
const rounded = value => Number(value.toPrecision(3))

const rows = [
  { what: 'S1: 10,000 paths with strokes and gradients', scene: 'S1', peer: 'skia', repetitions: 5, must: 1.5, aim: 3 },
  { what: 'S1F: their fills in plain colours', scene: 'S1F', peer: 'skia', repetitions: 7, must: 2, aim: 5 },
  { what: 'S2: 100,000 rounded boxes, 10,000 labels', scene: 'S2', peer: 'qt', repetitions: 3, must: 1.5, aim: 4 },
  { what: 'S3: poster of blends, clips and shadows', scene: 'S3', peer: 'resvg', repetitions: 3, must: 2, aim: 5 },
  { what: 'S4: 5,000 icons', scene: 'S4', peer: 'qt', repetitions: 7, must: 1.2, aim: 2.5 },
  { what: 'lavapipe: files of the conformance set, 300 x 300', kind: 'lavapipe', must: 10, aim: 5 },
  { what: 'S1 by two threads', scene: 'S1', threads: 2, repetitions: 5, must: 1.7, aim: 1.9 },
  { what: 'S2 by two threads', scene: 'S2', threads: 2, repetitions: 3, must: 1.7, aim: 1.9 }
].filter(({ what }) => !values.only || new RegExp(values.only).test(what))

const peerMs = ({ scene, peer, repetitions }) => peer === 'qt'
  ? jsonOf(join(bin, 'bench-qt-svg'), [join(folder, `${scene}.svg`), String(repetitions), join(folder, `${scene}.qt.png`)], { env: { QT_QPA_PLATFORM: 'offscreen' } }).ms
  : jsonOf(process.execPath, [peerScript, peer, folder, scene, String(repetitions)]).ms

const ours = ({ scene, repetitions }, threads = 1) =>
  jsonOf(join(bin, 'tessera'), ['render', join(folder, `${scene}.svg`), '--repeat', String(repetitions), '--threads', String(threads), '--json', '-o', join(folder, `${scene}.tessera.png`)])

/** A picture by one thread and by two, in turn. On the wall: CPU time is what threads do not spare. */
function twoThreads ({ scene, repetitions, must, aim }) {
  const rounds = []
  for (let round = 0; round < 2 * Number(values.rounds); ++round) {
    const times = {}
    for (const threads of round % 2 === 0 ? [1, 2] : [2, 1]) times[threads] = ours({ scene, repetitions }, threads).cold_wall_ms
    rounds.push(times)
  }
  const ratio = median(rounds.map(times => times[1] / times[2]))
  return {
    what: `${scene} by two threads, on the wall`, peerName: 'one thread', unit: 'ms', ours: rounded(median(rounds.map(times => times[2]))), kept: null,
    peer: rounded(median(rounds.map(times => times[1]))), ratio: rounded(ratio), must, aim, ok: ratio >= must, aimMet: ratio >= aim
  }
}

/** CPU ms of a frame by the Vulkan back end, median over every tenth file; must and aim are the most that it may be. */
function lavapipe ({ what, must, aim }) {
  const set = process.env.SVG_CONFORMANCE ?? '../shared/data/svg-conformance'
  if (!existsSync(join(set, 'files.tsv'))) return { what, missing: `NOT measured: no ${set}; set SVG_CONFORMANCE`, ok: true, aimMet: true }
  const files = readFileSync(join(set, 'files.tsv'), 'utf8').split('\n').map(line => line.split('\t').find(cell => cell.endsWith('.svg'))).filter(Boolean).filter((_, i) => i % 10 === 0)
  const times = files.map(file => jsonOf(join(bin, 'tessera'), ['render', join(set, file), '--width', '300', '--backend', 'vulkan', '--repeat', '5', '--json']).cold_ms)
  const ours = median(times)
  const slow = times.filter(time => time > must).length
  return { what: `${what} (median of ${files.length}; above ${must} ms: ${slow}, most ${rounded(Math.max(...times))})`, peerName: '', unit: 'ms', ours: rounded(ours), kept: null, peer: null, ratio: null, must, aim, ok: ours <= must, aimMet: ours <= aim }
}

mkdirSync(folder, { recursive: true })
if (!existsSync(join(folder, 'S4.svg'))) writeScenes(folder)
const finished = rows.map(row => {
  if (row.threads) return twoThreads(row)
  if (row.kind === 'lavapipe') return lavapipe(row)
  const rounds = []
  for (let round = 0; round < Number(values.rounds); ++round) {
    const first = round % 2 === 0 ? peerMs(row) : null
    const mine = ours(row)
    rounds.push({ peer: first ?? peerMs(row), ...mine })
  }
  process.stderr.write(`${row.what}: ${rounds.length} rounds\n`)
  const ratio = median(rounds.map(({ peer, cold_ms: cold }) => peer / cold))
  return {
    what: row.what, peerName: row.peer, unit: 'ms', ours: rounded(median(rounds.map(r => r.cold_ms))), kept: rounded(median(rounds.map(r => r.warm_ms))),
    peer: rounded(median(rounds.map(r => r.peer))), ratio: rounded(ratio), must: row.must, aim: row.aim, ok: ratio >= row.must, aimMet: ratio >= row.aim
  }
})
const mark = value => value ? 'yes' : 'no'
console.log(`Machine: ${cpus().length} x ${cpus()[0].model.trim()}, node ${process.versions.node}\n`)
console.log('| picture | peer | peer\'s frame | our first frame | times faster | must | aim | must met | aim met | our frame with geometry kept |')
console.log('|---|---|---:|---:|---:|---:|---:|---|---|---:|')
const ms = value => value === null ? '' : `${value} ms`
for (const r of finished.filter(({ missing }) => missing)) console.log(`${r.what}: ${r.missing}`)
for (const r of finished.filter(({ missing }) => !missing)) console.log(`| ${r.what} | ${r.peerName} | ${ms(r.peer)} | ${ms(r.ours)} | ${r.ratio ?? ''} | ${r.must} | ${r.aim} | ${mark(r.ok)} | ${mark(r.aimMet)} | ${ms(r.kept)} |`)
writeFileSync(join(resolve(values.out), 'render.json'), JSON.stringify({ rows: finished }, null, 2) + '\n')
const missed = finished.filter(({ ok }) => !ok).length
console.log(missed ? `\n${missed} rows miss what they must reach` : '\nevery row reaches what it must')
process.exitCode = missed ? 1 : 0
