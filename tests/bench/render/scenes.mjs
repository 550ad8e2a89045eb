// Five pictures of 1920 x 1080, the same in every run: many paths with strokes and gradients (S1), their fills alone in plain
// colours (S1F), a hundred thousand rounded boxes with labels (S2), a poster of nested groups, blends, clips and shadows (S3)
// and five thousand icons (S4). Each is an SVG; S1 and S1F are lists of operations too, for peers that draw paths.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deflateSync } from 'node:zlib'
import { randomOf } from '../../support/random.mjs'

const width = 1920
const height = 1080
const round = value => Math.round(value * 100) / 100
const byte = value => Math.round(value).toString(16).padStart(2, '0')

const colorOf = random => `#${byte(random.below(256))}${byte(random.below(256))}${byte(random.below(256))}`
const anyColor = (random, least = 0.6) => ({ hex: colorOf(random), alpha: round(least + (1 - least) * random.unit()) })

/** A closed curve through points around a centre. */
function blob (random, { x, y }, radius) {
  const count = random.between(4, 8)
  const points = Array.from({ length: count }, (_, i) => {
    const angle = i / count * 2 * Math.PI
    const distance = radius * (0.6 + 0.6 * random.unit())
    return [x + distance * Math.cos(angle), y + distance * Math.sin(angle)]
  })
  const at = i => points[(i + count) % count]
  let d = `M${round(points[0][0])} ${round(points[0][1])}`
  for (let i = 0; i < count; ++i) {
    const bend = 0.25 + 0.2 * random.unit()
    const handle = (from, a, b, sign) => [0, 1].map(axis => round(from[axis] + sign * (b[axis] - a[axis]) * bend))
    d += `C${handle(at(i), at(i - 1), at(i + 1), 1).join(' ')} ${handle(at(i + 1), at(i), at(i + 2), -1).join(' ')} ${at(i + 1).map(round).join(' ')}`
  }
  return d + 'Z'
}

function paintOf (random, { x, y }, radius) {
  const kind = random.below(4)
  if (kind < 2) return { kind: 'solid', ...anyColor(random) }
  const last = kind === 2 ? 2 : 1
  const stops = Array.from({ length: last + 1 }, (_, i) => ({ offset: i / last, ...anyColor(random) }))
  return kind === 2
    ? { kind: 'linear', from: [round(x - radius), round(y - radius)], to: [round(x + radius), round(y + radius)], stops }
    : { kind: 'radial', center: [round(x), round(y)], radius: round(radius * 1.1), stops }
}

/** Writes elements and the gradients and clips they use. */
class SvgWriter {
  constructor () { this.defs = []; this.body = []; this.next = 0 }

  paint (paint, property) {
    if (paint.kind === 'solid' || !paint.kind) return `${property}="${paint.hex}"${paint.alpha < 1 ? ` ${property}-opacity="${paint.alpha}"` : ''}`
    const id = `p${this.next++}`
    const stops = paint.stops.map(({ offset, hex, alpha }) => `<stop offset="${offset}" stop-color="${hex}" stop-opacity="${alpha}"/>`).join('')
    this.defs.push(paint.kind === 'linear'
      ? `<linearGradient id="${id}" gradientUnits="userSpaceOnUse" x1="${paint.from[0]}" y1="${paint.from[1]}" x2="${paint.to[0]}" y2="${paint.to[1]}">${stops}</linearGradient>`
      : `<radialGradient id="${id}" gradientUnits="userSpaceOnUse" cx="${paint.center[0]}" cy="${paint.center[1]}" r="${paint.radius}">${stops}</radialGradient>`)
    return `${property}="url(#${id})"`
  }

  add (element) { this.body.push(element) }
  within (open, close, draw) { this.add(open); draw(); this.add(close) }

  clip (d, draw) {
    const id = `c${this.next++}`
    this.defs.push(`<clipPath id="${id}"><path d="${d}"/></clipPath>`)
    this.within(`<g clip-path="url(#${id})">`, '</g>', draw)
  }

