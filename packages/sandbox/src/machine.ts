/**
 * The machine as its user sees it: one child process, one thing at a time. A machine that has refused something is dead, and whatever
 * was not reported as done has left nothing; start another one.
 */
import { Channel } from './channel.ts'
import { type Child, spawnChild } from './child-process.ts'
import { RefusedError, SandboxError } from './errors.ts'
import { FilesAnswers } from './files-answers.ts'
import { defaultServiceLimits, killGraceMs, type ServiceLimits } from './limits.ts'
import { forwardErrors } from './standard-error.ts'
import type {
  BootReport,
  CallResult,
  ConsoleLine,
  EngineIdentity,
  MachineOptions,
  MachineRequest,
  Moment,
  RunReport,
  RunStop,
} from './types.ts'
import {
  type FromChild,
  ownBytes,
  packMoment,
  packRequest,
  type ToChild,
  unpackResult,
} from './wire.ts'

/** How an operation that the child was asked to do can end. */
type Ending =
  | FromChild
  | { refused: Extract<RunStop, { kind: 'refused' }> }
  | { failed: SandboxError }

interface Operation {
  /** Milliseconds until the child is given up; asked anew at every sign of progress. */
  patienceMs: () => number
  onProgress: (message: FromChild) => void
  end: (ending: Ending) => void
}

export class Machine {
  readonly #child: Child
  readonly #channel: Channel
  readonly #service: ServiceLimits
  readonly #answers: FilesAnswers
  readonly #log: (line: ConsoleLine) => void
  #operation: Operation | null = null
  #timer: NodeJS.Timeout | null = null
  #methods: ReadonlySet<string> | null = null
  #engine: EngineIdentity | null = null
  #death: SandboxError | null = null
  #closed: Promise<void>

