/// What a batch of commands will have done to kinds, places and texts so far, on top of a document that is not
/// touched yet: so a batch can be checked whole before anything is written. As core/document/src/command_plan.cpp.
import { assertNever } from '../base/assert'
import { compareBytes, maxIdBytes, utf8Length, type NodeId } from '../base/ids'
import type { Command, CommandErrc, Placement } from './command'
import type { DesignDoc } from './design_doc'
import { isOrderKey, maxOrderKeyChars, orderKeysBetween } from './order_key'
import { isFiniteNumber } from './parse'
import { plainText, type NodeType, type Properties, type Stored } from './schema'
import { isNodeId, isRecoveredGroup, trashId } from './tree'

export type Place = { readonly parent: NodeId; readonly orderKey: string }

/// Keys up to this length may stand beside freshly keyed ones; longer ones are keyed anew with them.
const shortKeyChars = 24
const maxDepth = 48
const reservedMeta: ReadonlySet<string> = new Set(['', 'formatVersion', 'minReaderVersion', 'fileId'])
const reservedKeys: ReadonlySet<string> = new Set(['', 't', 'pi', 'text'])

const holdsChildren = (type: NodeType): boolean => type === 'page' || type === 'frame' || type === 'group' || type === 'unknown'

const isStorable = (value: Stored, depth = 0): boolean => {
  if (depth > maxDepth) return false
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return true
  return Object.values(value).every((member: Stored) => isStorable(member, depth + 1))
}

const areUsable = (properties: Properties): boolean =>
  Object.entries(properties).every(([key, value]) => !reservedKeys.has(key) && isStorable(value))

const isTextRange = (text: string, at: number, count: number): boolean => {
  const isSurrogate = (unit: number, kind: number): boolean => (text.charCodeAt(unit) & 0xfc00) === kind
  const splitsPair = (unit: number): boolean => unit > 0 && unit < text.length && isSurrogate(unit, 0xdc00) && isSurrogate(unit - 1, 0xd800)
  const isCount = (value: number): boolean => Number.isInteger(value) && value >= 0
  return isCount(at) && isCount(count) && at + count <= text.length && !splitsPair(at) && !splitsPair(at + count)
}

export class Plan {
  /// Final place of every node whose place the batch decides, siblings that were keyed anew included.
  readonly places = new Map<NodeId, Place>()
  readonly #created = new Map<NodeId, NodeType>()
  readonly #siblings = new Map<NodeId, NodeId[]>()
  readonly #texts = new Map<NodeId, string>()

  constructor(private readonly doc: DesignDoc) {}

  isCreated(id: NodeId): boolean {
    return this.#created.has(id)
  }

  /// Checks one command against the plan and enters it there when it is good.
  add(command: Command): CommandErrc | undefined {
    switch (command.kind) {
      case 'createNode': {
        if (!isNodeId(command.id) || command.type === 'unknown') return 'outOfRange'
        if (this.#typeOf(command.id) !== undefined) return 'nodeExists'
        if (!areUsable(command.properties)) return 'outOfRange'
        const wrong = this.#checkPlace(command.id, command.type, command.placement)
        if (wrong !== undefined) return wrong
        this.#created.set(command.id, command.type)
        if (command.type === 'text') this.#texts.set(command.id, command.text)
        this.#place(command.id, command.placement)
        return undefined
      }
      case 'addAsset':
        return /^[0-9a-f]{64}$/.test(command.hash) ? undefined : 'outOfRange'
      case 'addGeneration':
        return command.id !== '' && utf8Length(command.id) <= maxIdBytes && isStorable(command.record) ? undefined : 'outOfRange'
      case 'setMeta':
        return !reservedMeta.has(command.key) && isStorable(command.value) ? undefined : 'outOfRange'
      default: {
        const type = this.#typeOf(command.node)
        return type === undefined ? 'unknownNode' : this.#addToNode(command, type)
      }
    }
  }

  #addToNode(command: Extract<Command, { node: NodeId }>, type: NodeType): CommandErrc | undefined {
    switch (command.kind) {
      case 'setProperties':
        return areUsable(command.properties) ? undefined : 'outOfRange'
      case 'setTransform':
        return command.transform.every(isFiniteNumber) ? undefined : 'outOfRange'
      case 'setFrame': {
        const { width, height } = command.size
        return [...command.transform, width, height].every(isFiniteNumber) && width >= 0 && height >= 0 ? undefined : 'outOfRange'
      }
      case 'moveNode': {
        const wrong = this.#checkPlace(command.node, type, command.placement)
        if (wrong === undefined) this.#place(command.node, command.placement)
        return wrong
      }
      case 'deleteNode':
        if (this.#shownParentOf(command.node) !== trashId) this.#place(command.node, { parent: trashId })
        return undefined
      case 'editText': {
        const text = this.#textOf(command.node, type)
        if (text === undefined) return 'notText'
        if (!isTextRange(text, command.at, command.removeCount)) return 'outOfRange'
        this.#texts.set(command.node, text.slice(0, command.at) + command.insert + text.slice(command.at + command.removeCount))
        return undefined
      }
      case 'formatText': {
        const text = this.#textOf(command.node, type)
        if (text === undefined) return 'notText'
        const usable = isTextRange(text, command.at, command.count) && Object.values(command.attributes).every(value => isStorable(value))
        return usable ? undefined : 'outOfRange'
      }
      default:
        return assertNever(command)
    }
  }

  #typeOf(id: NodeId): NodeType | undefined {
    return this.#created.get(id) ?? this.doc.node(id)?.type
  }

