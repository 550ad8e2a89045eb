// Part of ./dev gallery: the SVGs of tests/gallery/svg and samples drawn by both back ends and by resvg. Writes docs/gallery.md and its
// pictures, and says how far they are apart.
//
//   gallery.mjs --bin build/release/bin --docs docs
import { createCanvas, loadImage } from '@napi-rs/canvas'
import { Resvg } from '@resvg/resvg-js'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { bin: { type: 'string' }, docs: { type: 'string', default: 'docs' } } })
const folder = fileURLToPath(new URL('svg', import.meta.url))
const fonts = join(resolve(values.bin), '../share/fonts')
const pictures = join(values.docs, 'images', 'gallery')
const width = 480
const files = [...readdirSync(folder).sort().map(name => join(folder, name)), 'samples/poster.svg']
const words = { shapes: 'Shapes, fill rules, joins, caps, dashes', gradients: 'Gradients with focus, spread and patterns', masks: 'Clips, masks, group opacity', blends: 'The sixteen blend modes', filters: 'Shadow, blur, light, noise, morphology, colour', text: 'Text: runs, anchors, along a path, placed one by one', markers: 'Markers, symbols, nested drawings', poster: 'The sample poster' }

function tessera (svg, backend, png) {
  const { status, stderr } = spawnSync(join(resolve(values.bin), 'tessera'), ['render', svg, '--width', String(width), '--fonts', fonts, '--backend', backend, '-o', png], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}

function resvg (svg, png) {
  const fontFiles = readdirSync(fonts).filter(name => /\.(ttf|otf)$/.test(name)).map(name => join(fonts, name))
  writeFileSync(png, new Resvg(readFileSync(svg), { fitTo: { mode: 'width', value: width }, font: { loadSystemFonts: false, fontFiles, defaultFontFamily: 'Inter' } }).render().asPng())
}

async function pixels (png) {
  const image = await loadImage(png)
  const context = createCanvas(image.width, image.height).getContext('2d')
  context.drawImage(image, 0, 0)
  return context.getImageData(0, 0, image.width, image.height).data
}

/** Mean and largest difference of a channel, of 255. */
async function apart (a, b) {
  const [first, second] = await Promise.all([pixels(a), pixels(b)])
  if (first.length !== second.length) throw new Error(`${a} and ${b} have different sizes`)
  let sum = 0
  let most = 0
  for (let i = 0; i < first.length; ++i) {
    const d = Math.abs(first[i] - second[i])
    sum += d
    if (d > most) most = d
  }
  return { mean: sum / first.length, most }
}

mkdirSync(pictures, { recursive: true })
const rows = []
for (const svg of files) {
  const name = basename(svg, '.svg')
  const png = engine => join(pictures, `${name}-${engine}.png`)
  tessera(svg, 'cpu', png('cpu'))
  tessera(svg, 'vulkan', png('vulkan'))
  resvg(svg, png('resvg'))
  rows.push({ name, vulkan: await apart(png('cpu'), png('vulkan')), resvg: await apart(png('cpu'), png('resvg')) })
}

/** A part of another page, from its heading to the next. */
function section (page, heading) {
  const text = readFileSync(join(values.docs, page), 'utf8')
  const from = text.indexOf(`\n## ${heading}\n`)
  if (from < 0) throw new Error(`${page} has no ${heading}`)
  const to = text.indexOf('\n## ', from + 4)
  return text.slice(from + 1, to < 0 ? undefined : to).trim()
}
const table = (page, heading, header) => section(page, heading).split('\n\n').find(part => part.startsWith(header))

const digits = ({ mean, most }) => `${mean.toFixed(2)} / ${most}`
const page = `# Gallery
The same drawings by our CPU back end, by our Vulkan back end (lavapipe, in software) and by resvg. \`./dev gallery\` draws them from
\`tests/gallery/svg\` and writes this page. Differences are of 255, the mean over all channels and the largest one: back ends share the
coverage and round differently under blends; resvg has another anti-aliasing, so edges differ. The markers differ more: this resvg
does not know auto-start-reverse and turns those not at all.

| drawing | CPU to Vulkan, mean / most | CPU to resvg, mean / most |
|---|---:|---:|
${rows.map(row => `| ${words[row.name] ?? row.name} | ${digits(row.vulkan)} | ${digits(row.resvg)} |`).join('\n')}

${rows.map(({ name }) => `## ${words[name] ?? name}
| CPU | Vulkan | resvg |
|---|---|---|
| ![](images/gallery/${name}-cpu.png) | ![](images/gallery/${name}-vulkan.png) | ![](images/gallery/${name}-resvg.png) |
`).join('\n')}
## Conformance
${table('rendering.md', 'SVG fidelity', '| category')}

What the columns mean and what does not pass: [rendering.md](rendering.md#svg-fidelity).

## Speed
${table('benchmarks.md', 'Renderer', '| picture')}

How it is measured and what was tried: [benchmarks.md](benchmarks.md#renderer).
`
writeFileSync(join(values.docs, 'gallery.md'), page)
for (const row of rows) console.log(`${row.name}: Vulkan ${digits(row.vulkan)}, resvg ${digits(row.resvg)}`)
