// Random histories as data: who exists, and one step after the other. Made from a seed before anything runs, so that
// a failing plan can be shown, cut short and run again.
const keys = ['k', 'l', 'm']
const words = ['a', 'bc', 'def', 'ü', '€', ' longer words']

const randomValue = (random, depth = 0) => {
  switch (random.below(depth > 2 ? 3 : 7)) {
    case 0: case 1: return random.below(1000)
    case 2: return random.pick(words)
    case 3: return { $array: Array.from({ length: random.below(3) }, () => randomValue(random, depth + 1)) }
    case 4: return { $text: random.pick(words) }
    default: return { $map: Array.from({ length: 1 + random.below(2) }, () => [random.pick(keys), randomValue(random, depth + 1)]) }
  }
}

const randomEdit = (random, roots) => ({
  path: [random.pick(roots), random.next() % 1000, random.next() % 1000, random.next() % 1000],
  kind: random.below(12),
  at: random.below(10000),
  count: random.below(100),
  text: random.pick(words),
  key: random.pick(keys),
  attributes: { [random.pick(['b', 'i'])]: random.pick([true, null, 7]) },
  values: Array.from({ length: 1 + random.below(2) }, () => randomValue(random))
})

const randomManager = random => ({
  scope: random.pick([['m', 'a', 't'], ['m', 'a', 't'], [], ['m'], ['t', 'a']]),
  origins: random.pick([['me'], ['me'], ['me', 'plugin']]),
  capture: random.pick([0, 0, 500]),
  ignoreRemoteMapChanges: random.chance(30),
  spareTypes: random.chance(10),
  refuse: random.chance(20) ? ['quiet'] : []
})

const randomStep = (random, peers, roots, number) => {
  const peer = random.below(peers.length)
  const manager = peers[peer].second && random.chance(40) ? 1 : 0
  const roll = random.below(100)
  if (roll < 45) {
    const origin = random.pick(['me', 'me', 'me', 'me', 'plugin', 'quiet', 'other'])
    return { do: 'edit', peer, origin, edits: Array.from({ length: random.chance(25) ? 3 : 1 }, () => randomEdit(random, roots)) }
  }
  if (roll < 65) return { do: 'undo', peer, manager }
  if (roll < 76) return { do: 'redo', peer, manager }
  if (roll < 79) return { do: 'stop', peer, manager }
  if (roll < 80) return { do: 'clear', peer, manager }
  if (roll < 82) return { do: random.pick(['track', 'untrack']), peer, manager, origin: random.pick(['me', 'plugin']) }
  if (roll < 86) return { do: 'wait', ms: random.pick([1, 200, 499, 500, 700]) }
  if (roll < 89) return { do: 'reopen', peer, client: 1000 + number * 10 }
  return { do: 'sync', peer, other: random.below(peers.length) }
}

/** The first peers have a twin in both engines, the last is yjs alone and never undoes. */
export const planOf = (random, stepCount) => {
  const clients = random.pick([[1, 2, 3], [3, 2, 1], [20, 10, 30]])
  const gc = random.chance(85)
  const roots = random.pick([[0, 1, 2], [1], [1, 2], [0]])
  const peers = clients.slice(0, random.pick([1, 2, 3, 3])).map(client => ({
    client, gc, ...randomManager(random), ...(random.chance(25) ? { second: randomManager(random) } : {})
  }))
  return { peers, steps: Array.from({ length: stepCount }, (_, i) => randomStep(random, peers, roots, i)) }
}
