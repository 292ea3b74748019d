/**
 * The machine's public interface: one child process, one operation at a time. After a refusal the machine is dead, and unreported work has
 * had no effect. The user then starts another machine.
 */

import { RefusedError, SandboxError } from '../protocol/errors.ts'
import { defaultProcessLimits, killGraceMs, type ProcessLimits } from '../protocol/limits.ts'
import type {
  BootReport,
  CallResult,
  EngineIdentity,
  MachineAlarm,
  MachineOptions,
  MachineRequest,
  Moment,
  RunReport,
} from '../protocol/types.ts'
import {
  ownBytes,
  packAlarm,
  packMoment,
  packRequest,
  type ToChild,
  unpackResult,
} from '../protocol/wire.ts'
import type { CallLimits } from './call-clock.ts'
import { ChildLink, type Ending, type Refused, type Work } from './child-link.ts'
import type { Child } from './child-process.ts'
import { FilesAnswers } from './files-answers.ts'
import { OracleAnswers } from './oracle-answers.ts'
import {
  currentSemantics,
  knowsSemantics,
  nodesOf,
  releaseOfSemantics,
  runsOn,
} from './semantics.ts'
import type { WarmProcess } from './warm-process.ts'

export class Machine {
  readonly #link: ChildLink
  readonly #service: ProcessLimits
  readonly #answers: FilesAnswers
  /** Null until the script's top level has ended, and again after an abort. */
  #methods: ReadonlySet<string> | null = null
  #engine: EngineIdentity | null = null

