// The program with documents of this engine, and the random numbers that histories are made of.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** splitmix32: small, seeded, the same everywhere. */
export const randomOf = seed => {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return (z ^ (z >>> 15)) >>> 0
  }
  const below = n => next() % n
  return { next, below, pick: list => list[below(list.length)], chance: percent => below(100) < percent }
}

/** Answers come in the order of the questions. */
export class Engine {
  constructor (path) {
    this.child = spawn(path, [], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.waiting = []
    this.child.on('exit', code => this.waiting.splice(0).forEach(w => w.reject(new Error(`the engine ended with ${code}`))))
    createInterface({ input: this.child.stdout }).on('line', line => this.waiting.shift().resolve(JSON.parse(line)))
  }

  ask (command) {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject })
      this.child.stdin.write(JSON.stringify(command) + '\n')
    })
  }

  end () { this.child.stdin.end() }
}
