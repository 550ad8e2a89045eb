/// Edits as values, with the names and fields of core/document/command.h; both sides run the same golden files.
import { assertNever } from '../base/assert'
import type { Size, Transform } from '../base/geometry'
import type { NodeId } from '../base/ids'
import type { NodeType, Properties, Stored } from './schema'

/// `before`: directly below this sibling in paint order; absent: topmost. An empty parent: a page.
export type Placement = { readonly parent: NodeId; readonly before?: NodeId }

export type Command =
  | { readonly kind: 'createNode'; readonly id: NodeId; readonly type: NodeType; readonly placement: Placement; readonly properties: Properties; readonly text: string }
  | { readonly kind: 'setProperties'; readonly node: NodeId; readonly properties: Properties }
  | { readonly kind: 'setTransform'; readonly node: NodeId; readonly transform: Transform }
  | { readonly kind: 'setFrame'; readonly node: NodeId; readonly transform: Transform; readonly size: Size }
  | { readonly kind: 'moveNode'; readonly node: NodeId; readonly placement: Placement }
  | { readonly kind: 'deleteNode'; readonly node: NodeId }
  | { readonly kind: 'editText'; readonly node: NodeId; readonly at: number; readonly removeCount: number; readonly insert: string }
  | { readonly kind: 'formatText'; readonly node: NodeId; readonly at: number; readonly count: number; readonly attributes: Properties }
  | { readonly kind: 'addAsset'; readonly hash: string; readonly mime: string; readonly sizeBytes: number; readonly widthPx: number; readonly heightPx: number; readonly name: string }
  | { readonly kind: 'addGeneration'; readonly id: string; readonly record: Properties }
  | { readonly kind: 'setMeta'; readonly key: string; readonly value: Stored }

export type CommandErrc = 'unknownNode' | 'nodeExists' | 'wouldLoop' | 'notText' | 'outOfRange' | 'wrongParent'
export type CommandError = { readonly code: CommandErrc; readonly node: NodeId; readonly index: number }

export const describe = (error: CommandError): string => {
  const which = `edit ${error.index + 1} (node ${error.node})`
  switch (error.code) {
    case 'unknownNode': return `${which}: there is no such node`
    case 'nodeExists': return `${which}: a node of this id exists already`
    case 'wouldLoop': return `${which}: a node cannot go into itself`
    case 'notText': return `${which}: this is not a text`
    case 'outOfRange': return `${which}: a number or position is out of range`
    case 'wrongParent': return `${which}: this cannot hold such a node`
    default: return assertNever(error.code)
  }
}
