// Golden scripts: what the twins of tests/convergence/crdt_twins are asked and what yjs answered, for histories written
// by hand. The C++ side (twin_golden_test.cpp) runs the same commands.
import { canonical } from '../../convergence/crdt_twins/edits.mjs'
import { TwinPeer } from '../../convergence/crdt_twins/peers.mjs'
import { madeBy, writeGolden } from './yjs.mjs'

const scripts = []

/** `write` gets peers with the clients 1, 2, …; after it each is compared whole. */
export const script = (name, write, { gc = true, peers = 1 } = {}) => {
  const entries = []
  const twins = Array.from({ length: peers }, (_, i) => new TwinPeer(entries, i, i + 1, gc, 0))
  write(...twins)
  twins.forEach(twin => {
    twin.dump()
    twin.encode('00')
    twin.snapshot()
  })
  scripts.push({ name, entries: entries.map(({ command, answer }) => ({ command, answer: JSON.parse(canonical(answer)) })) })
}

/** Sends everything each way. */
export const exchange = (a, b) => {
  for (const [to, from] of [[a, b], [b, a]]) to.receive(from.encode(to.vector()).v1)
}

export const writeScripts = file => writeGolden(file, { madeBy, scripts })
