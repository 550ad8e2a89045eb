// Seeded random numbers: the same work on every machine and in every run.

/** splitmix32. below(n): 0 .. n - 1; between(low, high) and pick: both ends included; chance: percent. */
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
    pick: list => list[below(list.length)],
    chance: percent => below(100) < percent
  }
}

export const plainLetters = [...'etaoinshrdlucmfwypvbgkjqxz     .,\n']
export const mixedLetters = [...plainLetters, 'é', 'ß', '€', '漢', '字', '😀', '𝄞', '👩‍🎨']

export const words = (random, letters, length) => {
  let text = ''
  for (let i = 0; i < length; ++i) text += random.pick(letters)
  return text
}
