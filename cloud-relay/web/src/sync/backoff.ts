/// Waiting time before the next attempt: full jitter over a doubling window, so that a thousand clients do not come
/// back in one moment.
const firstWindowMs = 500
const lastWindowMs = 20_000

export const backoffMs = (attempt: number, random: () => number = Math.random): number =>
  random() * Math.min(lastWindowMs, firstWindowMs * 2 ** Math.min(attempt, 16))