  shadow (blur, dx, dy, alpha, draw) {
    const id = `f${this.next++}`
    this.defs.push(`<filter id="${id}" x="-30%" y="-30%" width="160%" height="160%" color-interpolation-filters="sRGB">` +
      `<feDropShadow dx="${dx}" dy="${dy}" stdDeviation="${blur}" flood-color="#000" flood-opacity="${alpha}"/></filter>`)
    this.within(`<g filter="url(#${id})">`, '</g>', draw)
  }

  group (opacity, blend, draw) { this.within(`<g opacity="${opacity}" style="mix-blend-mode:${blend};isolation:isolate">`, '</g>', draw) }
  text (x, y, size, fill, content) { this.add(`<text x="${x}" y="${y}" font-family="Inter" font-size="${size}" fill="${fill}">${content}</text>`) }

  toString () {
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><defs>${this.defs.join('')}</defs>` +
      `<rect width="${width}" height="${height}" fill="#fff"/>${this.body.join('\n')}</svg>`
  }
}

/** S1, and S1F of the same outlines. */
function paths () {
  const random = randomOf(1)
  const operations = []
  for (let i = 0; i < 10_000; ++i) {
    const center = { x: random.unit() * width, y: random.unit() * height }
    const radius = 8 + 52 * random.unit() ** 2
    const d = blob(random, center, radius)
    operations.push({ kind: 'fill', d, paint: paintOf(random, center, radius) })
    operations.push({ kind: 'stroke', d, width: round(0.5 + 3 * random.unit()), paint: { kind: 'solid', ...anyColor(random) } })
  }
  const plain = operations.filter(({ kind }) => kind === 'fill')
    .map(({ kind, d, paint }) => ({ kind, d, paint: paint.stops ? { kind: 'solid', ...paint.stops.at(-1) } : paint }))
  return { S1: operations, S1F: plain }
}

function svgOf (operations) {
  const svg = new SvgWriter()
  for (const { kind, d, paint, width: pen } of operations) {
    svg.add(kind === 'fill' ? `<path d="${d}" ${svg.paint(paint, 'fill')}/>` : `<path d="${d}" fill="none" ${svg.paint(paint, 'stroke')} stroke-width="${pen}"/>`)
  }
  return svg.toString()
}

function boxes () {
  const random = randomOf(2)
  const svg = new SvgWriter()
  for (let i = 0; i < 100_000; ++i) {
    const [w, h] = [round(4 + 20 * random.unit()), round(4 + 14 * random.unit())]
    const [x, y] = [round(random.unit() * width), round(random.unit() * height)]
    svg.add(`<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${round(Math.min(w, h) / 4)}" ${svg.paint(anyColor(random), 'fill')}/>`)
    if (i % 10 === 0) svg.text(x, round(y + h), 9, '#202020', `Label ${i}`)
  }
  return svg.toString()
}

/** A PNG of soft colours, as a data URL. */
function photo (w, h) {
  const random = randomOf(77)
  const rows = Buffer.alloc((w * 3 + 1) * h)
  for (let y = 0; y < h; ++y) {
    for (let x = 0; x < w; ++x) {
      const grain = random.below(18)
      const at = y * (w * 3 + 1) + 1 + x * 3
      rows[at] = 110 + 90 * Math.sin(x / 170 + y / 310) + grain
      rows[at + 1] = 120 + 80 * Math.sin(x / 330 - y / 120) + grain
      rows[at + 2] = 130 + 80 * Math.cos(x / 90 + y / 200) + grain
    }
  }
  const table = Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; ++k) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n >>> 0 })
  const crc = bytes => { let c = 0xffffffff; for (const b of bytes) c = table[(c ^ b) & 255] ^ (c >>> 8); return (c ^ 0xffffffff) >>> 0 }
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data])
    const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    size.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc(body))
    return Buffer.concat([size, body, sum])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(w, 0)
  header.writeUInt32BE(h, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
  return `data:image/png;base64,${png.toString('base64')}`
}

