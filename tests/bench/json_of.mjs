// What a program prints as its last line, as JSON. Throws when it fails or prints nothing.
import { spawnSync } from 'node:child_process'

export function jsonOf (program, options, { env = {}, timeoutMs = 300_000, input = undefined } = {}) {
  const result = spawnSync(program, options, { encoding: 'utf8', input, timeout: timeoutMs, env: { ...process.env, ...env } })
  const line = result.stdout?.trim().split('\n').pop()
  if (result.status !== 0 || !line) throw new Error(`${program} ${options.join(' ')}: ${result.error ?? result.stderr}`)
  return JSON.parse(line)
}
