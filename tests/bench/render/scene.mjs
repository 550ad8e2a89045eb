// ./dev bench scene: a page of the SVGs of three npm packages, and pages of 10,000, 100,000 and 1,000,000 objects, in rows and scattered. What it takes to make the
// scene, to bring one edit into it up to the frame of what it touched, and what of that frame the Vulkan back end copies to
// the device. Times are CPU ms. The peer of an edit is making the same scene anew, in the same process. Prints the table and
// writes OUT/scene.json (rows: what, unit, ours, peer, ratio, must, aim, ok); must and aim are the most that ours may be, and
// count for a million objects: smaller pages show the growth. At 100,000 objects also panning and zooming over them, from tiles.
//
//   scene.mjs --bin build/release/bin --out build/bench [--only REGEX] [--most OBJECTS]
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { jsonOf } from '../json_of.mjs'

const { values } = parseArgs({ options: {
  bin: { type: 'string' }, out: { type: 'string', default: 'build/bench' }, only: { type: 'string' }, most: { type: 'string', default: '1000000' }
} })
const rounded = value => Number(value.toPrecision(3))

function measured (objects, layout) {
  const made = jsonOf(join(resolve(values.bin), 'bench-scene'), [String(objects), layout], { timeoutMs: 900_000 })
  process.stderr.write(`${objects} ${layout}: done\n`)
  return made
}

function rowsOf (m) {
  const where = `${m.objects.toLocaleString('en')} objects, ${m.layout}`
  const bound = (must, aim) => m.objects === 1_000_000 ? { must, aim } : {}
  return [
    { what: `${where}: nodes read from the document`, unit: 'ms', ours: m.read_ms },
    { what: `${where}: scene made from the nodes`, unit: 'ms', ours: m.scene_ms, ...bound(2500, 1000) },
    { what: `${where}: memory of the scene, per object`, unit: 'bytes', ours: m.bytes_per_object },
    { what: `${where}: one edit, change set to frame`, unit: 'ms', ours: m.edit_ms.median, p99: m.edit_ms.p99, peer: m.scene_ms, ...bound(1, 0.2) },
    { what: `${where}: of that, the list`, unit: 'ms', ours: m.edit_list_ms.median, p99: m.edit_list_ms.p99 },
    { what: `${where}: one object added, change set to frame`, unit: 'ms', ours: m.insert_ms.median, p99: m.insert_ms.p99, peer: m.scene_ms },
    { what: `${where}: upload of that edit`, unit: 'bytes', ours: m.upload_bytes.p99, ...bound(65536, 4096) },
    ...viewRowsOf(m, where)
  ]
}

// Of a page of 100,000 objects at 1920 x 1080. The peer is the same path drawn without tiles. What counts is the 99th percentile.
function viewRowsOf (m, where) {
  if (!m.frame_warm_ms) return []
  return [
    { what: `${where}: pan and zoom from warm tiles, 99 of 100 frames`, unit: 'ms', ours: m.frame_warm_ms.p99, peer: m.frame_direct_ms.p99, must: 8, aim: 2 },
    { what: `${where}: the same, median`, unit: 'ms', ours: m.frame_warm_ms.median, peer: m.frame_direct_ms.median },
    { what: `${where}: the same from no tiles, in slices of 4 ms (${m.cold_unfinished} of 400 frames unfinished)`, unit: 'ms', ours: m.frame_cold_ms.median, p99: m.frame_cold_ms.p99, peer: m.frame_direct_ms.median },
    { what: `${where}: one edit redrawn in its tiles, list to picture`, unit: 'ms', ours: m.view_edit_ms.median, p99: m.view_edit_ms.p99, peer: m.frame_direct_ms.median },
    { what: `${where}: tiles drawn for it`, unit: 'tiles', ours: m.view_edit_tiles.median, p99: m.view_edit_tiles.p99 },
    { what: `${where}: a frame of a drag, preview to picture`, unit: 'ms', ours: m.drag_ms.median, p99: m.drag_ms.p99, peer: m.frame_direct_ms.median }
  ]
}

/** Emoji and icons from npm, each a frame of its own, on one page. */
function drawingRows () {
  const below = folder => readdirSync(folder, { recursive: true }).filter(path => path.endsWith('.svg')).sort().map(path => join(folder, path))
  const files = ['openmoji/color/svg', '@twemoji/svg', 'bootstrap-icons/icons'].flatMap(name => below(join(resolve('tools/node_modules'), name)))
  const m = jsonOf(join(resolve(values.bin), 'bench-scene'), ['drawings'], { timeoutMs: 900_000, input: files.join('\n') + '\n' })
  process.stderr.write(`${m.drawings} drawings: done\n`)
  const where = `${m.drawings.toLocaleString('en')} SVGs from npm, ${m.objects.toLocaleString('en')} nodes`
  return [
    { what: `${where}: import`, unit: 'ms', ours: m.import_ms, must: 30_000, aim: 8000 },
    { what: `${where}: scene made from the nodes`, unit: 'ms', ours: m.scene_ms },
    ...viewRowsOf(m, where)
  ]
}

const sizes = [10_000, 100_000, 1_000_000].filter(size => size <= Number(values.most))
const finished = [...drawingRows(), ...sizes.flatMap(size => ['rows', 'scattered'].flatMap(layout => rowsOf(measured(size, layout))))]
  .filter(({ what }) => !values.only || new RegExp(values.only).test(what))
  .map(row => ({
    ...row, ours: rounded(row.ours), ratio: row.peer ? rounded(row.peer / row.ours) : undefined,
    ok: row.must === undefined || (row.ours > 0 && row.ours <= row.must), aimMet: row.aim === undefined || (row.ours > 0 && row.ours <= row.aim)
  }))
const mark = (bound, met) => bound === undefined ? '' : met ? 'yes' : 'no'
console.log(`Machine: ${cpus().length} x ${cpus()[0].model.trim()}, load ${loadavg()[0].toFixed(1)}\n`)
console.log('| what | ours | 99th percentile | all anew | times faster | must | aim | must met | aim met |')
console.log('|---|---:|---:|---:|---:|---:|---:|---|---|')
for (const r of finished) {
  const cell = value => value === undefined ? '' : `${rounded(value)} ${r.unit}`
  console.log(`| ${r.what} | ${cell(r.ours)} | ${cell(r.p99)} | ${cell(r.peer)} | ${r.ratio ?? ''} | ${cell(r.must)} | ${cell(r.aim)} | ${mark(r.must, r.ok)} | ${mark(r.aim, r.aimMet)} |`)
}
mkdirSync(resolve(values.out), { recursive: true })
writeFileSync(join(resolve(values.out), 'scene.json'), JSON.stringify({ rows: finished }, null, 2) + '\n')
const missed = finished.filter(({ ok }) => !ok).length
console.log(missed ? `\n${missed} rows miss what they must reach` : '\nevery row reaches what it must')
process.exitCode = missed ? 1 : 0