  /**
   * Spawns the child process, or takes the warm one.
   *
   * @throws SandboxError ERR_VMS_MACHINE_NOT_STARTED, ERR_VMS_SEMANTICS_UNKNOWN, ERR_VMS_ENGINE_UNLISTED
   */
  static async start(options: MachineOptions, warmProcess?: WarmProcess): Promise<Machine> {
    const semantics = options.semantics ?? currentSemantics
    requireSemantics(semantics)
    const machine = spawnMachine(() => new Machine(options, warmProcess?.take(options) ?? null))
    const { script, name, map = null, codec, limits, info, trace } = options
    const traced = trace !== undefined
    const { startMs } = machine.#service
    const ending = await machine.#link.ask({
      kind: 'start',
      message: [
        'start',
        { script, name, map, codec, limits, service: machine.#service, info, traced },
      ],
      limits: { cpuMs: Number.POSITIVE_INFINITY, wallMs: startMs },
      calls: one,
    })
    if ('answer' in ending && ending.answer[0] === 'ready') {
      machine.#engine = ending.answer[1]
      if (runsOn(semantics, ending.answer[1])) return machine
      await machine.close()
      throw unlisted(semantics, ending.answer[1])
    }
    await machine.close()
    const { message } = machine.#errorFor(ending)
    throw new SandboxError(
      'ERR_VMS_MACHINE_NOT_STARTED',
      `the machine's process did not start: ${message}`,
    )
  }

  private constructor(options: MachineOptions, ready: Child | null) {
    this.#service = { ...defaultProcessLimits, ...options.service }
    this.#answers = new FilesAnswers(options.files)
    const oracles = new OracleAnswers(options.oracle, options.limits)
    this.#link = new ChildLink({
      ...options,
      ready,
      log: options.console ?? (() => {}),
      answer: (question) =>
        question[0] === 'oracle' ? oracles.answer(question) : this.#answers.answer(question),
    })
  }

  /**
   * Begins an epoch: the script's top level runs in a fresh isolate. Uncommitted changes stay.
   *
   * @throws RefusedError if the top level hit a backstop; SandboxError ERR_VMS_UNKNOWN_INTRINSIC, ERR_VMS_BAD_CODEC and those of a dead
   *   machine
   */
  async boot(moment: Moment): Promise<BootReport> {
    this.#methods = null
    const ending = await this.#link.ask(this.#work('boot', ['boot', packMoment(moment)]))
    if (!('answer' in ending) || ending.answer[0] !== 'booted') throw this.#errorFor(ending)
    const [, result, methods, hasInit, scriptHash, report] = ending.answer
    const outcome = unpackResult(result)
    if (outcome.status === 'returned') this.#methods = new Set(methods)
    const engine = this.#engine as EngineIdentity
    return { outcome, methods, hasInit, engine, scriptHash: ownBytes(scriptHash), report }
  }

  /**
   * Runs `exports.init`; null if there is none.
   *
   * @throws as {@link Machine.boot}, and SandboxError ERR_VMS_MACHINE_NOT_BOOTED
   */
  async init(moment: Moment): Promise<CallResult | null> {
    this.#requireBoot()
    this.#answers.begin(moment.position)
    const ending = await this.#link.ask(this.#work('init', ['init', packMoment(moment)], moment))
    if (!('answer' in ending) || ending.answer[0] !== 'initiated') throw this.#errorFor(ending)
    const packed = ending.answer[1]
    if (packed === null) return null
    const result = unpackResult(packed)
    if (result.status === 'aborted') this.#methods = null
    this.#answers.finished(moment.position, result.changes.length !== 0)
    return result
  }

  /**
   * Removes an alarm from the files, then runs its call without a caller. The result's changes are those of the call. The removal of the
   * alarm is not among them; it stands whatever the outcome of the call. `group`: index at which the alarm's group begins in the ledger. A
   * read of a file's history waits until all earlier groups are committed.
   *
   * @throws as {@link Machine.init}
   */
  async alarm(alarm: MachineAlarm, group = alarm.position): Promise<CallResult> {
    this.#requireBoot()
    this.#answers.begin(group)
    const ending = await this.#link.ask(this.#work('alarm', ['alarm', packAlarm(alarm)], alarm))
    if (!('answer' in ending) || ending.answer[0] !== 'alarmed') throw this.#errorFor(ending)
    const result = unpackResult(ending.answer[1])
    if (result.status === 'aborted') this.#methods = null
    this.#answers.finished(alarm.position, true)
    return result
  }

  /**
   * Runs requests in order. They form one group of the ledger, or the rest of the group that begins at `group`. The report holds every
   * completed request, even if the machine stops early: an abort requires a new boot, and a refusal leaves the machine dead.
   *
   * @throws SandboxError ERR_VMS_UNKNOWN_METHOD, ERR_VMS_MACHINE_NOT_BOOTED (nothing has run), ERR_VMS_FILES_UNAVAILABLE, and those of a
   *   dead machine
   */
  async run(requests: readonly MachineRequest[], group?: number): Promise<RunReport> {
    this.#requireMethods(requests, this.#requireBoot())
    const done: { results: CallResult[] }[] = []
    const [first] = requests
    if (first === undefined) return { done, stop: null }
    this.#answers.begin(group ?? first.position)
    const running = () => requests[done.length]
    const ending = await this.#link.ask({
      kind: 'run',
      message: ['run', requests.map(packRequest)],
      limits: this.#callLimits,
      calls: () => running()?.calls.length ?? 0,
      asksFrom: ({ position, call, time, caller }) => {
        const request = running()
        const isThis = position === request?.position && call < request.calls.length
        return isThis && time === request.time && caller === request.caller
      },
      onProgress: (message) => {
        const request = running()
        if (message[0] === 'done') {
          const last = done.at(-1)?.results ?? []
          const aborted = last.some(({ status }) => status === 'aborted')
          if (message[1] !== aborted || (request !== undefined && !aborted))
            throw new TypeError('an end of the run that does not match the results')
          return
        }
        if (message[0] !== 'result' || request === undefined)
          throw new TypeError('a result that nobody asked for')
        const results = message[1].map(unpackResult)
        if (results.length !== request.calls.length)
          throw new TypeError('not one result for each call')
        this.#answers.finished(
          request.position,
          results.some(({ changes }) => changes.length !== 0),
        )
        done.push({ results })
      },
    })
    if ('answer' in ending && ending.answer[0] === 'done') {
      if (ending.answer[1]) {
        this.#methods = null
        return { done, stop: { kind: 'abort' } }
      }
      if (done.length === requests.length) return { done, stop: null }
    }
    const stop = refusalIn(ending) ?? misunderstoodIn(ending)
    if (stop === null) throw this.#errorFor(ending)
    return { done, stop }
  }

  /** Reports that `options.files` can now serve all changes up to this position. */
  committed(position: number): void {
    this.#answers.committed(position)
    this.#link.tellCommitted(position)
  }

  /** Ends the child process at once. Running operations reject. */
  async close(): Promise<void> {
    await this.#link.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Process id of the child. */
  get pid(): number | undefined {
    return this.#link.pid
  }

  #requireBoot(): ReadonlySet<string> {
    if (this.#link.death !== null) throw this.#link.death
    if (this.#methods !== null) return this.#methods
    throw new SandboxError('ERR_VMS_MACHINE_NOT_BOOTED', 'the machine has to boot first')
  }

  #requireMethods(requests: readonly MachineRequest[], methods: ReadonlySet<string>): void {
    for (const { calls } of requests) {
      for (const { method } of calls) {
        if (methods.has(method)) continue
        throw new SandboxError(
          'ERR_VMS_UNKNOWN_METHOD',
          `the script has no method ${JSON.stringify(method)}`,
        )
      }
    }
  }

  /** A single call without a caller. */
  #work(kind: 'boot' | 'init' | 'alarm', message: ToChild, moment?: Moment): Work {
    return {
      kind,
      message,
      limits: this.#callLimits,
      calls: one,
      asksFrom: ({ position, call, time, caller }) =>
        position === moment?.position && call === 0 && time === moment.time && caller === null,
    }
  }

  /** The child itself ends a call at its wall-clock limit. If it does not, the parent ends it a little later. */
  get #callLimits(): CallLimits {
    const { callCpuMs, callWallMs } = this.#service
    return { cpuMs: callCpuMs, wallMs: callWallMs + killGraceMs }
  }

  #errorFor(ending: Ending): SandboxError {
    if ('failed' in ending) return ending.failed
    const refused = refusalIn(ending)
    if (refused !== null) return new RefusedError(refused.reason, refused.message)
    if ('answer' in ending && ending.answer[0] === 'broken') {
      return new SandboxError(ending.answer[1], ending.answer[2])
    }
    return new SandboxError(
      'ERR_VMS_MACHINE_PROTOCOL',
      'the child gave another answer than was asked for',
    )
  }
}

