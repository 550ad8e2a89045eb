// crdt-replay does small work right and refuses damaged work: a folder with traces of plain and of astral text, a
// concurrent one, a design document and the kinds of bench.mjs is replayed, by yjs too; then one file at a time is cut
// short, lengthened, changed or removed, and each time the program must end with status 1 and name the case and the
// file. The table of bench.mjs is checked with made-up numbers.
//
//   node tests/bench/crdt/check_replay.mjs PROGRAM
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { designUpdates } from './design.mjs'
import { listBytes, writeConcurrent, writeDesign, writeTrace } from './folder.mjs'
import { deletedStructs, halfDeletedNodes, manyClients } from './growth.mjs'
import { mixedLetters, plainLetters } from './random.mjs'
import { finishRows, tableOf } from './table.mjs'
import { concurrentTyping, scatteredEdits, typedEdits } from './typist.mjs'
import { Y } from './yjs.mjs'

const program = process.argv[2]
const work = mkdtempSync(join(tmpdir(), 'crdt-replay-'))
const good = join(work, 'good')

const replay = (folder, ...options) =>
  spawnSync(program, [folder, '--reps', '1', ...options], { encoding: 'utf8', timeout: 60_000 })

const linesOf = ({ stdout }) => stdout.split('\n').filter(Boolean).map(line => JSON.parse(line))

function writeGood () {
  mkdirSync(good)
  writeTrace(Y, good, 'automerge-paper', typedEdits(1, 1500, plainLetters))
  writeTrace(Y, good, 'astral', typedEdits(2, 1500, mixedLetters))
  writeTrace(Y, good, 'cut-pairs', typedEdits(3, 1500, mixedLetters, { splitPairs: 50 }))
  writeTrace(Y, good, 'scattered', scatteredEdits(4, 500, mixedLetters))
  writeTrace(Y, good, 'nothing', [])
  writeTrace(Y, good, 'started', typedEdits(7, 50, plainLetters), undefined, manyClients(300))
  const together = concurrentTyping(Y, { seed: 5, people: 3, updates: 600, letters: mixedLetters })
  writeConcurrent(good, 'three', together)
  writeFileSync(join(good, 'three.parts'), listBytes(together.updates))
  writeFileSync(join(good, 'three.merged'), Y.mergeUpdates(together.updates))
  writeFileSync(join(good, 'deleted.load'), deletedStructs(300))
  const { update, after } = halfDeletedNodes(Y, 30)
  writeFileSync(join(good, 'collect.load'), update)
  writeFileSync(join(good, 'collect.after'), after)
  writeDesign(Y, good, 60, designUpdates(Y, { seed: 6, nodes: 60 }))
}

function acceptsGoodWork () {
  const result = replay(good)
  assert.equal(result.status, 0, result.stderr)
  const lines = new Map(linesOf(result).map(line => [line.case, line]))
  assert.deepEqual([...lines.keys()], ['B4 automerge-paper', 'C three', 'D1s design 60 nodes', 'L collect', 'L deleted',
    'M three', 'T astral', 'T cut-pairs', 'T nothing', 'T scattered', 'T started'])
  for (const line of lines.values()) assert.equal(line.engine, 'tessera')
  const keysOf = name => new Set(Object.keys(lines.get(name)))
  const has = (name, keys) => { for (const key of keys) assert.ok(keysOf(name).has(key), `${name} lacks ${key}`) }
  has('T astral', ['local_ms', 'local_med_ms', 'encode_ms', 'load_ms', 'doc_bytes', 'update_bytes', 'end_chars', 'ops', 'mem_rss_bytes'])
  has('C three', ['remote_ms', 'encode_ms', 'load_ms', 'doc_bytes', 'update_bytes', 'updates'])
  has('D1s design 60 nodes', ['merge8_ms', 'merge_small_ms', 'encode_ms', 'load_ms', 'read_ms', 'doc_bytes', 'checksum', 'mem_rss_bytes'])
  assert.equal(lines.get('T astral').end_chars, readFileSync(join(good, 'astral.end'), 'utf8').length)
  assert.equal(lines.get('C three').updates, 600)
  const only = linesOf(replay(good, '--only', '^T a', '--no-memory'))
  assert.deepEqual(only.map(line => [line.case, 'mem_rss_bytes' in line]), [['T astral', false]])
}

