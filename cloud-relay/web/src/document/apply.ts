/// Runs edits: checks all commands of a batch first, then writes them in one Yjs transaction, or writes none.
/// As core/document/src/command.cpp.
import * as Y from 'yjs'
import { assertNever } from '../base/assert'
import { rounded, storedTransform } from '../base/geometry'
import type { NodeId } from '../base/ids'
import { Plan } from './command_plan'
import type { Command, CommandError } from './command'
import type { DesignDoc } from './design_doc'
import { isFiniteNumber, nodeEntry, parseTransform } from './parse'
import type { Properties, Stored } from './schema'

const lengthKeys: ReadonlySet<string> = new Set(['size', 'sw', 'radii', 'sDash', 'path'])

const cleaned = (value: Stored, roundNumbers: boolean): Stored => {
  if (typeof value === 'number') return roundNumbers ? rounded(value) : value
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map((item: Stored) => cleaned(item, roundNumbers))
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, cleaned(member, roundNumbers)]))
}

/// What is written for a property: lengths rounded, everything else as it is.
const storedForm = (key: string, value: Stored): Stored => {
  if (key === 'xf' && Array.isArray(value) && value.length === 6 && value.every(isFiniteNumber)) return storedTransform(parseTransform(value))
  return cleaned(value, lengthKeys.has(key))
}

/// The node's map; a plain object that some script stored becomes one first.
const writableNode = (doc: DesignDoc, id: NodeId): Y.Map<unknown> => {
  const known = doc.nodeMap(id)
  if (known !== undefined) return known
  const nodes = doc.ydoc.getMap('nodes')
  const map = new Y.Map<unknown>(nodeEntry(nodes.get(id)))
  nodes.set(id, map)
  return map
}

/// The node's Y.Text; made, with the string that stands there if any, when a script left it out.
const writableText = (doc: DesignDoc, id: NodeId): Y.Text => {
  const map = writableNode(doc, id)
  const known = map.get('text')
  if (known instanceof Y.Text) return known
  const text = new Y.Text(typeof known === 'string' ? known : '')
  map.set('text', text)
  return text
}

const setEntries = (map: Y.Map<unknown>, properties: Properties): void => {
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined) map.delete(key)
    else map.set(key, storedForm(key, value))
  }
}

const createNode = (doc: DesignDoc, command: Extract<Command, { kind: 'createNode' }>, plan: Plan): void => {
  const place = plan.places.get(command.id)
  const map = new Y.Map<unknown>()
  map.set('t', command.type)
  map.set('pi', [place?.parent ?? '', place?.orderKey ?? ''])
  for (const [key, value] of Object.entries(command.properties)) {
    if (value !== undefined) map.set(key, storedForm(key, value))
  }
  if (command.type === 'text') map.set('text', new Y.Text(command.text))
  doc.ydoc.getMap('nodes').set(command.id, map)
}

const write = (doc: DesignDoc, command: Command, plan: Plan): void => {
  switch (command.kind) {
    case 'createNode':
      createNode(doc, command, plan)
      return
    case 'setProperties':
      setEntries(writableNode(doc, command.node), command.properties)
      return
    case 'setTransform':
      writableNode(doc, command.node).set('xf', storedTransform(command.transform))
      return
    case 'setFrame': {
      const map = writableNode(doc, command.node)
      map.set('xf', storedTransform(command.transform))
      map.set('size', [rounded(command.size.width), rounded(command.size.height)])
      return
    }
    case 'moveNode':
    case 'deleteNode':
      return // with the places of the plan
    case 'editText': {
      const text = writableText(doc, command.node)
      if (command.removeCount > 0) text.delete(command.at, command.removeCount)
      if (command.insert !== '') text.insert(command.at, command.insert)
      return
    }
    case 'formatText': {
      const attributes = Object.entries(command.attributes).map(([key, value]) => [key, value ?? null])
      writableText(doc, command.node).format(command.at, command.count, Object.fromEntries(attributes) as Record<string, unknown>)
      return
    }
    case 'addAsset': {
      const { hash, mime, sizeBytes, widthPx, heightPx, name } = command
      const assets = doc.ydoc.getMap('assets')
      if (!assets.has(hash)) assets.set(hash, { mime, bytes: sizeBytes, width: widthPx, height: heightPx, name })
      return
    }
    case 'addGeneration':
      doc.ydoc.getMap('gen').set(command.id, command.record)
      return
    case 'setMeta':
      if (command.value === undefined) doc.ydoc.getMap('meta').delete(command.key)
      else doc.ydoc.getMap('meta').set(command.key, command.value)
      return
    default:
      assertNever(command)
  }
}

/// Runs all commands in one transaction with `origin`, or none of them. Undefined: done.
export const apply = (doc: DesignDoc, commands: readonly Command[], origin: unknown): CommandError | undefined => {
  const plan = new Plan(doc)
  for (const [index, command] of commands.entries()) {
    const code = plan.add(command)
    if (code !== undefined) return { code, node: 'node' in command ? command.node : 'id' in command ? command.id : '', index }
  }
  doc.ydoc.transact(() => {
    for (const command of commands) write(doc, command, plan)
    for (const [id, place] of plan.places) {
      if (!plan.isCreated(id)) writableNode(doc, id).set('pi', [place.parent, place.orderKey])
    }
  }, origin)
  return undefined
}