  /**
   * Spawns the child process.
   *
   * @throws SandboxError ERR_VMS_MACHINE_NOT_STARTED
   */
  static async start(options: MachineOptions): Promise<Machine> {
    const machine = new Machine(options)
    const { script, name, codec, limits, info } = options
    const ending = await machine.#ask(
      ['start', { script, name, codec, limits, service: machine.#service, info }],
      () => machine.#service.startMs,
    )
    if (Array.isArray(ending) && ending[0] === 'ready') {
      machine.#engine = ending[1]
      return machine
    }
    await machine.close()
    throw new SandboxError(
      'ERR_VMS_MACHINE_NOT_STARTED',
      `the machine's process did not start: ${explain(ending)}`,
    )
  }

  private constructor(options: MachineOptions) {
    this.#service = { ...defaultServiceLimits, ...options.service }
    this.#log = options.console ?? (() => {})
    this.#answers = new FilesAnswers(options.files)
    this.#child = spawnChild(options)
    forwardErrors(this.#child.errors, this.#log)
    this.#channel = new Channel(
      this.#child.input,
      this.#child.output,
      (message) => this.#receive(message),
      (message) =>
        this.#fail(
          new SandboxError('ERR_VMS_MACHINE_PROTOCOL', `the child is not understood: ${message}`),
        ),
    )
    this.#closed = new Promise((resolve) => {
      this.#child.process.on('error', (error) => {
        this.#die(`could not be spawned: ${error.message}`)
        resolve()
      })
      // 'close' and not 'exit': what the child wrote before it died counts.
      this.#child.process.on('close', (code, signal) => {
        this.#die(signal === null ? `ended with code ${code}` : `was ended by ${signal}`)
        resolve()
      })
    })
  }

  /**
   * Begins an epoch: a fresh isolate, in which the script's top level runs.
   *
   * @throws RefusedError if the top level hit a backstop; SandboxError ERR_VMS_UNKNOWN_INTRINSIC, ERR_VMS_BAD_CODEC and those of a dead machine
   */
  async boot(moment: Moment): Promise<BootReport> {
    this.#methods = null
    const ending = await this.#ask(['boot', packMoment(moment)], () => this.#patience(1))
    if (!Array.isArray(ending) || ending[0] !== 'booted') throw this.#errorFor(ending)
    const [, outcome, methods, hasInit, scriptHash, report] = ending
    this.#answers.finished(moment.position, false)
    const result = unpackResult(outcome)
    if (result.status === 'returned') this.#methods = new Set(methods)
    const engine = this.#engine as EngineIdentity
    return { outcome: result, methods, hasInit, engine, scriptHash: ownBytes(scriptHash), report }
  }

  /**
   * Runs `exports.init`; null if there is none.
   *
   * @throws as {@link Machine.boot}
   */
  async init(moment: Moment): Promise<CallResult | null> {
    this.#requireBoot()
    this.#answers.begin(moment.position)
    const ending = await this.#ask(['init', packMoment(moment)], () => this.#patience(1))
    if (!Array.isArray(ending) || ending[0] !== 'initiated') throw this.#errorFor(ending)
    const result = ending[1] === null ? null : unpackResult(ending[1])
    if (result?.status === 'aborted') this.#methods = null
    this.#answers.finished(moment.position, result !== null && result.changes.length !== 0)
    return result
  }

  /**
   * Runs requests in order: they are one group of the ledger. Gives what is done even if it has to stop; see {@link RunReport}.
   *
   * @throws SandboxError ERR_VMS_UNKNOWN_METHOD (nothing has run), ERR_VMS_FILES_UNAVAILABLE, and those of a dead machine
   */
  async run(requests: readonly MachineRequest[]): Promise<RunReport> {
    const methods = this.#requireBoot()
    for (const { calls } of requests) {
      for (const { method } of calls) {
        if (!methods.has(method)) {
          throw new SandboxError(
            'ERR_VMS_UNKNOWN_METHOD',
            `the script has no method ${JSON.stringify(method)}`,
          )
        }
      }
    }
    const done: { results: CallResult[] }[] = []
    if (requests.length === 0) return { done, stop: null }
    this.#answers.begin((requests[0] as MachineRequest).position)
    const ending = await this.#ask(
      ['run', requests.map(packRequest)],
      () => this.#patience(requests[done.length]?.calls.length ?? 0),
      (message) => {
        if (message[0] !== 'result') return
        const { position } = requests[done.length] as MachineRequest
        const results = message[1].map(unpackResult)
        this.#answers.finished(
          position,
          results.some(({ changes }) => changes.length !== 0),
        )
        done.push({ results })
      },
    )
    if (Array.isArray(ending) && ending[0] === 'done') {
      if (ending[1]) this.#methods = null
      return { done, stop: ending[1] ? { kind: 'abort' } : null }
    }
    const refused = refusalIn(ending)
    if (refused === null) throw this.#errorFor(ending)
    return { done, stop: refused }
  }

  /** Everything that was changed at positions up to this one can be read from `options.files` now. */
  committed(position: number): void {
    this.#answers.committed(position)
    if (this.#death === null) this.#channel.write(['committed', position])
  }

  /** Ends the child process at once. What is running is refused. */
  async close(): Promise<void> {
    this.#child.process.kill('SIGKILL')
    await this.#closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Process id of the child, for people who look at their machine. */
  get pid(): number | undefined {
    return this.#child.process.pid
  }

  #requireBoot(): ReadonlySet<string> {
    if (this.#death !== null) throw this.#death
    if (this.#methods !== null) return this.#methods
    throw new SandboxError('ERR_VMS_MACHINE_NOT_BOOTED', 'the machine has to boot first')
  }

  #patience(calls: number): number {
    return this.#service.callWallMs * Math.max(calls, 1) + killGraceMs
  }

  #ask(
    message: ToChild,
    patienceMs: () => number,
    onProgress: Operation['onProgress'] = () => {},
  ): Promise<Ending> {
    if (this.#death !== null) return Promise.resolve({ failed: this.#death })
    if (this.#operation !== null) {
      throw new SandboxError('ERR_VMS_MACHINE_BUSY', 'a machine does one thing at a time')
    }
    return new Promise((resolve) => {
      this.#operation = { patienceMs, onProgress, end: resolve }
      this.#restartTimer()
      this.#channel.write(message)
    })
  }

  #receive(message: FromChild): void {
    switch (message[0]) {
      case 'console':
        this.#log({ level: message[1], text: message[2] })
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
        this.#finish(message)
        // The child leaves by itself; nothing more can be asked of it.
        this.#death ??= new SandboxError(
          'ERR_VMS_MACHINE_DEAD',
          `the machine has stopped: ${message[2]}`,
        )
        return
      case 'ready':
      case 'booted':
      case 'initiated':
      case 'done':
        this.#finish(message)
        return
      default:
        message satisfies never
    }
  }

  /** While the parent looks something up, the child's time stands still. */
  async #answer(question: Extract<FromChild, ['ask', unknown]>[1]): Promise<void> {
    this.#stopTimer()
    try {
      const answer = await this.#answers.answer(question)
      if (this.#operation === null) return
      this.#channel.write(['answer', answer])
      this.#restartTimer()
    } catch (error) {
      const message = `the committed files could not be read: ${(error as Error).message}`
      this.#fail(new SandboxError('ERR_VMS_FILES_UNAVAILABLE', message, { cause: error }))
    }
  }

  #restartTimer(): void {
    this.#stopTimer()
    if (this.#operation === null) return
    const ms = this.#operation.patienceMs()
    this.#timer = setTimeout(() => {
      this.#finish({
        refused: {
          kind: 'refused',
          reason: 'wall-clock',
          message: `no answer within ${ms} ms`,
          certain: true,
        },
      })
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
    this.#death ??= new SandboxError('ERR_VMS_MACHINE_DEAD', `the machine's process ${how}`)
    // Results are handed over one request at a time, so the culprit is the first one without.
    this.#finish({
      refused: {
        kind: 'refused',
        reason: 'crash',
        message: `the machine's process ${how}`,
        certain: true,
      },
    })
  }

  #errorFor(ending: Ending): SandboxError {
    if (Array.isArray(ending) && ending[0] === 'broken')
      return new SandboxError(ending[1], ending[2])
    if ('failed' in ending) return ending.failed
    const refused = refusalIn(ending)
    if (refused !== null) return new RefusedError(refused.reason, refused.message)
    return new SandboxError(
      'ERR_VMS_MACHINE_PROTOCOL',
      'the child gave another answer than was asked for',
    )
  }
}

function refusalIn(ending: Ending): Extract<RunStop, { kind: 'refused' }> | null {
  if (!Array.isArray(ending)) return 'refused' in ending ? ending.refused : null
  return ending[0] === 'refused'
    ? { kind: 'refused', reason: ending[1], message: ending[2], certain: true }
    : null
}

function explain(ending: Ending): string {
  if (!Array.isArray(ending))
    return 'failed' in ending ? ending.failed.message : ending.refused.message
  return ending[0] === 'refused' || ending[0] === 'broken'
    ? ending[2]
    : 'another answer than was asked for'
}
