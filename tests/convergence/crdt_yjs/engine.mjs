// The program with documents of this engine.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

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
