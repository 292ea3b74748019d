/**
 * The parent's control of its child process. A script may have compromised the child. So the parent runs one operation and answers one
 * question at a time. A clock runs while the child works, and stops while the child waits for the parent's answer. The parent checks the
 * order, shape and size of each message before it acts on it. One handler notices the end of the child, whatever caused it.
 */

import { boundedLog } from '../protocol/console-log.ts'
import { SandboxError } from '../protocol/errors.ts'
import { consoleLimits, errorUnits, frameBytes, questions } from '../protocol/limits.ts'
import type { ConsoleLine, MachineOptions, OracleContext, RunStop } from '../protocol/types.ts'
import type { FromChild, Question, ToChild } from '../protocol/wire.ts'
import { CallClock, type CallLimits } from './call-clock.ts'
import { Channel } from './channel.ts'
import { type Child, spawnChild } from './child-process.ts'
import { ChildWords, isExpected, type OperationKind, wordBytes } from './child-words.ts'
import { cpuMs } from './cpu-time.ts'
import { forwardErrors } from './standard-error.ts'

/** Console lines of the machine itself, in addition to those of the script. */
const spareLines = 10

export type Refused = Extract<RunStop, { kind: 'refused' }>

/** An operation ends with the child's answer, with a refusal that the parent noticed, or with a fault that the script did not cause. */
export type Ending = { answer: FromChild } | { refused: Refused } | { failed: SandboxError }

export interface LinkOptions
  extends Pick<
    MachineOptions,
    'execArgv' | 'env' | 'childModule' | 'service' | 'trace' | 'limits'
  > {
  /** A warm process; if null, the link spawns one. */
  readonly ready: Child | null
  readonly log: (line: ConsoleLine) => void
  readonly answer: (question: Question) => Promise<unknown>
}

/** A question to the child. */
export interface Work {
  readonly kind: OperationKind
  readonly message: ToChild
  /** Time limits of each call. */
  readonly limits: CallLimits
  /** Number of calls of the current request. They run in order, and each has the time limit of one call. */
  readonly calls: () => number
  /** Whether the call that asks the oracle is running. */
  readonly asksFrom?: (context: OracleContext) => boolean
  /** Takes each result and the final message. Throws if they do not fit together. */
  readonly onProgress?: (message: FromChild) => void
}

interface Operation extends Work {
  readonly end: (ending: Ending) => void
  /** Number of the last call whose begin the child reported. */
  call: number
  /** Questions since the child last reported a call, and console lines of the request. */
  questions: number
  lines: number
}

export class ChildLink {
  readonly #options: LinkOptions
  readonly #child: Child
  readonly #channel: Channel
  readonly #closed: Promise<void>
  readonly #words: ChildWords
  readonly #clock: CallClock
  readonly #log: (line: ConsoleLine) => void
  #operation: Operation | null = null
  /** Whether the child waits for the parent's answer. */
  #asked = false
  #death: SandboxError | null = null

