/// One generation at a time: asks the relay, follows its events, and inserts the result as one undoable edit with its
/// record. What was asked is kept on this device, so a reload or a lost connection loses no result.
import { ApiError, type JobEvent, type JobRequest, type LayerTree, type Model } from '../api/rest'
import { Observable } from '../base/observable'
import { makeId, type NodeId } from '../base/ids'
import type { Rect } from '../base/geometry'
import { createBlank } from '../document/blank'
import type { Command } from '../document/command'
import { parseNodeType } from '../document/parse'
import type { Properties, Stored } from '../document/schema'
import type { Session } from './session'

/// Where the result goes: into a frame, or into a new frame at this page rectangle.
export type Target = { readonly frame: NodeId } | { readonly page: NodeId; readonly rect: Rect }
export type Asked = { readonly request: JobRequest; readonly target: Target }

export type GenerationState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'asking'; readonly asked: Asked }
  | { readonly kind: 'running'; readonly asked: Asked; readonly event: JobEvent | undefined }
  | { readonly kind: 'inserting'; readonly asked: Asked }
  | { readonly kind: 'failed'; readonly asked: Asked; readonly reason: string }
  | { readonly kind: 'done'; readonly asked: Asked; readonly node: NodeId }

export type ModelsState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly models: readonly Model[] }
  | { readonly kind: 'failed'; readonly reason: string }

const pollMs = 4_000
const titleLength = 40

const reasonOf = (error: unknown): string => {
  if (error instanceof ApiError && error.code === 'no-appliance') return 'No appliance is connected to this relay, so nothing can be generated now.'
  if (error instanceof ApiError) return error.message
  return 'The relay cannot be reached. Your prompt is kept; try again when you are online.'
}

const record = (asked: Asked, event: JobEvent): Properties => ({
  ...(event.recipe ?? { prompt: asked.request.prompt, model: asked.request.model, seed: asked.request.seed }),
  size: [asked.request.width, asked.request.height],
  ...(event.resultHash === undefined ? {} : { results: [event.resultHash] }),
})

/// Commands for a composed tree, in paint order, below `parent`.
const layerCommands = (layers: readonly LayerTree[], parent: NodeId, firstId = makeId(), extra: Properties = {}): Command[] =>
  layers.flatMap((layer, index): Command[] => {
    const type = parseNodeType(layer.t)
    if (type === 'unknown' || type === 'page') return []
    const id = index === 0 ? firstId : makeId()
    const properties = { ...layer.props, ...(layer.name === '' ? {} : { name: layer.name }), ...extra }
    for (const reserved of ['t', 'pi', 'text', '']) delete (properties as Record<string, Stored>)[reserved]
    const commands: Command[] = [{ kind: 'createNode', id, type, placement: { parent }, properties, text: type === 'text' ? layer.text : '' }]
    let at = 0
    for (const { insert, attributes } of type === 'text' ? layer.runs : []) {
      if (Object.keys(attributes).length > 0) commands.push({ kind: 'formatText', node: id, at, count: insert.length, attributes })
      at += insert.length
    }
    return [...commands, ...layerCommands(layer.children, id)]
  })

export class Generation {
  readonly state = new Observable<GenerationState>({ kind: 'idle' })
  readonly models = new Observable<ModelsState>({ kind: 'loading' })
  readonly #key: string
  #poll: ReturnType<typeof setInterval> | undefined

  constructor(private readonly session: Session) {
    this.#key = `tessera.job.${session.link.room}`
    session.jobEvents.subscribe(() => {
      const event = session.jobEvents.get()
      if (event !== undefined) this.#follow(event)
    })
    this.#resume()
  }

  async loadModels(): Promise<void> {
    this.models.set({ kind: 'loading' })
    try {
      this.models.set({ kind: 'ready', models: await this.session.api.models() })
    } catch (error) {
      this.models.set({ kind: 'failed', reason: reasonOf(error) })
    }
  }

