import 'virtual:tokens.css'
import './ui/styles.css'
import { createRoot } from 'react-dom/client'
import { Session } from './session/session'
import { rememberRoom } from './session/recent'
import { parseLink } from './sync/link'
import { startTheme } from './theme/tokens'
import { EditorView } from './ui/editor'
import { Home } from './ui/home'

const start = async (): Promise<void> => {
  startTheme()
  const container = document.getElementById('app')
  if (container === null) return
  const root = createRoot(container)
  const link = parseLink(location.href)
  if (link === undefined) {
    root.render(<Home />)
  } else {
    const session = await Session.open(link, location.origin)
    const remember = (): void => {
      document.title = `${session.doc.name()} · Tessera`
      rememberRoom({ room: link.room, name: session.doc.name(), href: location.pathname + location.hash })
    }
    remember()
    session.doc.ydoc.getMap('meta').observe(remember)
    window.addEventListener('hashchange', () => location.reload())
    root.render(<EditorView session={session} />)
  }
  if (import.meta.env.PROD) void navigator.serviceWorker?.register('/sw.js')
}

void start()
