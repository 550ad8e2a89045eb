/// Commands for what tools and shortcuts do. Computation only; the session applies them.
import { invert, multiply, translation, type Point, type Rect, type Transform, identity } from '../base/geometry'
import { makeId, type NodeId } from '../base/ids'
import type { Color } from '../base/color'
import type { Command } from '../document/command'
import type { DesignDoc } from '../document/design_doc'
import { plainText, type DesignNode, type Properties, type Stored, type VectorPath } from '../document/schema'
import { isRecoveredGroup } from '../document/tree'
import type { Frame, Tool } from './editor_state'

export const storedColor = (color: Color): Stored => {
  const part = (value: number): number => Math.round(value * 1e4) / 1e4
  return { space: 'srgb', c: [part(color.r), part(color.g), part(color.b)], a: part(color.a) }
}
export const solidFill = (color: Color): Stored => [{ id: 'f', type: 'solid', color: storedColor(color) }]

const grey: Color = { r: 0.7686, g: 0.7843, b: 0.8196, a: 1 }
const white: Color = { r: 1, g: 1, b: 1, a: 1 }
const ink: Color = { r: 0.1059, g: 0.1137, b: 0.1333, a: 1 }

/// Nodes whose ancestors are not selected too: moving those moves everything once.
export const topmostOf = (doc: DesignDoc, ids: readonly NodeId[]): NodeId[] =>
  ids.filter(id => !ids.some(other => other !== id && doc.tree().isAncestor(other, id)))

export const parentOf = (doc: DesignDoc, id: NodeId): NodeId => doc.tree().shownParent.get(id) ?? ''
const pageToParent = (doc: DesignDoc, parent: NodeId): Transform => invert(doc.pageTransform(parent)) ?? identity

/// A page vector as the node's parent sees it.
const parentVector = (doc: DesignDoc, id: NodeId, dx: number, dy: number): Point => {
  const m = pageToParent(doc, parentOf(doc, id))
  return { x: m[0] * dx + m[2] * dy, y: m[1] * dx + m[3] * dy }
}

export const moveCommands = (doc: DesignDoc, ids: readonly NodeId[], dx: number, dy: number): Command[] =>
  topmostOf(doc, ids).flatMap((id): Command[] => {
    const node = doc.node(id)
    if (node === undefined || node.locked) return []
    const by = parentVector(doc, id, dx, dy)
    return [{ kind: 'setTransform', node: id, transform: multiply(translation(by.x, by.y), node.transform) }]
  })

const scaledPath = (path: VectorPath, sx: number, sy: number): Stored => ({
  rule: path.rule,
  subs: path.subPaths.map(sub => ({ closed: sub.closed, points: sub.points.map((value, index) => value * (index % 2 === 0 ? sx : sy)) })),
})

/// A vector's points are in node coordinates, so they are scaled along with its size.
export const frameCommands = (node: DesignNode, frame: Frame): Command[] => {
  const commands: Command[] = [{ kind: 'setFrame', node: node.id, ...frame }]
  const { width, height } = node.size
  if (node.type === 'vector' && width > 0 && height > 0) {
    const path = scaledPath(node.path, frame.size.width / width, frame.size.height / height)
    commands.push({ kind: 'setProperties', node: node.id, properties: { path } })
  }
  if (node.type === 'text' && node.paragraph.autoSize !== 'none') {
    const para = { align: node.paragraph.align, verticalAlign: node.paragraph.verticalAlign, autoSize: 'none' }
    commands.push({ kind: 'setProperties', node: node.id, properties: { para } })
  }
  return commands
}

export const deleteCommands = (doc: DesignDoc, ids: readonly NodeId[]): Command[] =>
  topmostOf(doc, ids).filter(id => doc.node(id)?.locked === false).map(node => ({ kind: 'deleteNode', node }))

