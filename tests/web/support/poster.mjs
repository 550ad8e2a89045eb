// A page that shows every kind of node, for screenshots.
const color = (r, g, b, a = 1) => ({ space: 'srgb', c: [r, g, b], a })
const solid = (...parts) => [{ id: 'f', type: 'solid', color: color(...parts) }]
const stops = (from, to) => [{ offset: 0, color: from }, { offset: 1, color: to }]
const node = (id, type, parent, properties, text = '') => ({ kind: 'createNode', id, type, placement: { parent }, properties, text })

export const posterCommands = page => [
  node('poster', 'frame', page, {
    name: 'Summer festival', xf: [1, 0, 0, 1, 0, 0], size: [480, 640],
    fills: [{ id: 'g', type: 'gradient', gradient: 'linear', matrix: [0, 1, -1, 0, 1, 0], stops: stops(color(0.14, 0.34, 0.9), color(0.99, 0.76, 0.4)) }],
  }),
  node('sun', 'ellipse', 'poster', {
    name: 'Sun', xf: [1, 0, 0, 1, 140, 190], size: [200, 200],
    fills: [{ id: 'g', type: 'gradient', gradient: 'radial', matrix: [1, 0, 0, 1, 0, 0], stops: stops(color(1, 0.95, 0.6), color(1, 0.5, 0.2)) }],
  }),
  node('hill', 'vector', 'poster', {
    name: 'Hill', xf: [1, 0, 0, 1, 0, 420], size: [480, 220], fills: solid(0.1, 0.35, 0.3),
    path: { rule: 'nonzero', subs: [{ closed: true, points: [0, 120, 0, 120, 100, -40, 260, 60, 180, 0, 340, 120, 480, 40, 420, 80, 480, 40, 480, 220, 480, 220, 480, 220, 0, 220, 0, 220, 0, 220] }] },
  }),
  node('card', 'rect', 'poster', {
    name: 'Card', xf: [1, 0, 0, 1, 40, 500], size: [400, 100], radii: [16, 16, 16, 16], op: 0.9, fills: solid(1, 1, 1), strokes: solid(0.1, 0.1, 0.15), sw: 3, sAlign: 'inside',
  }),
  node('title', 'text', 'poster', { name: 'Title', xf: [1, 0, 0, 1, 40, 36], size: [400, 140] }, 'Summer\nfestival'),
  { kind: 'formatText', node: 'title', at: 0, count: 15, attributes: { size: 56, weight: 700, fill: color(1, 1, 1) } },
  node('when', 'text', 'poster', {
    name: 'When', xf: [1, 0, 0, 1, 60, 515], size: [360, 70], para: { align: 'center', verticalAlign: 'middle', autoSize: 'none' },
  }, 'Saturday 21 November, from sunrise at the old harbour. Bring friends and a blanket.'),
  node('rule', 'line', 'poster', { name: 'Rule', xf: [1, 0, 0, 1, 42, 184], size: [160, 0], strokes: solid(1, 1, 1), sw: 4, sCap: 'round' }),
  node('badge', 'group', page, { name: 'Badge', xf: [0.965926, 0.258819, -0.258819, 0.965926, 570, 80] }),
  node('plate', 'rect', 'badge', { name: 'Plate', size: [160, 160], radii: [80, 80, 80, 80], fills: solid(0.75, 0.07, 0.24) }),
  node('free', 'text', 'badge', { name: 'Free entry', size: [160, 160], para: { align: 'center', verticalAlign: 'middle', autoSize: 'none' } }, 'Free\nentry'),
  { kind: 'formatText', node: 'free', at: 0, count: 10, attributes: { size: 36, weight: 600, fill: color(1, 1, 1) } },
  node('photo', 'image', page, { name: 'Photo', xf: [1, 0, 0, 1, 560, 320], size: [200, 140] }),
]