function poster () {
  const random = randomOf(3)
  const svg = new SvgWriter()
  const blends = ['multiply', 'screen', 'overlay', 'soft-light', 'darken', 'color-dodge', 'difference', 'luminosity']
  svg.defs.push(`<image id="photo" width="1024" height="768" href="${photo(1024, 768)}"/>`)
  const place = (x, y, w, h) => svg.add(`<use href="#photo" transform="translate(${x} ${y}) scale(${w / 1024} ${h / 768})"/>`)
  const blobs = (count, x, y, w, h, least, most) => {
    for (let i = 0; i < count; ++i) {
      const center = { x: x + random.unit() * w, y: y + random.unit() * h }
      const radius = least + (most - least) * random.unit()
      svg.add(`<path d="${blob(random, center, radius)}" ${svg.paint(paintOf(random, center, radius), 'fill')}/>`)
    }
  }
  svg.group(0.9, 'normal', () => svg.group(0.8, 'multiply', () => blobs(60, 0, 0, width, height, 60, 240)))
  for (let i = 0; i < 24; ++i) {
    const [x, y, w, h] = [40 + i % 6 * 310, 40 + Math.floor(i / 6) * 255, 280, 225]
    svg.shadow(8, 0, 6, 0.45, () => svg.add(`<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="16" fill="#fff"/>`))
    svg.clip(`M${x + 22} ${y + 10}h${w - 44}q12 0 12 12v96q0 12 -12 12h${44 - w}q-12 0 -12 -12v-96q0 -12 12 -12z`, () => {
      place(x + 10, y + 10, w - 20, 120)
      svg.group(0.7, blends[i % 8], () => {
        blobs(6, x, y, w, 130, 30, 80)
        svg.group(0.5, blends[(i + 3) % 8], () => svg.add(`<rect x="${x}" y="${y + 40}" width="${w}" height="40" fill="#f80"/>`))
      })
    })
    svg.text(x + 16, y + 160, 22, '#1a1a2a', `Poster card ${i}`)
    svg.text(x + 16, y + 184, 12, '#555566', 'Nested groups, blends and clips')
    svg.shadow(3, 0, 2, 0.5, () => svg.add(`<rect x="${x + w - 90}" y="${y + h - 40}" width="76" height="26" rx="13" fill="#5566ff"/>`))
  }
  svg.group(0.85, 'overlay', () => svg.clip(blob(random, { x: 960, y: 540 }, 420), () => svg.group(0.6, 'normal', () => place(500, 120, 920, 840))))
  svg.shadow(14, 4, 8, 0.6, () => svg.text(300, 600, 150, '#fff', 'Launch Week'))
  return svg.toString()
}

function icons () {
  const random = randomOf(4)
  const svg = new SvgWriter()
  const root = fileURLToPath(new URL('../../../tools/node_modules/@tabler/icons/icons', import.meta.url))
  const all = ['filled', 'outline'].flatMap(kind => readdirSync(join(root, kind)).sort().map(name => [kind, name]))
  for (let i = 0; i < 5000; ++i) {
    const [kind, name] = all[Math.floor(i * all.length / 5000)]
    const source = readFileSync(join(root, kind, name), 'utf8')
    const color = colorOf(random)
    const paint = kind === 'filled' ? `fill="${color}"` : `fill="none" stroke="${color}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"`
    const drawn = [...source.matchAll(/<path\b([^>]*)>/g)].filter(([, attributes]) => !/stroke="none"[^>]*fill="none"/.test(attributes))
      .map(([, attributes]) => `<path d="${/\bd="([^"]+)"/.exec(attributes)[1]}"/>`).join('')
    svg.add(`<g transform="translate(${round(i % 100 * 19.2 + 0.6)} ${round(Math.floor(i / 100) * 21.6 + 1.8)}) scale(.75)" ${paint}>${drawn}</g>`)
  }
  return svg.toString()
}

/** Writes NAME.svg of every scene, and NAME.json with the operations of S1 and S1F. */
export function writeScenes (folder) {
  for (const [name, operations] of Object.entries(paths())) {
    writeFileSync(join(folder, `${name}.svg`), svgOf(operations))
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(operations))
  }
  writeFileSync(join(folder, 'S2.svg'), boxes())
  writeFileSync(join(folder, 'S3.svg'), poster())
  writeFileSync(join(folder, 'S4.svg'), icons())
}
