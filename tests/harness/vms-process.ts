/** The `vms` command as a process: started, watched, ended. What it writes is kept. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { Workplace } from './workplace.ts'

export const BIN = fileURLToPath(new URL('../../packages/cli/bin/vms.js', import.meta.url))

/** Milliseconds after which a process that should have said or done something counts as hung. */
const PATIENCE_MS = 45_000

export interface Finished {
  /** Exit code; null if a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command line to its end. */
export async function vms(
  place: Workplace,
  args: readonly string[],
  input = '',
): Promise<Finished> {
  const running = startVms(place, args)
  running.child.stdin?.end(input)
  return running.finished()
}

/** A running command. */
export class VmsProcess {
  readonly child: ChildProcess
  stdout = ''
  stderr = ''
  #args: readonly string[]
  #closed: Promise<unknown>

  constructor(child: ChildProcess, args: readonly string[]) {
    this.child = child
    this.#args = args
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      this.stdout += text
      child.emit('output')
    })
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      this.stderr += text
      child.emit('output')
    })
    this.#closed = once(child, 'close')
  }

  /** Waits until `find` finds something in what was written so far. Rejects if the process ends before that. */
  async until<T>(
    find: (written: { stdout: string; stderr: string }) => T | null | undefined | false,
  ): Promise<T> {
    const deadline = AbortSignal.timeout(PATIENCE_MS)
    for (;;) {
      const found = find(this)
      if (found !== null && found !== undefined && found !== false) return found
      if (this.child.exitCode !== null || this.child.signalCode !== null || deadline.aborted) {
        throw new Error(
          `vms ${this.#args.join(' ')} did not say what was waited for:\n${this.stdout}\n${this.stderr}`,
        )
      }
      await Promise.race([once(this.child, 'output'), this.#closed, once(deadline, 'abort')])
    }
  }

  /** Sends a signal, if any, and waits for the end. */
  async finished(signal?: NodeJS.Signals): Promise<Finished> {
    if (signal) this.child.kill(signal)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () =>
          reject(
            new Error(`vms ${this.#args.join(' ')} does not end:\n${this.stdout}\n${this.stderr}`),
          ),
        PATIENCE_MS,
      )
    })
    await Promise.race([this.#closed, late])
    clearTimeout(timer)
    return { code: this.child.exitCode, stdout: this.stdout, stderr: this.stderr }
  }
}

/** Starts a command; it is killed when the test ends. `files`: descriptors that it may have open. */
export function startVms(
  { path, env }: Workplace,
  args: readonly string[],
  extraEnv: NodeJS.ProcessEnv = {},
  files?: number,
): VmsProcess {
  const whole = [process.execPath, BIN, ...args]
  // The shell gives its place to the command.
  const limited = ['/bin/sh', '-c', `ulimit -n ${files} && exec "$0" "$@"`, ...whole]
  const [program = '', ...rest] = files === undefined ? whole : limited
  const child = spawn(program, rest, {
    cwd: path,
    env: { ...env, ...extraEnv },
    stdio: 'pipe',
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return new VmsProcess(child, args)
}