  constructor(options: LinkOptions) {
    this.#options = options
    this.#child = options.ready ?? spawnChild(options)
    this.#words = new ChildWords(options.limits)
    const { process, input, output, errors } = this.#child
    const { pid } = process
    this.#clock = new CallClock({
      cpuMs: () => (pid === undefined ? null : cpuMs(pid)),
      now: () => performance.now(),
      onOver: (limit) => this.#over(limit),
    })
    this.#log = boundedLog(options.log)
    forwardErrors(errors, options.log)
    this.#channel = new Channel(
      input,
      output,
      (word) => this.#roomFor(word),
      (message) => this.#receive(message),
      (problem) => this.#misunderstood(problem),
    )
    this.#closed = new Promise((resolve) => {
      process.on('error', (error) => {
        this.#die(`could not be spawned: ${error.message}`)
        resolve()
      })
      // Listens to 'close' and not to 'exit', so that messages which the child wrote before it died still count.
      process.on('close', (code, signal) => {
        this.#die(signal === null ? `ended with code ${code}` : `was ended by ${signal}`)
        resolve()
      })
    })
  }

  /** Why the child accepts no more operations; null while it lives. */
  get death(): SandboxError | null {
    return this.#death
  }

  get pid(): number | undefined {
    return this.#child.process.pid
  }

  /** @throws SandboxError ERR_VMS_MACHINE_BUSY */
  ask(work: Work): Promise<Ending> {
    if (this.#death !== null) return Promise.resolve({ failed: this.#death })
    if (this.#operation !== null) {
      throw new SandboxError('ERR_VMS_MACHINE_BUSY', 'a machine does one thing at a time')
    }
    return new Promise((resolve) => {
      // Throws if the message is too large to be sent; then nothing has begun.
      this.#channel.write(work.message)
      this.#operation = { ...work, end: resolve, call: -1, questions: 0, lines: 0 }
      this.#clock.begin(work.limits)
    })
  }

  /**
   * Reports, with the next message, the position up to which all entries are committed. Until then the child's cache of files is still
   * correct.
   */
  tellCommitted(position: number): void {
    this.#channel.putOff(['committed', position])
  }

  async close(): Promise<void> {
    this.#child.process.kill('SIGKILL')
    await this.#closed
  }

  /**
   * Bytes that a frame of this kind may have now; 0 if none may come. After the child's death, the link drops what the child wrote before.
   */
  #roomFor(word: string): number {
    if (this.#death !== null) return frameBytes
    const kind = this.#operation?.kind ?? null
    return isExpected(kind, word) ? wordBytes(word, this.#options.limits) : 0
  }

  #receive(message: FromChild): void {
    const operation = this.#operation
    if (this.#death !== null || operation === null) return
    this.#words.check(message)
    if (this.#asked)
      throw new TypeError(`${message[0]} while another question waits for its answer`)
    switch (message[0]) {
      case 'console':
        operation.lines += 1
        if (operation.lines > operation.calls() * (consoleLimits.callLines + spareLines))
          throw new TypeError('more console lines than the calls may write')
        this.#log({ level: message[1], text: message[2] })
        return
      case 'trace':
        this.#options.trace?.(message[1])
        return
      case 'ask':
        this.#assertMayAsk(operation, message[1])
        void this.#answer(message[1])
        return
      case 'result':
        operation.onProgress?.(message)
        Object.assign(operation, { call: -1, questions: 0, lines: 0 })
        this.#clock.again()
        return
      case 'progress':
        if (message[1] <= operation.call || message[1] >= operation.calls())
          throw new TypeError('the start of a call that cannot begin now')
        Object.assign(operation, { call: message[1], questions: 0 })
        this.#clock.again()
        return
      case 'refused':
      case 'broken':
        // The child exits by itself, and accepts no more operations.
        this.#death = new SandboxError(
          'ERR_VMS_MACHINE_DEAD',
          `the machine has stopped: ${message[2]}`,
        )
        this.#finish({ answer: message })
        return
      case 'ready':
      case 'booted':
      case 'initiated':
      case 'alarmed':
      case 'done':
        operation.onProgress?.(message)
        this.#finish({ answer: message })
        return
      default:
        throw new TypeError(`an unknown kind of message: ${String(message satisfies never)}`)
    }
  }

  #assertMayAsk(operation: Operation, question: Question): void {
    operation.questions += 1
    const { fuelPerCall } = this.#options.limits
    const most = questions.free + questions.each * Math.ceil(fuelPerCall / questions.fuel)
    // The child reports a call only now and then. Until the next report, any call since the last one may be the one that asks.
    if (operation.questions > most * Math.max(1, operation.calls()))
      throw new TypeError('more questions than the calls may ask')
    if (question[0] === 'oracle' && operation.asksFrom?.(question[3]) !== true)
      throw new TypeError('an oracle question from a call that is not running')
  }

  async #answer(question: Question): Promise<void> {
    this.#asked = true
    this.#clock.pause()
    try {
      const answer = await this.#options.answer(question)
      if (this.#operation === null || this.#death !== null) return
      this.#asked = false
      this.#channel.write(['answer', answer])
      this.#clock.resume()
    } catch (error) {
      if (error instanceof SandboxError) return this.#fail(error)
      const message = `the committed files could not be read: ${(error as Error).message}`
      this.#fail(new SandboxError('ERR_VMS_FILES_UNAVAILABLE', message, { cause: error }))
    }
  }

  #over(limit: keyof CallLimits): void {
    const ms = this.#operation?.limits[limit]
    const what = limit === 'cpuMs' ? 'processor time (callCpuMs)' : 'time by the clock (callWallMs)'
    const message = `the call took longer than it may: ${ms} ms of ${what}`
    this.#finish({ refused: { kind: 'refused', reason: 'wall-clock', message, certain: true } })
    this.#fail(new SandboxError('ERR_VMS_MACHINE_DEAD', 'the machine does not answer'))
  }

  #misunderstood(problem: string): void {
    const message = `the machine process violated its protocol: ${problem.slice(0, errorUnits.message)}`
    this.#fail(new SandboxError('ERR_VMS_MACHINE_PROTOCOL', message))
  }

  #finish(ending: Ending): void {
    this.#clock.stop()
    this.#asked = false
    const operation = this.#operation
    this.#operation = null
    operation?.end(ending)
  }

  /** Ends the child because of a fault that the script did not cause. */
  #fail(error: SandboxError): void {
    this.#death ??= error
    this.#finish({ failed: error })
    this.#child.process.kill('SIGKILL')
  }

  #die(how: string): void {
    const message = `the machine's process ${how}`
    this.#death ??= new SandboxError('ERR_VMS_MACHINE_DEAD', message)
    // The child returns results one request at a time, so the first request without a result caused the crash.
    this.#finish({ refused: { kind: 'refused', reason: 'crash', message, certain: true } })
  }
}
