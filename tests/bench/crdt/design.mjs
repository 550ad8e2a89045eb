// A design document and eight people who change it without seeing each other: a root map of nodes, each a map of twelve
// properties. People drag and resize most, and one change in five goes to the same hundredth of the nodes.
import { randomOf } from '../../support/random.mjs'

export const propertiesPerNode = 12
const writers = 8
const kinds = ['frame', 'rectangle', 'ellipse', 'path', 'text', 'image']

const coordinate = random => Math.round(random.unit() * 800000 - 400000) / 100
const length = random => random.between(1, 2000)
const fraction = random => Math.round(random.unit() * 100) / 100
const colour = random => '#' + random.below(2 ** 24).toString(16).padStart(6, '0')
const orderKey = random => 'k' + random.below(36 ** 5).toString(36).padStart(5, '0')
const idOf = index => 'n' + (Math.imul(index, 0x9e3779b1) >>> 0).toString(36).padStart(7, '0')

const newNode = (random, index) => ({
  kind: random.pick(kinds),
  name: 'Layer ' + index,
  parent: index === 0 ? '' : idOf(Math.floor(index / 12)),
  order: orderKey(random),
  x: coordinate(random),
  y: coordinate(random),
  width: length(random),
  height: length(random),
  rotation: random.chance(10) ? coordinate(random) : 0,
  opacity: random.chance(25) ? fraction(random) : 1,
  fill: colour(random),
  visible: !random.chance(5)
})

const change = random => {
  switch (random.below(8)) {
    case 0: case 1: case 2: return { x: coordinate(random), y: coordinate(random) }
    case 3: return { width: length(random), height: length(random) }
    case 4: return { fill: colour(random) }
    case 5: return { opacity: fraction(random) }
    case 6: return { rotation: coordinate(random) }
    default: return { name: 'Layer ' + random.below(100000) }
  }
}

/**
 * Updates made by yjs: the base, one diff per writer, and the writers' single updates as a relay would see them, one of
 * each in turn. A tenth of the changes moves a node (parent and order); about three changes per node.
 */
export const designUpdates = (Y, { seed, nodes }) => {
  const random = randomOf(seed)
  const ids = Array.from({ length: nodes }, (_, i) => idOf(i))
  const hot = Math.max(1, Math.floor(nodes / 100))
  const pickNode = () => ids[random.below(random.chance(20) ? hot : nodes)]
  const set = (doc, id, properties) => doc.transact(() => {
    const node = doc.getMap('nodes').get(id)
    for (const key in properties) node.set(key, properties[key])
  })
  const base = new Y.Doc()
  base.clientID = 100
  for (let first = 0; first < nodes; first += 500) {
    base.transact(() => {
      for (let i = first; i < Math.min(first + 500, nodes); ++i) {
        base.getMap('nodes').set(ids[i], new Y.Map(Object.entries(newNode(random, i))))
      }
    })
  }
  const baseUpdate = Y.encodeStateAsUpdate(base)
  const baseVector = Y.encodeStateVector(base)
  const perWriter = Array.from({ length: writers }, (_, writer) => {
    const doc = new Y.Doc()
    doc.clientID = 200 + writer
    Y.applyUpdate(doc, baseUpdate)
    const updates = []
    doc.on('update', update => updates.push(update))
    for (let i = Math.ceil(nodes * 3 / writers); i > 0; --i) {
      set(doc, pickNode(), random.chance(10) ? { parent: pickNode(), order: orderKey(random) } : change(random))
    }
    return { updates, diff: Y.encodeStateAsUpdate(doc, baseVector) }
  })
  const small = []
  for (let i = 0; i < perWriter[0].updates.length; ++i) small.push(...perWriter.map(({ updates }) => updates[i]))
  return { base: baseUpdate, diffs: perWriter.map(({ diff }) => diff), small }
}
