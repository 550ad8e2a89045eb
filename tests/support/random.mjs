/** splitmix32: seeded numbers, the same everywhere. below(n): 0 .. n - 1; between and pick: both ends included; chance: percent. */
export const randomOf = seed => {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return (z ^ (z >>> 15)) >>> 0
  }
  const below = n => next() % n
  return {
    next,
    below,
    between: (low, high) => low + below(high - low + 1),
    unit: () => next() / 2 ** 32,
    times: (n, make) => Array.from({ length: n }, make),
    pick: list => list[below(list.length)],
    chance: percent => below(100) < percent
  }
}