/** What the peer of bench.mjs makes of the same files has the same sizes, so both do the same work. */
function peerAgrees () {
  const peer = fileURLToPath(new URL('peer.mjs', import.meta.url))
  for (const line of linesOf(replay(good, '--no-memory'))) {
    const result = spawnSync(process.execPath, ['--expose-gc', peer, good, line.case, '1'], { encoding: 'utf8', timeout: 60_000 })
    assert.equal(result.status, 0, `${line.case}: ${result.stderr}`)
    const theirs = JSON.parse(result.stdout)
    for (const key of ['case', ...Object.keys(theirs).filter(key => /_bytes$|^(ops|updates|txs)$/.test(key))]) {
      assert.equal(theirs[key], line[key], `${line.case}: ${key}`)
    }
    for (const key of Object.keys(theirs).filter(key => key.endsWith('_ms'))) assert.ok(key in line, `${line.case}: ${key}`)
  }
}

function judgesRows () {
  const measured = new Map([
    ['small', { t_ms: { ours: 1, peer: 10, ratio: 0.1 } }],
    ['large', { t_ms: { ours: 30, peer: 100, ratio: 0.3 }, mem_rss_bytes: { ours: 5e6, peer: 10e6, ratio: 0.5 }, items: { live: 50_000, dead: 0 } }]
  ])
  const small = { what: 'small', title: 'small', metric: 't_ms', unit: 'ms', must: 0.2, aim: 0.05 }
  const large = { what: 'large', title: 'large', metric: 't_ms', unit: 'ms', must: 'linear', aim: 0.5, linear: { from: small, most: 15 } }
  const memory = { what: 'memory', title: 'large', metric: 'mem_rss_bytes', unit: 'MB', must: 0.25, aim: 'budget' }
  const growth = { what: 'growth', unit: 'x', growth: { from: small, to: large }, must: 35, aim: 11, of: 'ours' }
  const alone = { ...small, what: 'alone', title: 'alone' }
  measured.set('alone', { t_ms: { ours: 2, peer: NaN, ratio: NaN } })
  const rows = finishRows([small, large, memory, growth], measured)
  const [unrivalled] = finishRows([{ ...alone, must: undefined, aim: undefined }], measured)
  assert.deepEqual([unrivalled.ours, unrivalled.peer, unrivalled.ratio, unrivalled.ok], [2, null, null, null])
  assert.deepEqual(rows.map(({ ours, ratio, aim, ok, aimMet }) => [ours, ratio, aim, ok, aimMet]),
    [[1, 0.1, 0.05, true, false], [30, 0.3, 0.5, false, true], [5, 0.5, 0.32, false, false], [30, 3, 11, true, false]])
  assert.match(tableOf(rows), /\| memory \| 10 MB \| 5 MB \| 0.5 \| 0.25 \| 0.32 \| no \| no \|/)
}

/** One file of the good folder changed; `change` gets its bytes and returns others, or null to remove it. */
function refuses (what, caseName, file, change, named = file) {
  const folder = join(work, 'damaged')
  cpSync(good, folder, { recursive: true })
  const path = join(folder, file)
  const bytes = change(readFileSync(path))
  if (bytes) writeFileSync(path, bytes)
  else rmSync(path)
  const result = replay(folder, '--no-memory')
  rmSync(folder, { recursive: true })
  assert.equal(result.status, 1, `${file} ${what}: status ${result.status} ${result.signal ?? ''}`)
  const told = result.stderr.split('\n').filter(line => line.includes(caseName) && line.includes(named))
  assert.equal(told.length, 1, `${file} ${what}: told ${JSON.stringify(result.stderr)}`)
  assert.ok(!linesOf(result).some(line => line.case === caseName), `${file} ${what}: a line was printed`)
}

const cut = at => bytes => bytes.subarray(0, at < 0 ? bytes.length + at : at)
const longer = bytes => Buffer.concat([bytes, Buffer.from([0])])
const patched = (at, values) => bytes => { const copy = Buffer.from(bytes); copy.set(values, at); return copy }
const swapped = (from, to) => bytes => {
  const at = bytes.indexOf(from)
  assert.ok(at >= 0)
  return patched(at, Buffer.from(to))(bytes)
}

