// ./dev sweep: every SVG of ten icon and emoji packages from npm through the importer and the renderer. None may crash, hang or be
// refused; of all 99.5 % must become nodes without keeping markup (svgRaw). Packages that the repository's tools do not have
// are installed into OUT. Prints a table and writes OUT/sweep.json.
//
//   sweep.mjs --bin PROGRAM --out build/sweep [--only REGEX]
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { bin: { type: 'string' }, out: { type: 'string', default: 'build/sweep' }, only: { type: 'string' } } })
const mustPercent = 99.5
const aimPercent = 99.9
const out = resolve(values.out)
const installed = ['openmoji', '@tabler/icons', 'bootstrap-icons', 'lucide-static', '@twemoji/svg'].map(name => ({ name, folder: join(resolve('tools/node_modules'), name) }))
const more = { '@mdi/svg': '7.4.47', '@phosphor-icons/core': '2.1.1', '@fluentui/svg-icons': '1.1.343', 'simple-icons': '16.37.0', remixicon: '4.9.1' }

function install () {
  const missing = Object.keys(more).filter(name => !existsSync(join(out, 'node_modules', name)))
  if (missing.length === 0) return
  process.stderr.write(`installing ${missing.join(', ')} into ${values.out}\n`)
  mkdirSync(out, { recursive: true })
  writeFileSync(join(out, 'package.json'), '{"private":true}\n') // a project of its own, so that npm installs here
  const { status } = spawnSync('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...Object.entries(more).map(([name, version]) => `${name}@${version}`)], { cwd: out, stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error('npm install failed')
}

const svgsBelow = folder => readdirSync(folder, { recursive: true }).filter(path => path.endsWith('.svg')).sort().map(path => join(folder, path))

/** One run over all files; after a file that ends the program the rest goes on. */
function sweep (files) {
  const lines = []
  const crashed = []
  for (let rest = files; rest.length > 0;) {
    const { status, signal, stdout, stderr } = spawnSync(resolve(values.bin), { input: rest.join('\n') + '\n', encoding: 'utf8', maxBuffer: 1 << 28 })
    lines.push(...stdout.split('\n').filter(Boolean).map(line => JSON.parse(line)))
    if (status === 0) break
    const last = stderr.trimEnd().split('\n').pop()
    const at = rest.indexOf(last)
    if (at < 0) throw new Error(`${values.bin}: ${last}`)
    crashed.push({ file: last, signal: signal ?? `exit ${status}` })
    rest = rest.slice(at + 1)
  }
  const sums = {}
  for (const line of lines.filter(line => 'files' in line)) for (const [name, value] of Object.entries(line)) sums[name] = name === 'slowestMs' ? Math.max(sums[name] ?? 0, value) : (sums[name] ?? 0) + value
  return { ...sums, files: files.length, crashed, problems: lines.filter(line => 'file' in line) }
}

install()
const packages = [...installed, ...Object.keys(more).map(name => ({ name, folder: join(out, 'node_modules', name) }))].filter(({ name }) => !values.only || new RegExp(values.only).test(name))
const rows = packages.map(({ name, folder }) => {
  const row = { name, ...sweep(svgsBelow(folder)) }
  process.stderr.write(`${name}: ${row.files} files\n`)
  return row
})
const sum = key => rows.reduce((total, row) => total + (typeof row[key] === 'object' ? row[key].length : row[key] ?? 0), 0)
const all = { name: 'all', files: sum('files'), nodes: sum('nodes'), refused: sum('refused'), withSvgRaw: sum('withSvgRaw'), importMs: sum('importMs'), drawMs: sum('drawMs'), slowestMs: Math.max(...rows.map(row => row.slowestMs ?? 0)), crashed: { length: sum('crashed') } }
console.log('| package | files | nodes | crashed or hung | refused | with svgRaw | import, CPU s | drawn at 64 px, CPU s | slowest, ms |')
console.log('|---|---:|---:|---:|---:|---:|---:|---:|---:|')
for (const row of [...rows, all]) console.log(`| ${row.name} | ${row.files} | ${row.nodes} | ${row.crashed.length} | ${row.refused} | ${row.withSvgRaw} | ${(row.importMs / 1000).toFixed(1)} | ${(row.drawMs / 1000).toFixed(1)} | ${row.slowestMs.toFixed(0)} |`)
for (const row of rows) {
  for (const { file, signal } of row.crashed) console.log(`crashed (${signal}): ${file}`)
  for (const problem of row.problems.slice(0, 20)) console.log(JSON.stringify(problem))
}
const percent = 100 * (all.files - all.withSvgRaw - all.refused) / all.files
const ok = percent >= mustPercent && all.crashed.length === 0
console.log(`\n${percent.toFixed(3)} % become nodes only (must ${mustPercent}, aim ${aimPercent}): ${ok ? 'met' : 'missed'}`)
writeFileSync(join(out, 'sweep.json'), JSON.stringify({ percent, must: mustPercent, aim: aimPercent, ok, rows }, null, 1) + '\n')
process.exitCode = ok ? 0 : 1
