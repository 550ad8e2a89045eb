/// The design tokens as data, for what is drawn on the canvas. CSS gets the same as custom properties.
import data from '../../../../app/shell/theme/tokens.json'
import { Observable } from '../base/observable'

export const tokens = data
export type ColorName = keyof typeof data.color
export type ThemeName = 'light' | 'dark'
export type ThemeChoice = ThemeName | 'system'

const storageKey = 'tessera.theme'
const dark = typeof matchMedia === 'function' ? matchMedia('(prefers-color-scheme: dark)') : undefined

const readChoice = (): ThemeChoice => {
  const kept = typeof localStorage === 'undefined' ? null : localStorage.getItem(storageKey)
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}
const resolve = (choice: ThemeChoice): ThemeName => (choice === 'system' ? (dark?.matches === true ? 'dark' : 'light') : choice)

export const themeChoice = new Observable<ThemeChoice>(readChoice())
export const theme = new Observable<ThemeName>(resolve(themeChoice.get()))

export const startTheme = (): void => {
  const show = (): void => {
    const choice = themeChoice.get()
    if (choice === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = choice
    theme.set(resolve(choice))
  }
  themeChoice.subscribe(() => {
    localStorage.setItem(storageKey, themeChoice.get())
    show()
  })
  dark?.addEventListener('change', show)
  show()
}

/// A theme colour for canvas 2D.
export const color = (name: ColorName): string => data.color[name][theme.get()]
