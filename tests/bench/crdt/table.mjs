// From measured numbers to rows and a table.

/** Numbers of a peer that was not run are NaN while we count and null in a row. */
const round = value => Number.isNaN(value) ? null : Number(value.toPrecision(3))
const inUnit = { ms: 1, µs: 1, x: 1, B: 1, MB: 1e-6 }

/** Memory that 64 bytes for each live struct and 16 for each tombstone come to. */
const budgetBytes = ({ live, dead }) => 64 * live + 16 * dead

function aimOf (row, metrics) {
  if (row.aim !== 'budget') return row.aim ?? null
  const bytes = budgetBytes(metrics.items)
  return row.of === 'ours' ? bytes / (metrics.items.live + metrics.items.dead) : bytes / metrics.mem_rss_bytes.peer
}

function growthOf ({ from, to }, measured) {
  const [low, high] = [from, to].map(({ title, metric }) => measured.get(title)[metric])
  return { ours: high.ours / low.ours, peer: high.peer / low.peer, ratio: (high.ours / low.ours) / (high.peer / low.peer) }
}

function finish (row, measured) {
  const metrics = row.growth ? null : measured.get(row.title)
  const { ours, peer, ratio } = row.growth ? growthOf(row.growth, measured) : metrics[row.metric]
  const factor = inUnit[row.unit] * (row.scale ?? 1)
  const judged = row.of === 'ours' ? ours : ratio
  const aim = aimOf(row, metrics)
  const linear = row.linear ? growthOf({ from: row.linear.from, to: row }, measured).ours <= row.linear.most : null
  return {
    what: row.what,
    ours: round(ours * factor),
    peer: round(peer * factor),
    unit: row.unit,
    ratio: round(ratio),
    must: row.must ?? null,
    aim: aim === null ? null : round(aim),
    of: row.of ?? 'ratio',
    ok: row.linear ? linear : row.must === undefined ? null : judged <= row.must,
    aimMet: aim === null ? null : judged <= aim
  }
}

/** ok says whether `must` holds for the ratio, or for `ours` where `of` says so; null where nothing is asked. */
export const finishRows = (rows, measured) => rows.map(row => finish(row, measured))

const mark = value => value === null ? '' : value ? 'yes' : 'no'
const figure = ({ unit }, value) => value === null ? '' : `${value} ${unit}`
const limit = (row, value) => row.of === 'ours' && typeof value === 'number' ? figure(row, value) : value ?? ''

export function tableOf (rows) {
  const cells = rows.map(row => [row.what, figure(row, row.peer), figure(row, row.ours), row.ratio ?? '', limit(row, row.must), limit(row, row.aim), mark(row.ok), mark(row.aimMet)])
  const head = ['work', 'yjs', 'ours', 'ratio', 'must', 'aim', 'must met', 'aim met']
  const line = values => `| ${values.join(' | ')} |`
  return [line(head), '|---|---:|---:|---:|---:|---:|---|---|', ...cells.map(line)].join('\n')
}
