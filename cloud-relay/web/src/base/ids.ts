/// Node, page, file and generation ids: 128 random bits as 22 base-62 characters. Readers accept any non-empty text
/// up to 64 bytes.
export type NodeId = string

export const base62Digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
export const maxIdBytes = 64

export const makeId = (): NodeId => {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  let text = ''
  for (let i = 0; i < 22; ++i) {
    text = (base62Digits[Number(value % 62n)] ?? '0') + text
    value /= 62n
  }
  return text
}

/// The order of the UTF-8 bytes, which is the order of code points. JavaScript's own `<` compares UTF-16 units and
/// differs above U+FFFF.
export const compareBytes = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; ++i) {
    let x = a.charCodeAt(i)
    let y = b.charCodeAt(i)
    if (x === y) continue
    if (x >= 0xd800 && y >= 0xd800) {
      // Surrogates stand for code points above every other unit.
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000
    }
    return x - y
  }
  return a.length - b.length
}

const encoder = new TextEncoder()
/// Bytes of the text in UTF-8.
export const utf8Length = (text: string): number => encoder.encode(text).length
