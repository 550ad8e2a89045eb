// Writes work as the plain files that crdt-replay reads; replay/case_files.h has the formats.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { propertiesPerNode } from './design.mjs'

const u32 = number => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(number)
  return bytes
}

export const listBytes = updates =>
  Buffer.concat([u32(updates.length), ...updates.flatMap(update => [u32(update.length), update])])

const editsBytes = edits => Buffer.concat([u32(edits.length), ...edits.flatMap(([position, removed, inserted]) => {
  const text = Buffer.from(inserted, 'utf8')
  return [u32(position), u32(removed), u32(text.length), text]
})])

/**
 * Replays `edits` with yjs, in one transaction because the bytes of the result do not depend on it. `end` where it is
 * known from elsewhere: yjs must come to it too. `start`: an update to load before the edits.
 */
export const writeTrace = (Y, folder, name, edits, end, start) => {
  const doc = new Y.Doc()
  doc.clientID = 1
  if (start) {
    Y.applyUpdate(doc, start)
    writeFileSync(join(folder, name + '.start'), start)
  }
  const text = doc.getText('text')
  doc.transact(() => {
    for (const [position, removed, inserted] of edits) {
      if (removed > 0) text.delete(position, removed)
      if (inserted) text.insert(position, inserted)
    }
  })
  if (end !== undefined && end !== text.toString()) throw new Error(`${name}: yjs comes to another text than the trace`)
  writeFileSync(join(folder, name + '.ops'), editsBytes(edits))
  writeFileSync(join(folder, name + '.end'), text.toString())
  writeFileSync(join(folder, name + '.yjs'), Y.encodeStateAsUpdate(doc))
}

export const writeConcurrent = (folder, name, { updates, end }) => {
  writeFileSync(join(folder, name + '.conc'), listBytes(updates))
  writeFileSync(join(folder, name + '.end'), end)
}

export const writeDesign = (Y, folder, nodes, { base, diffs, small }) => {
  const doc = new Y.Doc()
  for (const update of [base, ...diffs]) Y.applyUpdate(doc, update)
  writeFileSync(join(folder, 'design.base'), base)
  writeFileSync(join(folder, 'design.diffs'), listBytes(diffs))
  writeFileSync(join(folder, 'design.small'), listBytes(small))
  writeFileSync(join(folder, 'design.full'), Y.encodeStateAsUpdate(doc))
  writeFileSync(join(folder, 'design.sum'), JSON.stringify({ values: nodes * propertiesPerNode }) + '\n')
}