  async start(request: Omit<JobRequest, 'id'>, target: Target): Promise<void> {
    const asked: Asked = { request: { ...request, id: makeId() }, target }
    this.state.set({ kind: 'asking', asked })
    try {
      await this.session.api.submitJob(asked.request)
    } catch (error) {
      this.state.set({ kind: 'failed', asked, reason: reasonOf(error) })
      return
    }
    localStorage.setItem(this.#key, JSON.stringify(asked))
    this.#run(asked)
  }

  async cancel(): Promise<void> {
    const state = this.state.get()
    if (state.kind !== 'running') return
    await this.session.api.cancelJob(state.asked.request.id).catch((error: unknown) => this.session.toasts.show('warn', reasonOf(error)))
  }

  reset(): void {
    this.state.set({ kind: 'idle' })
  }

  #run(asked: Asked): void {
    this.state.set({ kind: 'running', asked, event: undefined })
    clearInterval(this.#poll)
    // Events come over the socket; asking now and then covers a connection that was lost meanwhile.
    this.#poll = setInterval(() => void this.#ask(asked.request.id), pollMs)
    void this.#ask(asked.request.id)
  }

  async #ask(job: string): Promise<void> {
    try {
      const event = await this.session.api.job(job)
      if (event !== undefined) this.#follow(event)
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) this.#finish({ kind: 'failed', asked: this.#asked(), reason: 'The relay does not know this job any more.' })
    }
  }

  #asked(): Asked {
    const state = this.state.get()
    if (state.kind === 'idle') throw new Error('no generation is running')
    return state.asked
  }

  #finish(state: GenerationState): void {
    clearInterval(this.#poll)
    localStorage.removeItem(this.#key)
    this.state.set(state)
  }

  #follow(event: JobEvent): void {
    const state = this.state.get()
    if (state.kind !== 'running' || event.job !== state.asked.request.id) return
    switch (event.state) {
      case 'queued':
      case 'running': {
        const before = state.event
        if (before !== undefined && before.state === event.state && before.step > event.step) return
        this.state.set({ ...state, event: { ...event, previewHash: event.previewHash ?? before?.previewHash } })
        return
      }
      case 'failed':
        this.#finish({ kind: 'failed', asked: state.asked, reason: event.error?.detail || 'The appliance could not make this image.' })
        return
      case 'cancelled':
        this.#finish({ kind: 'idle' })
        this.session.toasts.show('info', 'Generation cancelled. Nothing was changed.')
        return
      case 'done':
        clearInterval(this.#poll)
        this.state.set({ kind: 'inserting', asked: state.asked })
        void this.#insert(state.asked, event)
    }
  }

  async #insert(asked: Asked, event: JobEvent): Promise<void> {
    try {
      const { commands, node } = await this.#resultCommands(asked, event)
      const error = this.session.edit(commands)
      this.#finish(error === undefined ? { kind: 'done', asked, node } : { kind: 'failed', asked, reason: 'The result could not be inserted.' })
    } catch (error) {
      this.#finish({ kind: 'failed', asked, reason: reasonOf(error) })
    }
  }

  async #resultCommands(asked: Asked, event: JobEvent): Promise<{ commands: Command[]; node: NodeId }> {
    const { request, target } = asked
    const name = request.prompt.slice(0, titleLength) || 'Generated'
    const commands: Command[] = [{ kind: 'addGeneration', id: request.id, record: record(asked, event) }]
    const usesFrame = 'frame' in target && this.session.doc.tree().pageOf(target.frame) !== ''
    const rect = 'rect' in target ? target.rect : { x: 0, y: 0, width: request.width, height: request.height }
    const node = makeId()
    const [composed] = event.layers ?? []
    if (!usesFrame && event.layers?.length === 1 && composed?.t === 'frame') {
      // The composed frame is the new frame.
      const extra = { name, genId: request.id, xf: [1, 0, 0, 1, rect.x, rect.y] }
      return { commands: [...commands, ...layerCommands(event.layers, this.#pageFor(target), node, extra)], node }
    }
    const parent = usesFrame ? target.frame : makeId()
    if (!usesFrame) {
      commands.push({
        kind: 'createNode', id: parent, type: 'frame', placement: { parent: this.#pageFor(target) }, text: '',
        properties: { name, xf: [1, 0, 0, 1, rect.x, rect.y], size: [rect.width, rect.height] },
      })
    }
    const size = (usesFrame ? this.session.doc.node(target.frame)?.size : undefined) ?? { width: request.width, height: request.height }
    if (event.layers?.length === 1) {
      commands.push(...layerCommands(event.layers, parent, node, { genId: request.id }))
    } else if (event.layers !== undefined) {
      commands.push({ kind: 'createNode', id: node, type: 'group', placement: { parent }, text: '', properties: { name, genId: request.id } }, ...layerCommands(event.layers, node))
    } else if (event.resultHash !== undefined) {
      const { bytes, mime } = await this.session.api.blob(event.resultHash)
      const width = event.width || request.width
      const height = event.height || request.height
      commands.push(
        { kind: 'addAsset', hash: event.resultHash, mime: mime || 'image/png', sizeBytes: bytes.byteLength, widthPx: width, heightPx: height, name },
        {
          kind: 'createNode', id: node, type: 'image', placement: { parent }, text: '',
          properties: { name, genId: request.id, asset: event.resultHash, fit: 'fill', size: [size.width, size.height], xf: [1, 0, 0, 1, 0, 0] },
        },
      )
    } else {
      throw new ApiError('no-result', 'The job is done but it has no result.', 0)
    }
    return { commands, node: usesFrame ? node : parent }
  }

  #pageFor(target: Target): NodeId {
    const { pages } = this.session.doc.tree()
    const wanted = 'page' in target ? target.page : ''
    return pages.includes(wanted) ? wanted : (pages[0] ?? createBlank(this.session.doc, 'Untitled'))
  }

  /// A job that was asked before a reload goes on; one whose record is in the document was inserted already.
  #resume(): void {
    const kept = localStorage.getItem(this.#key)
    if (kept === null) return
    try {
      const asked = JSON.parse(kept) as Asked
      if (typeof asked.request.id !== 'string' || this.session.doc.ydoc.getMap('gen').has(asked.request.id)) localStorage.removeItem(this.#key)
      else this.#run(asked)
    } catch {
      localStorage.removeItem(this.#key)
    }
  }
}