function refusesDamagedTraces () {
  const is = (what, file, change, named) => refuses(what, 'T astral', file, change, named)
  is('empty', 'astral.ops', cut(0))
  is('cut short', 'astral.ops', cut(-1))
  is('cut between edits', 'astral.ops', cut(4))
  is('longer', 'astral.ops', longer)
  is('claiming more edits', 'astral.ops', patched(0, [255, 255, 255, 255]))
  is('claiming a huge insert', 'astral.ops', patched(12, [255, 255, 255, 255]))
  is('with a position past the end', 'astral.ops', patched(4, [1, 0, 0, 0]))
  is('with a delete past the end', 'astral.ops', patched(8, [1, 0, 0, 0]))
  is('not UTF-8', 'astral.ops', swapped('😀', [0xf0, 0x9f, 0x98, 0x20]))
  is('with another letter', 'astral.ops', swapped('😀', '😁'), 'astral.end')
  is('removed', 'astral.ops', () => null)
  is('with another letter', 'astral.end', swapped('😀', '😁'))
  is('cut short', 'astral.end', cut(-1))
  is('removed', 'astral.end', () => null)
  is('cut short', 'astral.yjs', cut(-1))
  is('longer', 'astral.yjs', longer)
  is('of another client', 'astral.yjs', bytes => patched(bytes.indexOf(1, 1), [2])(bytes))
  is('removed', 'astral.yjs', () => null)
  refuses('cut short', 'T started', 'started.start', cut(-1))
  refuses('removed', 'T started', 'started.start', () => null, 'started.yjs')
}

function refusesDamagedUpdates () {
  const is = (what, file, change, named) => refuses(what, 'C three', file, change, named)
  is('cut short', 'three.conc', cut(-1))
  is('longer', 'three.conc', longer)
  is('claiming more updates', 'three.conc', patched(0, [255, 255, 255, 255]))
  is('claiming a huge update', 'three.conc', patched(4, [255, 255, 255, 127]))
  is('with an update that is none', 'three.conc', patched(8, [255, 255, 255, 255]))
  is('without its first update', 'three.conc', bytes => {
    const rest = Buffer.from(bytes.subarray(4 + bytes.readUInt32LE(4)))
    rest.writeUInt32LE(bytes.readUInt32LE(0) - 1)
    return rest
  })
  is('with another letter', 'three.end', bytes => longer(cut(-1)(bytes)))
  is('removed', 'three.end', () => null)
  refuses('cut short', 'M three', 'three.parts', cut(-1))
  refuses('without an update', 'M three', 'three.parts', bytes => listBytes([bytes.subarray(8, 8 + bytes.readUInt32LE(4))]), 'three.merged')
  refuses('removed', 'M three', 'three.merged', () => null)
  refuses('cut short', 'L collect', 'collect.load', cut(-1))
  refuses('longer', 'L collect', 'collect.after', longer)
  refuses('removed', 'L collect', 'collect.after', () => null, 'collect.load')
}

function refusesDamagedDesigns () {
  const is = (what, file, change, named) => refuses(what, 'D1s design', file, change, named)
  for (const file of ['design.base', 'design.full', 'design.diffs', 'design.small']) {
    is('cut short', file, cut(-1))
    is('removed', file, () => null)
  }
  is('longer', 'design.full', longer)
  is('with another value', 'design.full', swapped('Layer 1', 'Layer 2'))
  is('with another value', 'design.base', swapped('Layer 1', 'Layer 2'), 'design.full')
  is('with other values', 'design.small', bytes => Buffer.from(bytes.toString('latin1').replaceAll('Layer', 'Other'), 'latin1'))
  is('with another count', 'design.sum', () => '{"values":732}\n')
  is('with another checksum', 'design.sum', () => '{"values":720,"checksum":1}\n')
  is('not JSON', 'design.sum', () => 'values', 'design.sum')
  is('removed', 'design.sum', () => null)
}

function refusesWrongUse () {
  const empty = join(work, 'empty')
  mkdirSync(empty)
  assert.equal(replay(empty).status, 1)
  assert.equal(replay(join(work, 'missing')).status, 1)
  assert.equal(spawnSync(program, []).status, 2)
  assert.equal(spawnSync(program, [good, '--only', '(']).status, 2)
}

writeGood()
acceptsGoodWork()
peerAgrees()
judgesRows()
refusesDamagedTraces()
refusesDamagedUpdates()
refusesDamagedDesigns()
refusesWrongUse()
rmSync(work, { recursive: true })
console.log('crdt-replay: good work accepted, damaged work refused')
