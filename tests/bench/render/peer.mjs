// One scene by a peer, one process: prints {"ms": CPU time of a frame, median of the repetitions}. What a peer keeps between
// frames (parsed SVG, path objects) is made before the clock starts.
//
//   node peer.mjs skia FOLDER SCENE REPETITIONS     retained Path2D of @napi-rs/canvas, from SCENE.json
//   node peer.mjs resvg FOLDER SCENE REPETITIONS    render() of @resvg/resvg-js, from SCENE.svg
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [engine, folder, scene, repetitions] = process.argv.slice(2)
const fontFolder = '/usr/share/fonts/opentype/inter'

async function skia () {
  const { Path2D, createCanvas } = await import('@napi-rs/canvas')
  const canvas = createCanvas(1920, 1080)
  const context = canvas.getContext('2d')
  const color = ({ hex, alpha }) => hex + Math.round(alpha * 255).toString(16).padStart(2, '0')
  const style = paint => {
    if (paint.kind === 'solid') return color(paint)
    const gradient = paint.kind === 'linear'
      ? context.createLinearGradient(...paint.from, ...paint.to)
      : context.createRadialGradient(...paint.center, 0, ...paint.center, paint.radius)
    for (const stop of paint.stops) gradient.addColorStop(stop.offset, color(stop))
    return gradient
  }
  const operations = JSON.parse(readFileSync(join(folder, `${scene}.json`), 'utf8')).map(({ kind, d, width, paint }) => ({ kind, width, path: new Path2D(d), style: style(paint) }))
  const draw = () => {
    context.fillStyle = '#fff'
    context.fillRect(0, 0, 1920, 1080)
    for (const { kind, path, style, width } of operations) {
      if (kind === 'fill') {
        context.fillStyle = style
        context.fill(path)
      } else {
        context.strokeStyle = style
        context.lineWidth = width
        context.stroke(path)
      }
    }
    canvas.data() // waits until all is drawn
  }
  return { draw, png: () => canvas.toBuffer('image/png') }
}

async function resvg () {
  const { Resvg } = await import('@resvg/resvg-js')
  const tree = new Resvg(readFileSync(join(folder, `${scene}.svg`), 'utf8'), {
    logLevel: 'off', font: { loadSystemFonts: false, fontDirs: [fontFolder], defaultFontFamily: 'Inter' }
  })
  let picture
  return { draw: () => { picture = tree.render() }, png: () => picture.asPng() }
}

const { draw, png } = await { skia, resvg }[engine]()
draw()
const times = []
for (let i = 0; i < Number(repetitions); ++i) {
  const before = process.cpuUsage()
  draw()
  const { user, system } = process.cpuUsage(before)
  times.push((user + system) / 1000)
}
times.sort((a, b) => a - b)
writeFileSync(join(folder, `${scene}.${engine}.png`), png())
console.log(JSON.stringify({ ms: times[times.length >> 1] }))
