/**
 * The parent's hold on its child process: one operation at a time, a clock that runs while the child works and stands still while it
 * waits for an answer of ours, and one place where the child's end is noticed, whatever caused it.
 */
import { Channel } from './channel.ts'
import { type Child, spawnChild } from './child-process.ts'
import { SandboxError } from './errors.ts'
import { forwardErrors } from './standard-error.ts'
import type { ConsoleLine, MachineOptions, RunStop } from './types.ts'
import type { FromChild, Question, ToChild } from './wire.ts'

export type Refused = Extract<RunStop, { kind: 'refused' }>

/** How an operation ends: with the child's answer, with a refusal that the parent noticed, or with a fault that is not the script's. */
export type Ending = { answer: FromChild } | { refused: Refused } | { failed: SandboxError }

export interface LinkOptions
  extends Pick<MachineOptions, 'execArgv' | 'env' | 'childModule' | 'service' | 'trace'> {
  /** A process that was ready; without it, one is spawned. */
  readonly ready: Child | null
  readonly log: (line: ConsoleLine) => void
  readonly answer: (question: Question) => Promise<unknown>
}

interface Operation {
  /** Milliseconds without a sign of life until the child is given up. */
  readonly patienceMs: number
  readonly onProgress: (message: FromChild) => void
  readonly end: (ending: Ending) => void
}

export class ChildLink {
  readonly #options: LinkOptions
  readonly #child: Child
  readonly #channel: Channel
  readonly #closed: Promise<void>
  #operation: Operation | null = null
  #timer: NodeJS.Timeout | null = null
  #death: SandboxError | null = null

  constructor(options: LinkOptions) {
    this.#options = options
    this.#child = options.ready ?? spawnChild(options)
    const { process, input, output, errors } = this.#child
    forwardErrors(errors, options.log)
    this.#channel = new Channel(
      input,
      output,
      (message) => this.#receive(message),
      (problem) =>
        this.#fail(
          new SandboxError('ERR_VMS_MACHINE_PROTOCOL', `the child is not understood: ${problem}`),
        ),
    )
    this.#closed = new Promise((resolve) => {
      process.on('error', (error) => {
        this.#die(`could not be spawned: ${error.message}`)
        resolve()
      })
      // 'close' and not 'exit': what the child wrote before it died counts.
      process.on('close', (code, signal) => {
        this.#die(signal === null ? `ended with code ${code}` : `was ended by ${signal}`)
        resolve()
      })
    })
  }

  /** Why nothing more can be asked; null while the child lives. */
  get death(): SandboxError | null {
    return this.#death
  }

  get pid(): number | undefined {
    return this.#child.process.pid
  }

  /** @throws SandboxError ERR_VMS_MACHINE_BUSY */
  ask(
    message: ToChild,
    patienceMs: number,
    onProgress: Operation['onProgress'] = () => {},
  ): Promise<Ending> {
    if (this.#death !== null) return Promise.resolve({ failed: this.#death })
    if (this.#operation !== null) {
      throw new SandboxError('ERR_VMS_MACHINE_BUSY', 'a machine does one thing at a time')
    }
    return new Promise((resolve) => {
      // Throws if the message is too large to be sent; then nothing has begun.
      this.#channel.write(message)
      this.#operation = { patienceMs, onProgress, end: resolve }
      this.#restartTimer()
    })
  }

  /** Tells up to where everything is committed, with whatever is said next: what the child knows of files has time until then. */
  tellCommitted(position: number): void {
    this.#channel.putOff(['committed', position])
  }

  async close(): Promise<void> {
    this.#child.process.kill('SIGKILL')
    await this.#closed
  }

  #receive(message: FromChild): void {
    switch (message[0]) {
      case 'console':
        this.#options.log({ level: message[1], text: message[2] })
        return
      case 'trace':
        this.#options.trace?.(message[1])
        return
      case 'ask':
        void this.#answer(message[1])
        return
      case 'result':
        this.#operation?.onProgress(message)
        this.#restartTimer()
        return
      case 'refused':
      case 'broken':
        // The child leaves by itself; nothing more can be asked of it.
        this.#death ??= new SandboxError(
          'ERR_VMS_MACHINE_DEAD',
          `the machine has stopped: ${message[2]}`,
        )
        this.#finish({ answer: message })
        return
      case 'progress':
        this.#restartTimer()
        return
      case 'ready':
      case 'booted':
      case 'initiated':
      case 'alarmed':
      case 'done':
        this.#finish({ answer: message })
        return
      default:
        throw new TypeError(`an unknown kind of message: ${String(message satisfies never)}`)
    }
  }

  async #answer(question: Question): Promise<void> {
    this.#stopTimer()
    try {
      const answer = await this.#options.answer(question)
      if (this.#operation === null) return
      this.#channel.write(['answer', answer])
      this.#restartTimer()
    } catch (error) {
      if (error instanceof SandboxError) return this.#fail(error)
      const message = `the committed files could not be read: ${(error as Error).message}`
      this.#fail(new SandboxError('ERR_VMS_FILES_UNAVAILABLE', message, { cause: error }))
    }
  }

  #restartTimer(): void {
    if (this.#operation === null) {
      this.#stopTimer()
      return
    }
    if (this.#timer !== null) {
      this.#timer.refresh()
      return
    }
    const ms = this.#operation.patienceMs
    this.#timer = setTimeout(() => {
      const message = `the call took longer than it may: no sign of life for ${ms} ms`
      this.#finish({ refused: { kind: 'refused', reason: 'wall-clock', message, certain: true } })
      this.#fail(new SandboxError('ERR_VMS_MACHINE_DEAD', 'the machine had stopped answering'))
    }, ms)
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #finish(ending: Ending): void {
    this.#stopTimer()
    const operation = this.#operation
    this.#operation = null
    operation?.end(ending)
  }

  /** Ends the child for a fault that is not the script's. */
  #fail(error: SandboxError): void {
    this.#death ??= error
    this.#finish({ failed: error })
    this.#child.process.kill('SIGKILL')
  }

  #die(how: string): void {
    const message = `the machine's process ${how}`
    this.#death ??= new SandboxError('ERR_VMS_MACHINE_DEAD', message)
    // Results are handed over one request at a time, so the culprit is the first one without.
    this.#finish({ refused: { kind: 'refused', reason: 'crash', message, certain: true } })
  }
}