const one = (): number => 1

function spawnMachine(spawn: () => Machine): Machine {
  try {
    return spawn()
  } catch (cause) {
    if (cause instanceof SandboxError) throw cause
    const { message } = cause as Error
    throw new SandboxError(
      'ERR_VMS_MACHINE_NOT_STARTED',
      `the machine's process could not be started: ${message}`,
      { cause },
    )
  }
}

function requireSemantics(number: number): void {
  if (knowsSemantics(number)) return
  throw new SandboxError(
    'ERR_VMS_SEMANTICS_UNKNOWN',
    `this release cannot run semantics ${number}`,
    { hint: `use ${releaseOfSemantics(number)}` },
  )
}

function unlisted(semantics: number, { v8, unicode, arch }: EngineIdentity): SandboxError {
  return new SandboxError(
    'ERR_VMS_ENGINE_UNLISTED',
    `semantics ${semantics} was not released for V8 ${v8} with Unicode ${unicode} on ${arch}`,
    {
      hint: `run it with ${nodesOf(semantics)} as nodejs.org builds them, or with a release of VMS that lists this engine`,
    },
  )
}

/** If the child breaks the protocol, the current request has no effect. The requests before it are complete. */
function misunderstoodIn(ending: Ending): Refused | null {
  if (!('failed' in ending) || ending.failed.code !== 'ERR_VMS_MACHINE_PROTOCOL') return null
  return { kind: 'refused', reason: 'crash', message: ending.failed.message, certain: true }
}

function refusalIn(ending: Ending): Refused | null {
  if ('refused' in ending) return ending.refused
  if (!('answer' in ending) || ending.answer[0] !== 'refused') return null
  return { kind: 'refused', reason: ending.answer[1], message: ending.answer[2], certain: true }
}
