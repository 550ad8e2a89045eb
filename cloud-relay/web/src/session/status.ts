/// What the status says about saving and syncing. True or not shown: "synced" only when the relay has confirmed that
/// its disk has every change, "saved" only when this browser's disk has.
import { canEdit, type Role } from '../sync/protocol'
import type { ConnectionState } from '../sync/provider'

export type SyncFacts = {
  readonly connection: ConnectionState
  readonly role: Role | undefined
  readonly deniedReason: string
  readonly isUpToDate: boolean
  readonly unsynced: number
  readonly isSaved: boolean
  readonly storageFailure: string | undefined
  readonly isEmpty: boolean
  readonly needsNewerReader: boolean
}

export type SyncTone = 'ok' | 'busy' | 'offline' | 'warn' | 'danger'
export type SyncStatus = {
  readonly tone: SyncTone
  readonly text: string
  readonly detail: string
  readonly unsynced: number
  readonly isOnline: boolean
  readonly isSynced: boolean
  readonly role: Role | undefined
  readonly mayEdit: boolean
  /// The room's content is not here yet.
  readonly isLoading: boolean
  readonly deniedReason: string | undefined
}

const changes = (count: number): string => (count === 1 ? '1 change' : `${count} changes`)

const wording = (facts: SyncFacts): { tone: SyncTone; text: string; detail: string } => {
  const kept = changes(facts.unsynced)
  if (facts.storageFailure !== undefined && facts.unsynced > 0) {
    return { tone: 'warn', text: `${kept} not saved yet`, detail: `They are not on this device because ${facts.storageFailure}. Keep this page open until they are synced.` }
  }
  if (facts.connection === 'denied') {
    return { tone: 'danger', text: 'No access', detail: facts.unsynced > 0 ? facts.isSaved ? `${kept} kept on this device only.` : `Writing ${kept} to this device.` : 'Nothing is waiting to be sent.' }
  }
  if (facts.connection !== 'online') {
    const held = facts.isSaved ? `Offline: ${kept} kept on this device` : `Offline: saving ${kept}`
    const text = facts.unsynced > 0 ? held : facts.connection === 'connecting' ? 'Connecting' : 'Offline'
    return { tone: facts.connection === 'connecting' && facts.unsynced === 0 ? 'busy' : 'offline', text, detail: 'You can go on working. Everything is merged when the relay is back.' }
  }
  if (facts.unsynced > 0 && canEdit(facts.role)) {
    return facts.isSaved
      ? { tone: 'busy', text: 'Saved on this device', detail: `${kept} on the way to the relay.` }
      : { tone: 'busy', text: 'Saving', detail: 'Writing to this device.' }
  }
  if (facts.unsynced > 0) {
    return { tone: 'warn', text: `${kept} kept on this device`, detail: 'You may no longer edit this document, so they cannot be synced.' }
  }
  return { tone: 'ok', text: 'Synced', detail: 'The relay has every change on its disk.' }
}

export const describeSync = (facts: SyncFacts): SyncStatus => ({
  ...wording(facts),
  unsynced: facts.unsynced,
  isOnline: facts.connection === 'online',
  isSynced: facts.connection === 'online' && facts.isUpToDate && facts.unsynced === 0,
  role: facts.role,
  mayEdit: canEdit(facts.role) && !facts.needsNewerReader,
  isLoading: facts.isEmpty && !facts.isUpToDate && facts.connection !== 'denied',
  deniedReason: facts.connection === 'denied' ? facts.deniedReason || 'The link is wrong, expired or was revoked.' : undefined,
})
