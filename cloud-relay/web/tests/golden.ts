import { readFileSync, readdirSync, existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../../tests/golden/', import.meta.url))

export const goldenFile = (path: string): unknown => JSON.parse(readFileSync(folder + path, 'utf8'))

/// All cases of the shared files in tests/golden/<name>.
export const goldenCases = <T>(name: string): T[] =>
  !existsSync(folder + name) ? [] : readdirSync(folder + name).filter(file => file.endsWith('.json')).flatMap(file => (goldenFile(`${name}/${file}`) as { cases: T[] }).cases)
