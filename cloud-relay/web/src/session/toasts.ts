/// Short messages at the edge of the canvas. Info goes by itself, warnings and errors stay until dismissed.
import { tokens } from '../theme/tokens'
import { Observable } from '../base/observable'

export type ToastKind = 'info' | 'warn' | 'error'
export type Toast = { readonly id: number; readonly kind: ToastKind; readonly text: string }
const mostAtOnce = 3

export class Toasts {
  readonly list = new Observable<readonly Toast[]>([])
  #next = 1

  show(kind: ToastKind, text: string): void {
    const shown = this.list.get()
    if (shown.some(toast => toast.kind === kind && toast.text === text)) return
    const id = this.#next++
    this.list.set([...shown, { id, kind, text }].slice(-mostAtOnce))
    if (kind === 'info') setTimeout(() => this.dismiss(id), tokens.motion.toastMs)
  }

  dismiss(id: number): void {
    this.list.set(this.list.get().filter(toast => toast.id !== id))
  }
}
