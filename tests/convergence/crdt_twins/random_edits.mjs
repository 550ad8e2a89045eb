// Random edits that fit the document they are made for.
import { Y, hex, stepsInto, typeAt } from './edits.mjs'

const words = ['a', 'bc', 'def', 'ü', '€', '😀', 'x😀y', '\n', '"', 'long text here']
const keys = ['k', 'l', 'name', '7']
const names = ['p', 'DIV', 'b']
const attributeValues = [true, null, 'red', 12, { f: 'serif', s: 1 }]

const someEntries = (random, depth) => random.times(random.below(3), () => [random.pick(keys), randomValue(random, depth + 1)])

const randomChild = (random, depth = 0) => {
  switch (random.below(depth > 2 ? 2 : 6)) {
    case 0: return { $xmltext: random.pick(['', ...words]) }
    case 1: return { $hook: random.pick(names), entries: someEntries(random, 3) }
    case 2: return { $fragment: random.times(random.below(3), () => randomChild(random, depth + 1)) }
    default: return {
      $xml: random.pick(names),
      attributes: random.times(random.below(3), () => [random.pick(keys), randomValue(random, 3)]),
      children: random.times(random.below(3), () => randomChild(random, depth + 1))
    }
  }
}

const randomSubdocument = random => ({
  $doc: 'guid' + random.below(4),
  options: random.pick([{}, { gc: false }, { autoLoad: true }, { shouldLoad: false }, { meta: { name: random.pick(words) } }, { autoLoad: true, gc: false, meta: 7 }])
})

const randomValue = (random, depth = 0) => {
  switch (random.below(depth > 2 ? 6 : 12)) {
    case 0: return random.below(1000)
    case 1: return random.pick(words)
    case 2: return random.pick([0.1, -7.5, 1e21, 1e-7, 2 ** 40, 0.5])
    case 3: return random.pick([true, false, null])
    case 4: return { b: random.below(9), a: [random.pick(words), null] }
    case 5: return { $bytes: hex([random.below(256), random.below(256)]) }
    case 6: return { $text: random.pick(['', ...words]) }
    case 7: return { $array: random.times(random.below(4), () => randomValue(random, depth + 1)) }
    case 8: return randomSubdocument(random)
    case 9: return randomChild(random, depth + 1)
    default: return { $map: someEntries(random, depth) }
  }
}

const randomAttributes = random => {
  const attributes = {}
  for (let i = 1 + random.below(2); i > 0; i--) attributes[random.pick(['b', 'i', 'font'])] = random.pick(attributeValues)
  return attributes
}

const editText = (random, text) => {
  const at = random.below(text.length + 1)
  const count = Math.min(1 + random.below(5), text.length - at)
  switch (random.below(14)) {
    case 0: case 1: return { do: 'text', at, text: random.pick(words), attributes: randomAttributes(random) }
    case 2: case 3: case 4: return count > 0 && { do: 'erase', at, count }
    case 5: case 6:
      // A format that changes nothing but starts inside a surrogate pair breaks that pair on one yjs peer only.
      if (/[\ud800-\udfff]/.test(text.toString())) return { do: 'format', at: 0, count: text.length, attributes: randomAttributes(random) }
      return count > 0 && { do: 'format', at, count, attributes: randomAttributes(random) }
    case 7: return { do: 'embed', at, value: { img: random.pick(words) }, attributes: randomAttributes(random) }
    case 8: return random.chance(50) && { do: 'embed', at, value: { $map: someEntries(random, 2) }, attributes: random.chance(50) ? randomAttributes(random) : {} }
    case 9: return random.chance(30) && { do: 'set', key: random.pick(keys), value: randomValue(random, 3) }
    default: return { do: 'text', at, text: random.pick(words) }
  }
}

const editKeyed = random => random.chance(25)
  ? { do: 'unset', key: random.pick(keys) }
  : { do: 'set', key: random.pick(keys), value: randomValue(random) }

const editXml = (random, fragment) => {
  const at = random.below(fragment.length + 1)
  const values = random.times(1 + random.below(2), () => randomChild(random))
  if (fragment instanceof Y.XmlElement && random.chance(30)) return editKeyed(random)
  switch (random.below(6)) {
    case 0: return { do: 'push', values }
    case 1: return { do: 'after', at: at === 0 ? null : at - 1, values }
    case 2: case 3: return at < fragment.length && { do: 'delete', at, count: Math.min(1 + random.below(2), fragment.length - at) }
    default: return { do: 'insert', at, values }
  }
}

const editArray = (random, array, isPlain) => {
  const at = random.below(array.length + 1)
  const values = random.times(1 + random.below(3), () => randomValue(random, isPlain ? 3 : 0))
  switch (random.below(4)) {
    case 0: return { do: 'push', values }
    case 1: return at < array.length && { do: 'delete', at, count: Math.min(1 + random.below(3), array.length - at) }
    default: return { do: 'insert', at, values }
  }
}

const editOf = (random, type, flavour) => {
  if (type instanceof Y.Text) return editText(random, type)
  if (type instanceof Y.Map) return editKeyed(random)
  return type instanceof Y.Array ? editArray(random, type, flavour === 'plain') : editXml(random, type)
}

const rootNames = { text: ['t'], plain: ['t', 'm', 'a'], xml: ['x', 'x', 'm'], all: ['t', 'm', 'a', 'x'] }

/** A type of the document: a root, or something some levels below it. */
export const randomPath = (random, doc, flavour) => {
  const path = [random.pick(rootNames[flavour])]
  while (path.length < 4) {
    const steps = stepsInto(typeAt(doc, path))
    const pick = random.below(steps.length + 1)
    if (pick === steps.length) break
    path.push(steps[pick])
  }
  return path
}

export const randomEdit = (random, doc, flavour) => {
  for (;;) {
    const on = randomPath(random, doc, flavour)
    const edit = editOf(random, typeAt(doc, on), flavour)
    if (edit) return { on, ...edit }
  }
}
