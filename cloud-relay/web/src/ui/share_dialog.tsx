/// Who can come in: makes links by role (owner), copies this link (everyone), revokes.
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Share } from '../api/rest'
import { roles, type Role } from '../sync/protocol'
import { IconButton } from './controls'
import { useEditor, useStatus } from './hooks'
import { Icon } from './icons'

const roleWords: Readonly<Record<Role, string>> = { owner: 'Owner', editor: 'Can edit', commenter: 'Can comment', viewer: 'Can view' }

export const ShareDialog = ({ onClose }: { onClose: () => void }) => {
  const { session } = useEditor()
  const status = useStatus()
  const dialog = useRef<HTMLDialogElement>(null)
  const [role, setRole] = useState<Role>('editor')
  const [link, setLink] = useState<string | undefined>(undefined)
  const [shares, setShares] = useState<readonly Share[] | undefined>(undefined)
  const [failure, setFailure] = useState<string | undefined>(undefined)
  const isOwner = status.role === 'owner' && session.link.token !== ''

  const report = (error: unknown): void => setFailure(error instanceof Error ? error.message : String(error))
  const loadShares = useCallback(() => {
    if (isOwner && status.isOnline) session.api.shares().then(setShares, report)
  }, [isOwner, status.isOnline, session])
  useEffect(() => dialog.current?.showModal(), [])
  useEffect(loadShares, [loadShares])

  const copy = async (text: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      session.toasts.show('info', 'Link copied.')
    } catch {
      setLink(text) // shown for copying by hand
    }
  }
  const makeLink = async (): Promise<void> => {
    setFailure(undefined)
    try {
      const made = await session.api.makeShare(role)
      setLink(made)
      await copy(made)
      loadShares()
    } catch (error) {
      report(error)
    }
  }
  const revoke = async (share: string): Promise<void> => {
    await session.api.revokeShare(share).catch(report)
    loadShares()
  }

  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="share-title" onClose={onClose}>
      <header>
        <h2 id="share-title">Share</h2>
        <IconButton size="row" icon="x" label="Close" onClick={() => dialog.current?.close()} />
      </header>
      {isOwner ? (
        <div className="with-button">
          <select aria-label="What people with the link can do" value={role} onChange={event => setRole(roles.find(item => item === event.target.value) ?? 'viewer')}>
            {roles.filter(item => item !== 'owner').map(item => <option key={item} value={item}>{roleWords[item]}</option>)}
          </select>
          <button type="button" className="button primary" disabled={!status.isOnline} onClick={() => void makeLink()}>Make and copy link</button>
        </div>
      ) : (
        <>
          <p className="hint">Everyone with this link has the right you have: {status.role === undefined ? 'unknown' : roleWords[status.role].toLowerCase()}.</p>
          <button type="button" className="button primary" onClick={() => void copy(location.href)}><Icon name="copy" />Copy this link</button>
        </>
      )}
      {link === undefined ? null : <input className="link" readOnly value={link} aria-label="Share link" onFocus={event => event.target.select()} />}
      {failure === undefined ? null : <p className="message danger" role="alert"><Icon name="alert" />{failure}</p>}
      {!isOwner ? null : !status.isOnline ? <p className="message"><Icon name="info" />Links are made by the relay. You are offline.</p> : (
        <ul className="shares" aria-label="Links">
          {(shares ?? []).filter(share => !share.revoked).map(share => (
            <li key={share.share}>
              <span>{roleWords[roles.find(item => item === share.role) ?? 'viewer']}</span>
              <span className="hint">{share.share.slice(0, 8)}</span>
              {share.role === 'owner' ? null : <button type="button" className="button" aria-label={`Revoke link ${share.share.slice(0, 8)}`} onClick={() => void revoke(share.share)}>Revoke</button>}
            </li>
          ))}
          {shares?.filter(share => !share.revoked).length === 0 ? <li className="hint">No links yet.</li> : null}
        </ul>
      )}
    </dialog>
  )
}
