/// Unpremultiplied sRGB colours, components 0..1, and their hex text for people.
export type Color = { readonly r: number; readonly g: number; readonly b: number; readonly a: number }

const byteHex = (part: number): string =>
  Math.round(Math.min(1, Math.max(0, part)) * 255).toString(16).padStart(2, '0').toUpperCase()

/// #RRGGBB, or #RRGGBBAA when not opaque.
export const toHex = (color: Color): string =>
  `#${byteHex(color.r)}${byteHex(color.g)}${byteHex(color.b)}${color.a >= 1 ? '' : byteHex(color.a)}`

/// #rgb, #rgba, #rrggbb and #rrggbbaa, the # optional, any case.
export const parseHex = (text: string): Color | undefined => {
  const digits = text.trim().replace(/^#/, '')
  if (!/^[0-9a-f]+$/i.test(digits)) return undefined
  const wide = digits.length <= 4 ? [...digits].map(digit => digit + digit).join('') : digits
  if (wide.length !== 6 && wide.length !== 8) return undefined
  const part = (at: number): number => parseInt(wide.slice(at, at + 2), 16) / 255
  return { r: part(0), g: part(2), b: part(4), a: wide.length === 8 ? part(6) : 1 }
}

export const toCss = (color: Color, opacity = 1): string =>
  `rgb(${color.r * 255} ${color.g * 255} ${color.b * 255} / ${color.a * opacity})`
