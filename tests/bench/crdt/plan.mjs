// What is measured and what is asked of it. A case is work that both engines do; a row is one figure of a case.
import { editsAmongClients, sizesOf } from './prepare.mjs'

const number = value => value.toLocaleString('en-US')
const designTitle = nodes => nodes >= 50000 ? `D1 design ${nodes / 1000}k nodes` : `D1s design ${nodes % 1000 === 0 ? nodes / 1000 + 'k' : nodes} nodes`

/** Repetitions in one process of each engine, and rounds of a yjs and one of our processes. */
const effortOf = title => {
  if (/-long$/.test(title)) return { yjs: 0, ours: 5, rounds: 3 } // hours for yjs
  if (/^L deleted-10000000$/.test(title)) return { yjs: 1, ours: 2, rounds: 1 }
  if (/^(D1 |T scattered-100000$|T clients-100000$)/.test(title)) return { yjs: 1, ours: 4, rounds: 2 }
  if (/^M parts-10000$/.test(title)) return { yjs: 2, ours: 12, rounds: 3 }
  if (/^(B4|L deleted-1000000$|L collect-18000$)/.test(title)) return { yjs: 2, ours: 3, rounds: 3 }
  if (/^D1s/.test(title)) return { yjs: 3, ours: 4, rounds: 3 }
  if (/^(T (rust|svelte|scattered-10000)|C |L deleted-100000$)/.test(title)) return { yjs: 4, ours: 5, rounds: 3 }
  return { yjs: 12, ours: 12, rounds: 3 }
}

/** Must and aim are ratios to yjs unless `of` is 'ours'. */
const issueRows = quick => {
  const [paper, d1s, d1] = ['B4 automerge-paper', designTitle(5000), designTitle(50000)]
  const designs = quick ? [d1s] : [d1s, d1]
  const each = (titles, what, metric, must, aim) => titles.map(title => ({ what: `${title}: ${what}`, title, metric, unit: 'ms', must, aim }))
  return [
    ...each([paper], 'local edits, a transaction each, with update events', 'local_ms', 0.08, 0.02),
    ...each([paper], 'load', 'load_ms', 0.05, 0.015),
    ...each(['T rustcode', 'T sveltecomponent'], 'local edits', 'local_ms', 0.10, 0.03),
    ...each(['C four-people'], 'remote apply of 26,000 single updates', 'remote_ms', 0.08, 0.03),
    ...each(designs, 'load', 'load_ms', 0.15, 0.05),
    ...each(designs, 'merge of 8 diffs', 'merge8_ms', 0.25, 0.08),
    ...each(designs, 'merge of the small updates one by one', 'merge_small_ms', 0.15, 0.05),
    ...each(designs, 'encode', 'encode_ms', 0.08, 0.02),
    ...each(designs, 'read all values after load', 'read_ms', 0.4, 0.15),
    { what: `${d1s}: resident memory`, title: d1s, metric: 'mem_rss_bytes', unit: 'MB', must: 0.25, aim: 'budget' },
    ...(quick ? [] : [{ what: `${d1}: resident memory per item`, title: d1, metric: 'item_bytes', unit: 'B', must: 120, aim: 'budget', of: 'ours' }])
  ]
}

/**
 * Work at three sizes. `most` bounds what ten times the size (the last step) may take: 15 times the time for work that is
 * linear, with room for caches; for transactions among many clients twice the time over the whole range.
 */
const growthWork = quick => {
  const sizes = sizesOf(quick)
  return [
    { what: 'insertions of a letter anywhere', sizes: sizes.scattered, title: size => `T scattered-${size}`, metric: 'local_ms', most: 15 },
    { what: 'load of a design of n nodes', sizes: sizes.design, title: designTitle, metric: 'load_ms', most: 15 },
    { what: 'small updates of n nodes one by one', sizes: sizes.design, title: designTitle, metric: 'merge_small_ms', most: 15 },
    { what: 'a transaction in a document of n clients', sizes: sizes.clients, title: size => `T clients-${size}`, metric: 'local_ms', unit: 'µs', scale: 1000 / editsAmongClients },
    { what: 'the same, 10,000 transactions (ours alone)', sizes: sizes.clients, title: size => `T clients-${size}-long`, metric: 'local_ms', unit: 'µs', scale: 1000 / 10_000, most: 2, overall: true },
    { what: 'load of n deleted structs', sizes: sizes.deleted, title: size => `L deleted-${size}`, metric: 'load_ms', most: 15, must: 'linear', aim: 0.02 },
    { what: 'merging n updates', sizes: sizes.parts, title: size => `M parts-${size}`, metric: 'merge_ms', most: 15, must: 'linear', aim: 0.02 },
    { what: 'load and collection of n nodes, half of them deleted (18,000: 6 MB)', sizes: sizes.halfDeleted, title: size => `L collect-${size}`, metric: 'load_ms', most: 15, must: 'linear', aim: 0.02 }
  ]
}

const growthRows = quick => growthWork(quick).flatMap(work => {
  const row = size => ({ what: `${work.what}: ${number(size)}`, title: work.title(size), metric: work.metric, unit: work.unit ?? 'ms', scale: work.scale ?? 1 })
  const rows = work.sizes.map(row)
  const [from, to] = [work.overall ? rows[0] : rows.at(-2), rows.at(-1)]
  const [fromSize, toSize] = [work.overall ? work.sizes[0] : work.sizes.at(-2), work.sizes.at(-1)]
  if (!work.most) return rows
  if (work.must) Object.assign(to, { must: work.must, aim: work.aim, linear: { from, most: work.most } })
  const growth = { what: `${work.what}: growth from ${number(fromSize)} to ${number(toSize)}`, unit: 'x', growth: { from, to }, must: work.most, aim: work.overall ? 1.2 : 11, of: 'ours' }
  return [...rows, growth]
})

/** Rows in the order of the table, and the cases they need. */
export function planOf ({ quick, only }) {
  const wanted = rows => rows.filter(row => !only || only.test(row.what) || (row.title && only.test(row.title)))
  const rows = [...wanted(issueRows(quick)), ...wanted(growthRows(quick))]
  const titles = new Set(rows.flatMap(row => row.growth ? [row.growth.from.title, row.growth.to.title] : [row.title, ...(row.linear ? [row.linear.from.title] : [])]))
  const memoryTitles = new Set(rows.filter(row => /bytes$/.test(row.metric)).map(row => row.title))
  const cases = [...titles].map(title => ({ title, memory: memoryTitles.has(title), ...effortOf(title) }))
  return { rows, cases: quick ? cases.map(one => ({ ...one, rounds: 1 })) : cases }
}

/** Nodes of a design case's title; its folder depends on them. */
export const nodesOf = title => {
  const match = /^D1s? design ([\d.]+)(k?) nodes$/.exec(title)
  return match ? Number(match[1]) * (match[2] ? 1000 : 1) : null
}
