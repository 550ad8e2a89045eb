/// Messages at the lower edge of the canvas, read out politely; errors at once.
import type { ToastKind } from '../session/toasts'
import { IconButton } from './controls'
import { useEditor, useValue } from './hooks'
import { Icon, type IconName } from './icons'

const icons: Readonly<Record<ToastKind, IconName>> = { info: 'info', warn: 'alert', error: 'alert' }

export const ToastList = () => {
  const { session } = useEditor()
  const list = useValue(session.toasts.list)
  return (
    <div className="toasts" aria-live="polite">
      {list.map(toast => (
        <div key={toast.id} className="toast" data-kind={toast.kind} role={toast.kind === 'error' ? 'alert' : 'status'}>
          <Icon name={icons[toast.kind]} />
          <span>{toast.text}</span>
          <IconButton size="row" icon="x" label="Dismiss" onClick={() => session.toasts.dismiss(toast.id)} />
        </div>
      ))}
    </div>
  )
}