  #textOf(id: NodeId, type: NodeType): string | undefined {
    if (type !== 'text') return undefined
    const node = this.doc.node(id)
    return this.#texts.get(id) ?? (node === undefined ? '' : plainText(node))
  }

  #shownParentOf(id: NodeId): NodeId {
    return this.places.get(id)?.parent ?? this.doc.tree().shownParent.get(id) ?? ''
  }

  #isWithin(id: NodeId, ancestor: NodeId): boolean {
    for (let at = id; at !== ''; at = this.#shownParentOf(at)) {
      if (at === ancestor) return true
    }
    return false
  }

  #checkPlace(id: NodeId, type: NodeType, placement: Placement): CommandErrc | undefined {
    const { parent } = placement
    if (type === 'page') return parent === '' ? undefined : 'wrongParent'
    if (parent === '') return 'wrongParent'
    const parentType = this.#typeOf(parent)
    if (parentType === undefined) return 'unknownNode'
    if (!holdsChildren(parentType)) return 'wrongParent'
    return this.#isWithin(parent, id) ? 'wouldLoop' : undefined
  }

  #orderKeyOf(id: NodeId | undefined): string {
    if (id === undefined) return ''
    return this.places.get(id)?.orderKey ?? this.doc.node(id)?.orderKey ?? ''
  }

  #siblingsUnder(parent: NodeId): NodeId[] {
    const known = this.#siblings.get(parent)
    if (known !== undefined) return known
    const tree = this.doc.tree()
    const list = (parent === '' ? tree.pages : tree.childrenOf(parent)).filter(id => !isRecoveredGroup(id))
    this.#siblings.set(parent, list)
    return list
  }

  #place(id: NodeId, placement: Placement): void {
    const isKnown = this.doc.node(id) !== undefined || this.places.has(id)
    const oldParent = isKnown ? this.#shownParentOf(id) : ''
    const stays = isKnown && oldParent === placement.parent
    const siblings = this.#siblingsUnder(placement.parent)
    if (stays && placement.before === id) return
    let oldIndex = -1
    if (isKnown) {
      const old = this.#siblingsUnder(oldParent)
      oldIndex = old.indexOf(id)
      if (oldIndex >= 0) old.splice(oldIndex, 1)
    }
    const found = placement.before === undefined ? -1 : siblings.indexOf(placement.before)
    const index = found < 0 ? siblings.length : found
    siblings.splice(index, 0, id)
    if (stays && index === oldIndex) return // nothing to write: it is there
    this.places.set(id, { parent: placement.parent, orderKey: '' })
    this.#assignKey(siblings, index, placement.parent)
  }

  /// Keys `at` in the list; when there is no short key for it, its neighbours too.
  #assignKey(siblings: readonly NodeId[], at: number, parent: NodeId): void {
    // The run [low, high) gets new keys; at first the new node alone, then more while its ends allow no short key.
    let low = at
    let high = at + 1
    let limit = maxOrderKeyChars - 1
    for (;;) {
      const after = low === 0 ? '' : this.#orderKeyOf(siblings[low - 1])
      const before = high === siblings.length ? '' : this.#orderKeyOf(siblings[high])
      const afterWorks = low === 0 || (isOrderKey(after) && after.length <= limit)
      const beforeWorks = high === siblings.length || (isOrderKey(before) && before.length <= limit)
      const apart = low === 0 || high === siblings.length || compareBytes(after, before) < 0
      if (afterWorks && beforeWorks && apart) {
        const keys = orderKeysBetween(after, before, high - low)
        if (keys.every(key => key.length <= maxOrderKeyChars) || (low === 0 && high === siblings.length)) {
          for (const [index, key] of keys.entries()) this.places.set(siblings[low + index] ?? '', { parent, orderKey: key })
          return
        }
      }
      limit = shortKeyChars
      const endsWork = afterWorks && beforeWorks
      if (low > 0 && (!afterWorks || endsWork)) --low
      if (high < siblings.length && (!beforeWorks || endsWork)) ++high
    }
  }
}