type DrawnTool = Exclude<Tool, 'select' | 'hand'>
const names: Record<DrawnTool, string> = { frame: 'Frame', rect: 'Rectangle', ellipse: 'Ellipse', line: 'Line', text: 'Text' }
const looks: Record<DrawnTool, Properties> = {
  frame: { fills: solidFill(white) },
  rect: { fills: solidFill(grey) },
  ellipse: { fills: solidFill(grey) },
  line: { strokes: solidFill(ink), sw: 2 },
  text: {},
}

/// A new node whose box is `rectPage` in page coordinates. `flipY` turns a line to go up.
export const createCommand = (
  doc: DesignDoc, tool: DrawnTool, parent: NodeId, rectPage: Rect, extra: Properties = {}, flipY = false,
): Extract<Command, { kind: 'createNode' }> => {
  const place: Transform = flipY ? [1, 0, 0, -1, rectPage.x, rectPage.y + rectPage.height] : translation(rectPage.x, rectPage.y)
  const xf = multiply(pageToParent(doc, parent), place)
  return {
    kind: 'createNode',
    id: makeId(),
    type: tool,
    placement: { parent },
    properties: { name: names[tool], xf: [...xf], size: [rectPage.width, rectPage.height], ...looks[tool], ...extra },
    text: '',
  }
}

/// Copies with all that is below, `dx`, `dy` page units away, each directly above its original.
export const duplicateCommands = (doc: DesignDoc, ids: readonly NodeId[], dx: number, dy: number): { commands: Command[]; copies: NodeId[] } => {
  const commands: Command[] = []
  const copy = (id: NodeId, parent: NodeId, before: NodeId | undefined, shift: Point): NodeId | undefined => {
    const node = doc.node(id)
    const map = doc.nodeMap(id)
    if (node === undefined || map === undefined || node.type === 'unknown') return undefined
    const properties: Record<string, Stored> = {}
    for (const [key, value] of map.entries()) {
      if (key !== 't' && key !== 'pi' && key !== 'text') properties[key] = value as Stored
    }
    properties['xf'] = [...multiply(translation(shift.x, shift.y), node.transform)]
    const newId = makeId()
    commands.push({
      kind: 'createNode', id: newId, type: node.type, properties, text: plainText(node),
      placement: before === undefined ? { parent } : { parent, before },
    })
    let at = 0
    for (const run of node.text) {
      const attributes = (doc.textOf(id)?.toDelta() as { attributes?: Properties; insert: unknown }[])[node.text.indexOf(run)]?.attributes
      if (attributes !== undefined) commands.push({ kind: 'formatText', node: newId, at, count: run.text.length, attributes })
      at += run.text.length
    }
    for (const child of doc.tree().childrenOf(id)) copy(child, newId, undefined, { x: 0, y: 0 })
    return newId
  }
  const copies = topmostOf(doc, ids).flatMap(id => {
    const parent = parentOf(doc, id)
    if (isRecoveredGroup(parent)) return []
    const siblings = doc.tree().childrenOf(parent)
    const above = siblings[siblings.indexOf(id) + 1]
    const made = copy(id, parent, above !== undefined && isRecoveredGroup(above) ? undefined : above, parentVector(doc, id, dx, dy))
    return made === undefined ? [] : [made]
  })
  return { commands, copies }
}

export type OrderStep = 'forward' | 'backward' | 'front' | 'back'

export const orderCommands = (doc: DesignDoc, ids: readonly NodeId[], step: OrderStep): Command[] =>
  ids.flatMap((id): Command[] => {
    const parent = parentOf(doc, id)
    if (isRecoveredGroup(parent) || parent === '') return []
    const siblings = doc.tree().childrenOf(parent).filter(other => !isRecoveredGroup(other))
    const at = siblings.indexOf(id)
    const before = { forward: siblings[at + 2], backward: siblings[at - 1], front: undefined, back: siblings.find(other => other !== id) }[step]
    const stays = (step === 'forward' || step === 'front') ? at === siblings.length - 1 : at === 0
    if (stays) return []
    return [{ kind: 'moveNode', node: id, placement: before === undefined ? { parent } : { parent, before } }]
  })
