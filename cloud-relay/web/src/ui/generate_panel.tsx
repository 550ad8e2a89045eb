/// Asks the appliance for an image or for layers: model, prompt, colours, seed; then progress with a preview.
import { useEffect, useState } from 'react'
import { parseHex, toHex } from '../base/color'
import { isEmptyRect } from '../base/geometry'
import { toDoc } from '../canvas/viewport'
import { rounded } from '../base/geometry'
import type { Generation, GenerationState, Target } from '../session/generation'
import { Field, IconButton } from './controls'
import { useEditor, useStatus, useValue } from './hooks'
import { Icon } from './icons'

const defaultSide = 512
const largestSide = 2048
const largestSeed = 2 ** 31
const longestPrompt = 2000
const mostColors = 5

const randomSeed = (): number => Math.floor(Math.random() * largestSeed)

const Progress = ({ state, generation }: { state: Extract<GenerationState, { kind: 'asking' | 'running' | 'inserting' }>; generation: Generation }) => {
  const { session } = useEditor()
  const event = state.kind === 'running' ? state.event : undefined
  const preview = event?.previewHash === undefined ? undefined : session.blobs.image(event.previewHash)
  const words = state.kind === 'asking' ? 'Asking the appliance' : state.kind === 'inserting' ? 'Inserting the result'
    : event === undefined || event.state === 'queued' ? 'Waiting in the queue' : `Step ${event.step} of ${event.steps}`
  const [, redraw] = useState(0)
  useEffect(() => session.blobs.subscribe(() => redraw(count => count + 1)), [session])
  return (
    <div className="job">
      <canvas
        className="preview" aria-label="Preview of the result" role="img" width={state.asked.request.width} height={state.asked.request.height}
        ref={element => {
          if (element !== null && preview?.kind === 'ready') element.getContext('2d')?.drawImage(preview.image, 0, 0, element.width, element.height)
        }}
      />
      <progress aria-label="Progress" {...(event !== undefined && event.steps > 0 ? { value: event.step, max: event.steps } : {})} />
      <p aria-live="polite">{words}</p>
      <button type="button" className="button" disabled={state.kind !== 'running'} onClick={() => void generation.cancel()}>Cancel</button>
    </div>
  )
}

export const GeneratePanel = ({ generation }: { generation: Generation }) => {
  const { session, state } = useEditor()
  const status = useStatus()
  const models = useValue(generation.models)
  const job = useValue(generation.state)
  const selection = useValue(state.selection)
  const [model, setModel] = useState('')
  const [prompt, setPrompt] = useState('')
  const [colors, setColors] = useState('#2457E6, #F2C14E')
  const [seed, setSeed] = useState(randomSeed)

  useEffect(() => {
    if (status.isOnline) void generation.loadModels()
  }, [generation, status.isOnline])
  useEffect(() => {
    if (job.kind === 'done') state.select([job.node])
  }, [job, state])

  const list = models.kind === 'ready' ? models.models : []
  const chosen = list.find(item => item.id === model) ?? list[0]
  const [only] = selection
  const selected = selection.length === 1 && only !== undefined ? session.doc.node(only) : undefined
  const frame = selected?.type === 'frame' && !selected.locked ? selected : undefined
  const parsed = colors.split(/[\s,]+/).filter(text => text !== '')
  const wrongColor = parsed.find(text => parseHex(text) === undefined)
  const side = (length: number): number => Math.min(largestSide, Math.max(16, Math.round(length)))

  const target = (): { target: Target; width: number; height: number } => {
    if (frame !== undefined && !isEmptyRect({ x: 0, y: 0, ...frame.size })) {
      return { target: { frame: frame.id }, width: side(frame.size.width), height: side(frame.size.height) }
    }
    const canvas = state.canvasSize.get()
    const middle = toDoc(state.view.get(), { x: canvas.width / 2, y: canvas.height / 2 })
    const rect = { x: rounded(Math.round(middle.x - defaultSide / 2)), y: rounded(Math.round(middle.y - defaultSide / 2)), width: defaultSide, height: defaultSide }
    return { target: { page: state.page.get(), rect }, width: defaultSide, height: defaultSide }
  }
  const start = (): void => {
    if (chosen === undefined) return
    const to = target()
    const hexes = parsed.flatMap(text => { const color = parseHex(text); return color === undefined ? [] : [toHex(color)] }).slice(0, mostColors)
    void generation.start({ model: chosen.id, prompt: prompt.trim(), colors: hexes, width: to.width, height: to.height, seed }, to.target)
  }

  if (status.deniedReason !== undefined) return <p className="empty">Nothing to show.</p>
  if (!status.mayEdit) return <p className="empty">You can view this document. Generating needs the right to edit.</p>
  if (job.kind === 'asking' || job.kind === 'running' || job.kind === 'inserting') return <Progress state={job} generation={generation} />

  const blocked =
    !status.isOnline ? 'Generating needs the relay. You are offline; drawing goes on as usual.'
      : models.kind === 'loading' ? 'Looking for models.'
        : models.kind === 'failed' ? models.reason
          : list.length === 0 ? 'No appliance is connected to this relay. Drawing is not affected.' : undefined
  return (
    <form className="generate" onSubmit={event => { event.preventDefault(); start() }}>
      {job.kind === 'failed' ? <p className="message danger" role="alert"><Icon name="alert" />{job.reason}</p> : null}
      {job.kind === 'done' ? <p className="message ok" role="status"><Icon name="check" />Inserted. Undo takes it out again.</p> : null}
      <Field label="Model">
        {id => (
          <select id={id} value={chosen?.id ?? ''} disabled={list.length === 0} onChange={event => setModel(event.target.value)}>
            {list.length === 0 ? <option value="">None</option> : null}
            {list.map(item => <option key={item.id} value={item.id}>{item.name} ({item.output === 'layers' ? 'editable layers' : 'image'})</option>)}
          </select>
        )}
      </Field>
      <Field label="Prompt">
        {id => <textarea id={id} rows={4} maxLength={longestPrompt} value={prompt} placeholder="A summer festival poster with a rising sun" onChange={event => setPrompt(event.target.value)} />}
      </Field>
      <Field label="Brand colours">
        {id => <input id={id} value={colors} aria-invalid={wrongColor !== undefined} onChange={event => setColors(event.target.value)} />}
      </Field>
      {wrongColor === undefined ? (
        <div className="swatches" aria-hidden="true">{parsed.slice(0, mostColors).map((text, index) => <span key={index} className="swatch" style={{ background: toHex(parseHex(text) ?? { r: 0, g: 0, b: 0, a: 0 }) }} />)}</div>
      ) : <p className="message danger"><Icon name="alert" />{`"${wrongColor}" is not a hex colour such as #2457E6.`}</p>}
      <Field label="Seed">
        {id => (
          <span className="with-button">
            <input id={id} inputMode="numeric" value={seed} onChange={event => setSeed(Math.min(largestSeed, Math.abs(Math.trunc(Number(event.target.value) || 0))))} />
            <IconButton size="row" icon="shuffle" label="New seed" onClick={() => setSeed(randomSeed())} />
          </span>
        )}
      </Field>
      <p className="hint">{frame === undefined ? `Goes into a new ${defaultSide} × ${defaultSide} frame. Select a frame to fill it instead.` : `Goes into "${frame.name || 'Frame'}".`}</p>
      {blocked === undefined ? null : <p className="message" role="status"><Icon name="info" />{blocked}</p>}
      <button type="submit" className="button primary" disabled={blocked !== undefined || prompt.trim() === '' || wrongColor !== undefined}>
        <Icon name="sparkles" />Generate
      </button>
    </form>
  )
}
