/// The page without a room: opens a share link, and lists the documents that this device knows.
import { useState } from 'react'
import { recentRooms } from '../session/recent'
import { parseLink } from '../sync/link'
import { Icon } from './icons'

export const Home = () => {
  const [text, setText] = useState('')
  const [wrong, setWrong] = useState(false)
  const recent = recentRooms()
  const open = (): void => {
    const link = parseLink(text.trim(), location.origin)
    if (link === undefined) setWrong(true)
    else location.assign(`/d/${link.room}${link.token === '' ? '' : `#${link.token}`}`)
  }
  return (
    <main className="home-page">
      <img src="/icon.svg" alt="" className="home-logo" />
      <h1>Tessera</h1>
      <p className="hint">Design together, in files that you own.</p>
      <form onSubmit={event => { event.preventDefault(); open() }}>
        <label htmlFor="link">Share link</label>
        <div className="with-button">
          <input id="link" value={text} aria-invalid={wrong} placeholder={`${location.origin}/d/room#token`} onChange={event => { setText(event.target.value); setWrong(false) }} />
          <button type="submit" className="button primary">Open</button>
        </div>
        {wrong ? <p className="message danger" role="alert"><Icon name="alert" />This is not a share link. One looks like {location.origin}/d/room#token.</p> : null}
      </form>
      {recent.length === 0 ? null : (
        <section aria-labelledby="recent">
          <h2 id="recent">Recent on this device</h2>
          <ul className="recent">{recent.map(room => <li key={room.href}><a href={room.href}><Icon name="layers" /><span>{room.name}</span><span className="hint">{room.room}</span></a></li>)}</ul>
        </section>
      )}
    </main>
  )
}
