/// Order keys, as core/document/src/order_key.cpp. A key is an integer part and a fraction, both in base 62 with
/// digits ordered as bytes. The integer part's first letter gives its length: 'a' one digit more, 'b' two ... 'z' 26
/// (zero and up), 'Z' one, 'Y' two ... 'A' 26 (below zero). The fraction never ends in '0', so there is always room.
import { base62Digits, compareBytes } from '../base/ids'

const base = 62
const jitterDigits = 5
/// A longer key makes its siblings be keyed anew.
export const maxOrderKeyChars = 64

const digit = (value: number): string => base62Digits.charAt(value)
const digitValue = (text: string, index: number): number => base62Digits.indexOf(text.charAt(index))

/// Characters of the integer part, its head included; 0 when `head` is no letter.
const integerLength = (head: string): number => {
  if (head >= 'a' && head <= 'z') return head.charCodeAt(0) - 97 + 2
  if (head >= 'A' && head <= 'Z') return 90 - head.charCodeAt(0) + 2
  return 0
}

type Parts = { readonly integer: string; readonly fraction: string }

const split = (key: string): Parts | undefined => {
  const length = integerLength(key.charAt(0))
  if (length === 0 || key.length < length || !/^[0-9A-Za-z]+$/.test(key)) return undefined
  const parts = { integer: key.slice(0, length), fraction: key.slice(length) }
  const lowest = parts.integer === `A${'0'.repeat(26)}`
  return (parts.fraction === '' ? lowest : parts.fraction.endsWith('0')) ? undefined : parts
}

export const isOrderKey = (key: string): boolean => split(key) !== undefined

/// The integer part one up or down; undefined past the end.
const stepped = (integer: string, step: 1 | -1): string | undefined => {
  const digits = [...integer.slice(1)]
  for (let i = digits.length - 1; i >= 0; --i) {
    const value = base62Digits.indexOf(digits[i] ?? '') + step
    digits[i] = digit((value + base) % base)
    if (value >= 0 && value < base) return integer.charAt(0) + digits.join('')
  }
  const head = integer.charAt(0)
  if (head === (step > 0 ? 'z' : 'A')) return undefined
  if (step > 0 && head === 'Z') return 'a0'
  if (step < 0 && head === 'a') return 'Zz'
  const next = String.fromCharCode(head.charCodeAt(0) + step)
  return next + digit(step > 0 ? 0 : base - 1).repeat(integerLength(next) - 1)
}

/// A fraction above `low` and below `high` (open above when undefined) that any digits may follow.
/// Precondition: low < high, high does not end in '0'.
const fractionBetween = (low: string, high: string | undefined): string => {
  let out = ''
  let bound = high
  for (let i = 0; ; ++i) {
    const lowDigit = i < low.length ? digitValue(low, i) : 0
    const highDigit = bound === undefined ? base : i < bound.length ? digitValue(bound, i) : 0
    if (highDigit - lowDigit >= 2) return out + digit(Math.floor((lowDigit + highDigit) / 2))
    out += digit(lowDigit)
    if (highDigit !== lowDigit) bound = undefined // already below it: the rest only has to be above low
  }
}

/// The part of a new key before its jitter. Keys that are not order keys count as open ends, and so does `before`
/// unless it is above `after`.
export const orderKeyStem = (after: string, before: string): string => {
  const low = split(after)
  const parsedHigh = split(before)
  const high = low !== undefined && compareBytes(after, before) >= 0 ? undefined : parsedHigh
  if (low === undefined && high === undefined) return 'a0'
  if (low === undefined) {
    if (high === undefined) return 'a0'
    return stepped(high.integer, -1) ?? high.integer + fractionBetween('', high.fraction)
  }
  if (high !== undefined && low.integer === high.integer) return low.integer + fractionBetween(low.fraction, high.fraction)
  const next = stepped(low.integer, 1)
  if (next !== undefined && (high === undefined || compareBytes(next, high.integer) < 0)) return next
  return low.integer + fractionBetween(low.fraction, undefined)
}

/// A key strictly between the two (empty: open end), with about 30 bits of jitter, so that two people who insert at
/// one spot rarely collide.
export const orderKeyBetween = (after: string, before: string, random: () => number = Math.random): string => {
  let key = orderKeyStem(after, before)
  for (let i = 0; i + 1 < jitterDigits; ++i) key += digit(Math.floor(random() * base))
  return key + digit(1 + Math.floor(random() * (base - 1)))
}

/// `count` ascending keys strictly between the two, spread so that they stay short.
export const orderKeysBetween = (after: string, before: string, count: number, random: () => number = Math.random): string[] => {
  const keys: string[] = []
  if (after === '' || before === '') {
    // An open end has integers to count with: no need to halve anything.
    for (let i = 0; i < count; ++i) {
      const neighbour = keys.at(-1) ?? (before === '' ? after : before)
      keys.push(before === '' ? orderKeyBetween(neighbour, '', random) : orderKeyBetween('', neighbour, random))
    }
    return before === '' ? keys : keys.reverse()
  }
  const fill = (low: string, high: string, wanted: number): void => {
    if (wanted === 0) return
    const middle = orderKeyBetween(low, high, random)
    const below = Math.floor(wanted / 2)
    fill(low, middle, below)
    keys.push(middle)
    fill(middle, high, wanted - below - 1)
  }
  fill(after, before, count)
  return keys
}
