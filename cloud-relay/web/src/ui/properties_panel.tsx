/// Position, size, rotation, opacity, fill and text of the selection. Several values show "Mixed"; typing sets all.
import type { ReactNode } from 'react'
import { multiply, rotationOf, translation, type Transform } from '../base/geometry'
import { parseHex, toHex, type Color } from '../base/color'
import { frameCommands, storedColor } from '../canvas/edits'
import type { Command } from '../document/command'
import { defaultTextStyle, type DesignNode, type Properties, type Stored } from '../document/schema'
import { NumberField } from './controls'
import { useEditor, useRevision, useStatus, useValue } from './hooks'
import { titleOf } from './layers_panel'
import { ColorField } from './color_field'

const Section = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="section" aria-label={title}>
    <h3>{title}</h3>
    {children}
  </section>
)

const common = (values: readonly number[]): number | 'mixed' => {
  const [first] = values
  return first !== undefined && values.every(value => Math.abs(value - first) < 5e-3) ? first : 'mixed'
}

/// Turns the node about the centre of its box.
const rotatedTo = (node: DesignNode, degrees: number): Transform => {
  const by = ((degrees - rotationOf(node.transform)) * Math.PI) / 180
  const [sin, cos] = [Math.sin(by), Math.cos(by)]
  const [a, b, c, d, e, f] = node.transform
  const center = { x: (a * node.size.width + c * node.size.height) / 2 + e, y: (b * node.size.width + d * node.size.height) / 2 + f }
  return multiply(multiply(translation(center.x, center.y), [cos, sin, -sin, cos, 0, 0]), multiply(translation(-center.x, -center.y), node.transform))
}

/// The stored fills with the first solid one in another colour; everything else of them is kept.
const withColor = (stored: unknown, color: Color): Stored => {
  const list = Array.isArray(stored) ? (stored as Properties[]) : []
  const at = list.findIndex(item => item['type'] === 'solid')
  if (at < 0) return [...list, { id: 'f', type: 'solid', color: storedColor(color) }]
  return list.map((item, index) => (index === at ? { ...item, color: storedColor(color) } : item))
}

const solidOf = (node: DesignNode): Color | undefined => {
  if (node.type === 'text') return (node.text[0]?.style ?? defaultTextStyle).fill
  const paint = (node.type === 'line' ? node.strokes : node.fills).find(item => item.kind === 'solid' && item.visible)
  return paint?.kind === 'solid' ? paint.color : undefined
}

/// What stands in the field of a fill that is no plain colour.
const paintWord = (node: DesignNode): string => {
  switch (node.fills.find(paint => paint.visible)?.kind) {
    case 'linearGradient': return 'Linear gradient'
    case 'radialGradient': return 'Radial gradient'
    case 'image': return 'Image'
    default: return 'None'
  }
}

