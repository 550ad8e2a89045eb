/// Binds a text field to a Y.Text: what was typed becomes the smallest edit, and what others type moves the caret
/// along. Two people in one text both keep every character.
export type TextEdit = { readonly at: number; readonly removeCount: number; readonly insert: string }
export type Delta = readonly { readonly insert?: unknown; readonly delete?: number; readonly retain?: number }[]

const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff

/// The one edit that turns `before` into `after`. `caret` is where the typing ended, which tells apart equal letters:
/// typing an "l" into "hello" is where the caret is.
export const smallestEdit = (before: string, after: string, caret: number): TextEdit | undefined => {
  if (before === after) return undefined
  const grown = after.length - before.length
  const most = Math.min(before.length, after.length)
  // What follows the caret was not typed: match it from the end first.
  let tail = 0
  const tailLimit = Math.min(most, Math.max(0, after.length - caret))
  while (tail < tailLimit && before[before.length - 1 - tail] === after[after.length - 1 - tail]) ++tail
  let head = 0
  while (head < most - tail && before[head] === after[head]) ++head
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) ++tail
  // Never cut a surrogate pair.
  while (head > 0 && (isLowSurrogate(before.charCodeAt(head)) || isLowSurrogate(after.charCodeAt(head)))) --head
  while (tail > 0 && isLowSurrogate(before.charCodeAt(before.length - tail))) --tail
  const removeCount = before.length - head - tail
  return { at: head, removeCount, insert: after.slice(head, head + removeCount + grown) }
}

/// Where a position stands after somebody else's change. `stays`: text inserted exactly there comes after it.
export const movedBy = (position: number, delta: Delta, stays: boolean): number => {
  let at = 0
  let result = position
  for (const part of delta) {
    if (part.retain !== undefined) {
      at += part.retain
    } else if (part.delete !== undefined) {
      if (at < result) result -= Math.min(part.delete, result - at)
    } else {
      const length = typeof part.insert === 'string' ? part.insert.length : 1
      if (at < result || (at === result && !stays)) result += length
      at += length
    }
    if (at > result) break
  }
  return result
}
