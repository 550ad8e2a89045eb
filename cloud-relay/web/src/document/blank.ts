import * as Y from 'yjs'
import { makeId, type NodeId } from '../base/ids'
import { formatVersion, type DesignDoc } from './design_doc'
import { orderKeyBetween } from './order_key'
import type { Properties } from './schema'

/// A room that nobody has drawn in yet gets its facts and a first page, as Document::createBlank() does.
export const createBlank = (doc: DesignDoc, name: string): NodeId => {
  const page = makeId()
  doc.ydoc.transact(() => {
    const meta = doc.ydoc.getMap('meta')
    const facts: Properties = { formatVersion, minReaderVersion: 1, name, colourProfile: 'srgb', unit: 'px', fileId: makeId() }
    for (const [key, value] of Object.entries(facts)) meta.set(key, value)
    const entries: Properties = { t: 'page', pi: ['', orderKeyBetween('', '')], name: 'Page 1' }
    doc.ydoc.getMap('nodes').set(page, new Y.Map(Object.entries(entries)))
  }, 'create')
  return page
}