export const PropertiesPanel = () => {
  const { session, state } = useEditor()
  const { doc } = session
  const selection = useValue(state.selection)
  const { mayEdit, deniedReason } = useStatus()
  useRevision(doc)
  const nodes = selection.flatMap(id => doc.node(id) ?? [])
  const [first] = nodes
  if (first === undefined) {
    return (
      <p className="empty">
        {deniedReason !== undefined ? 'Nothing to show.' : mayEdit ? 'Select a layer to see its position, size and fill.' : 'You can view this document. Select a layer to inspect it.'}
      </p>
    )
  }
  const edit = (make: (node: DesignNode) => readonly Command[]): void => {
    session.edit(nodes.filter(node => !node.locked).flatMap(make))
  }
  const disabled = !mayEdit || nodes.every(node => node.locked)
  const number = (label: string, short: string, read: (node: DesignNode) => number, write: (node: DesignNode, value: number) => readonly Command[], limits: { min?: number; max?: number } = {}) => (
    <NumberField
      label={label} short={short} value={common(nodes.map(read))} disabled={disabled} {...limits}
      onCommit={change => edit(node => write(node, change(read(node))))}
    />
  )
  const moved = (node: DesignNode, index: 4 | 5, value: number): readonly Command[] => {
    const transform = node.transform.with(index, value) as unknown as Transform
    return [{ kind: 'setTransform', node: node.id, transform }]
  }
  const color = solidOf(first)
  const sameColor = nodes.every(node => {
    const other = solidOf(node)
    return other !== undefined && color !== undefined && toHex(other) === toHex(color)
  })
  const setColor = (hex: string): void => {
    const value = parseHex(hex)
    if (value === undefined) return
    edit(node => {
      if (node.type === 'text') {
        const length = doc.textOf(node.id)?.length ?? 0
        return length === 0 ? [] : [{ kind: 'formatText', node: node.id, at: 0, count: length, attributes: { fill: storedColor(value) } }]
      }
      const key = node.type === 'line' ? 'strokes' : 'fills'
      return [{ kind: 'setProperties', node: node.id, properties: { [key]: withColor(doc.nodeMap(node.id)?.get(key), value) } }]
    })
  }
  const texts = nodes.filter(node => node.type === 'text')
  const formatAll = (attributes: Properties): void => {
    edit(node => {
      const length = node.type === 'text' ? (doc.textOf(node.id)?.length ?? 0) : 0
      return length === 0 ? [] : [{ kind: 'formatText', node: node.id, at: 0, count: length, attributes }]
    })
  }
  const styleOf = (node: DesignNode) => node.text[0]?.style ?? defaultTextStyle

  return (
    <div className="properties">
      <h2 className="selection-title">{nodes.length === 1 ? titleOf(first) : `${nodes.length} layers`}</h2>
      <Section title="Position and size">
        <div className="grid-2">
          {number('X position', 'X', node => node.transform[4], (node, value) => moved(node, 4, value))}
          {number('Y position', 'Y', node => node.transform[5], (node, value) => moved(node, 5, value))}
          {nodes.every(node => node.type !== 'group') ? (
            <>
              {number('Width', 'W', node => node.size.width, (node, width) => frameCommands(node, { transform: node.transform, size: { ...node.size, width } }), { min: 0 })}
              {number('Height', 'H', node => node.size.height, (node, height) => frameCommands(node, { transform: node.transform, size: { ...node.size, height } }), { min: 0 })}
            </>
          ) : null}
          {number('Rotation in degrees', '°', node => rotationOf(node.transform), (node, degrees) => [{ kind: 'setTransform', node: node.id, transform: rotatedTo(node, degrees) }])}
          {nodes.every(node => node.type === 'rect' || node.type === 'frame' || node.type === 'image')
            ? number('Corner radius', 'R', node => node.radii[0], (node, r) => [{ kind: 'setProperties', node: node.id, properties: { radii: [r, r, r, r] } }], { min: 0 })
            : null}
        </div>
      </Section>
      <Section title="Appearance">
        <div className="grid-2">
          {number('Opacity in percent', '%', node => node.opacity * 100, (node, percent) => [{ kind: 'setProperties', node: node.id, properties: { op: Math.round(percent * 100) / 10_000 } }], { min: 0, max: 100 })}
        </div>
      </Section>
      {nodes.some(node => node.type === 'group' || node.type === 'image' || node.type === 'svgRaw' || node.type === 'unknown') ? null : (
        <Section title={nodes.every(node => node.type === 'line') ? 'Stroke' : 'Fill'}>
          <ColorField label="Fill colour" value={sameColor ? color : undefined} empty={!sameColor && nodes.length > 1 ? 'Mixed' : paintWord(first)} disabled={disabled} onCommit={setColor} />
        </Section>
      )}
      {texts.length === nodes.length ? (
        <Section title="Text">
          <div className="grid-2">
            <NumberField label="Font size" short="Sz" value={common(texts.map(node => styleOf(node).size))} disabled={disabled} min={1} max={1000} onCommit={change => formatAll({ size: change(styleOf(first).size) })} />
            <label className="number-field" title="Weight">
              <span aria-hidden="true">Wt</span>
              <select aria-label="Weight" disabled={disabled} value={String(styleOf(first).weight)} onChange={event => formatAll({ weight: Number(event.target.value) })}>
                {[['400', 'Regular'], ['500', 'Medium'], ['600', 'Semibold'], ['700', 'Bold']].map(([value, word]) => <option key={value} value={value}>{word}</option>)}
              </select>
            </label>
          </div>
        </Section>
      ) : null}
    </div>
  )
}
