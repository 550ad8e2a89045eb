// What the tour counts and compares with.
import { readFileSync, writeFileSync } from 'node:fs'
import { inflateSync } from 'node:zlib'

export function check (condition, rule) {
  if (!condition) throw new Error(`broken rule: ${rule}`)
}

export async function waitUntil (what, condition, timeoutMs = 20_000) {
  const end = Date.now() + timeoutMs
  while (Date.now() < end) {
    if (await condition()) return
    await new Promise(resolveSoon => setTimeout(resolveSoon, 50))
  }
  throw new Error(`not within ${timeoutMs} ms: ${what}`)
}

/** mulberry32: the same seed gives the same tour. */
export function seededRandom (seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6D2B79F5) >>> 0
    let t = state
    t = Math.imul(t ^ t >>> 15, t | 1)
    t ^= t + Math.imul(t ^ t >>> 7, t | 61)
    return ((t ^ t >>> 14) >>> 0) / 4294967296
  }
}

/** Nodes made by each hand, and which of them a "synced" has covered since. */
export class Acknowledged {
  #made = new Map()
  #covered = new Set()

  made (hand, node) {
    this.#made.set(hand, [...(this.#made.get(hand) ?? []), node])
  }

  covered (...hands) {
    for (const hand of hands) for (const node of this.#made.get(hand) ?? []) this.#covered.add(node)
  }

  get count () { return this.#covered.size }

  missingFrom (canonicalJson) {
    return [...this.#covered].filter(node => !canonicalJson.includes(`"${node}"`))
  }
}

export class Report {
  #start = performance.now()
  #values = {}
  #steps = []
  constructor (seed) { this.#values.seed = seed }
  set (key, value) { this.#values[key] = value }
  step (name) {
    this.#steps.push({ name, atMs: Math.round(performance.now() - this.#start) })
    console.log(`  ${(this.#steps.at(-1).atMs / 1000).toFixed(1).padStart(5)} s  ${name}`)
  }
  get lastStep () { return this.#steps.at(-1)?.name ?? 'the start' }
  get durationMs () { return Math.round(performance.now() - this.#start) }
  write (path, failure) {
    writeFileSync(path, JSON.stringify({ ok: !failure, ...(failure ? { failure: String(failure) } : {}), durationMs: this.durationMs, ...this.#values, steps: this.#steps }, null, 2) + '\n')
  }
}

/** How far two PNGs are apart: largest and mean channel difference, pixels that differ at all. */
export async function comparePng (pathA, pathB) {
  const a = readPng(pathA)
  const b = readPng(pathB)
  if (a.width !== b.width || a.height !== b.height) return { sameSize: false, a: [a.width, a.height], b: [b.width, b.height] }
  let largest = 0
  let changed = 0
  let sum = 0
  for (let i = 0; i < a.width * a.height; ++i) {
    let here = 0
    // A fully transparent pixel has no colour to compare.
    if (a.at(i, 3) === 0 && b.at(i, 3) === 0) continue
    for (let c = 0; c < 4; ++c) {
      const difference = Math.abs(a.at(i, c) - b.at(i, c))
      here = Math.max(here, difference)
      sum += difference
    }
    largest = Math.max(largest, here)
    changed += here > 0
  }
  return { sameSize: true, largest, changed, mean: sum / (a.width * a.height * 4) }
}

/** Pixels of an RGB or RGBA PNG of 8 bits, not interlaced: at(pixel index, channel). */
export function readPng (path) {
  const bytes = readFileSync(path)
  check(bytes.subarray(1, 4).toString() === 'PNG', `${path} is a PNG`)
  const width = bytes.readUInt32BE(16)
  const height = bytes.readUInt32BE(20)
  const [depth, colorType, , , interlace] = bytes.subarray(24, 29)
  check(depth === 8 && interlace === 0 && (colorType === 6 || colorType === 2), `${path} is RGB or RGBA of 8 bits`)
  const channels = colorType === 6 ? 4 : 3
  const parts = []
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at)
    if (bytes.subarray(at + 4, at + 8).toString() === 'IDAT') parts.push(bytes.subarray(at + 8, at + 8 + length))
    at += 12 + length
  }
  const raw = inflateSync(Buffer.concat(parts))
  const stride = width * channels
  const pixels = Buffer.alloc(stride * height)
  for (let y = 0; y < height; ++y) {
    const filter = raw[y * (stride + 1)]
    for (let x = 0; x < stride; ++x) {
      const left = x >= channels ? pixels[y * stride + x - channels] : 0
      const up = y > 0 ? pixels[(y - 1) * stride + x] : 0
      const upLeft = y > 0 && x >= channels ? pixels[(y - 1) * stride + x - channels] : 0
      pixels[y * stride + x] = raw[y * (stride + 1) + 1 + x] + predict(filter, left, up, upLeft)
    }
  }
  return { width, height, at: (i, c) => c < channels ? pixels[i * channels + c] : 255 }
}

function predict (filter, left, up, upLeft) {
  switch (filter) {
    case 1: return left
    case 2: return up
    case 3: return (left + up) >> 1
    case 4: {
      const p = left + up - upLeft
      const pa = Math.abs(p - left)
      const pb = Math.abs(p - up)
      const pc = Math.abs(p - upLeft)
      return pa <= pb && pa <= pc ? left : pb <= pc ? up : upLeft
    }
    default: return 0
  }
}
