/**
 * A machine without a process and an engine, for tests that run thousands of histories. It executes a {@link Program} by the real machine's
 * rules for files, memory, alarms, oracles, aborts and skipped calls. An operation costs 100 units of fuel.
 */
import {
  ALARMS_FOLDER,
  alarmPath,
  compareUtf8,
  decodeValue,
  type ErrorValue,
  encodeValue,
  toHex,
  type Value,
} from '@vms/format'
import { RESERVED_FOLDER } from '@vms/format/reserved'
import type { MachinePort } from '../execution/machine-port.ts'
import { SandboxError } from '../protocol/errors.ts'
import { alarmSoonestMs } from '../protocol/limits.ts'
import type {
  BootReport,
  CallResult,
  EngineIdentity,
  FileChange,
  MachineAlarm,
  MachineOptions,
  MachineRequest,
  Moment,
  OracleUse,
  RunReport,
} from '../protocol/types.ts'
import { type Operation, type Program, programOf } from './program.ts'

export interface ScriptedMachineOptions
  extends Pick<MachineOptions, 'script' | 'limits' | 'files' | 'oracle'> {
  readonly engine: EngineIdentity
  /** SHA-256 of the script. */
  readonly scriptHash: Uint8Array
  /** Awaited before each operation of the machine, with its kind. If it throws, the operation throws the same error. */
  readonly before?: (what: 'boot' | 'init' | 'alarm' | 'run') => Promise<void>
  /** Called before each request of a run. Returns whether the machine refuses the request. */
  readonly refuses?: () => boolean
}

const OPERATION_FUEL = 100

interface Running {
  readonly moment: Moment
  readonly caller: string | null
  readonly call: number
  readonly argument: Value
  readonly changes: Map<string, FileChange>
  readonly oracles: OracleUse[]
  fuel: number
}

/** The call ran out of fuel. */
class Exhausted extends Error {
  readonly fuel: number

  constructor(fuel: number) {
    super('out of fuel')
    this.fuel = fuel
  }
}

export class ScriptedMachine implements MachinePort {
  readonly pid = undefined
  readonly #options: ScriptedMachineOptions
  readonly #program: Program
  /** Uncommitted changes, with the position of the entry that made them. */
  #uncommitted = new Map<string, { change: FileChange; position: number }>()
  #methods: ReadonlySet<string> | null = null
  #remembered = 0
  /** Alarms set at this position. */
  #set = { position: -1, count: 0 }
  #dead: SandboxError | null = null

  constructor(options: ScriptedMachineOptions) {
    this.#options = options
    this.#program = programOf(options.script)
  }

  async boot(_: Moment): Promise<BootReport> {
    await this.#begin('boot')
    const { engine, scriptHash } = this.#options
    this.#remembered = 0
    const { methods, init, broken = false } = this.#program
    const thrown = { name: 'Error', message: 'broken', code: null }
    const outcome: CallResult = broken
      ? { ...ended(OPERATION_FUEL), status: 'thrown', error: thrown }
      : { ...ended(OPERATION_FUEL), status: 'returned', value: encodeValue(undefined) }
    const names = broken ? [] : Object.keys(methods).sort(compareUtf8)
    this.#methods = broken ? null : new Set(names)
    const hasInit = !broken && init !== undefined
    return {
      outcome,
      methods: names,
      hasInit,
      engine,
      scriptHash,
      report: broken ? 'broken' : null,
    }
  }

  async init(moment: Moment): Promise<CallResult | null> {
    await this.#begin('init')
    this.#requireBoot()
    const { init } = this.#program
    return init ? this.#call(init, { moment, caller: null, call: 0, args: NO_ARGUMENT }) : null
  }

  async alarm({ id, run, ...moment }: MachineAlarm, _group = moment.position): Promise<CallResult> {
    await this.#begin('alarm')
    this.#requireBoot()
    this.#keep([{ path: alarmPath(id), kind: 'deleted' }], moment.position)
    if (!run) return skipped
    const steps = this.#program.methods[run.method]
    if (!steps) {
      const message = `the script has no method ${JSON.stringify(run.method)}`
      const error = { name: 'TypeError', message, code: 'ERR_VMS_UNKNOWN_METHOD' }
      return { ...ended(0), status: 'thrown', error }
    }
    return this.#call(steps, { moment, caller: null, call: 0, args: run.args })
  }

  async run(requests: readonly MachineRequest[], _group?: number): Promise<RunReport> {
    const methods = this.#requireBoot()
    for (const { calls } of requests)
      for (const { method } of calls)
        if (!methods.has(method))
          throw new SandboxError('ERR_VMS_UNKNOWN_METHOD', `the script has no method ${method}`)
    await this.#begin('run')
    const done: { results: CallResult[] }[] = []
    for (const request of requests) {
      if (this.#options.refuses?.()) {
        await this.close()
        const stop = { kind: 'refused', reason: 'crash', message: 'ended', certain: true } as const
        return { done, stop }
      }
      const results = await this.#request(request)
      done.push({ results })
      if (results.some(({ status }) => status === 'aborted')) {
        this.#methods = null
        return { done, stop: { kind: 'abort' } }
      }
    }
    return { done, stop: null }
  }

  committed(position: number): void {
    for (const [path, kept] of this.#uncommitted)
      if (kept.position <= position) this.#uncommitted.delete(path)
  }

  async close(): Promise<void> {
    this.#dead ??= new SandboxError('ERR_VMS_MACHINE_DEAD', 'the machine was closed')
  }

  async #begin(what: 'boot' | 'init' | 'alarm' | 'run'): Promise<void> {
    if (this.#dead) throw this.#dead
    await this.#options.before?.(what)
    if (this.#dead) throw this.#dead
  }

  #requireBoot(): ReadonlySet<string> {
    if (this.#dead) throw this.#dead
    if (this.#methods) return this.#methods
    throw new SandboxError('ERR_VMS_MACHINE_NOT_BOOTED', 'the machine has to boot first')
  }

  async #request({ position, time, caller, calls }: MachineRequest): Promise<CallResult[]> {
    const results: CallResult[] = []
    let left = this.#options.limits.fuelPerRequest
    for (const [call, { method, args, seed }] of calls.entries()) {
      const before = results.at(-1)
      if (before?.status === 'aborted' || before?.status === 'skipped') {
        results.push(skipped)
        continue
      }
      const moment = { position, time, seed }
      const steps = this.#program.methods[method] as readonly Operation[]
      const result = await this.#call(steps, { moment, caller, call, args, left })
      left -= result.fuel
      results.push(result)
    }
    return results
  }

  async #call(
    steps: readonly Operation[],
    at: Pick<Running, 'moment' | 'caller' | 'call'> & { args: Uint8Array; left?: number },
  ): Promise<CallResult> {
    const { fuelPerCall } = this.#options.limits
    const left = at.left ?? Number.POSITIVE_INFINITY
    const [argument] = decodeValue(at.args) as Value[]
    const running: Running = { ...at, argument, changes: new Map(), oracles: [], fuel: 0 }
    const collected: Value[] = []
    try {
      for (const step of steps) {
        running.fuel += OPERATION_FUEL
        if (step.do === 'exhaust') running.fuel = Number.POSITIVE_INFINITY
        if (running.fuel > Math.min(left, fuelPerCall))
          throw new Exhausted(Math.min(left, fuelPerCall))
        const value = await this.#perform(step, running)
        if (value !== NOTHING) collected.push(value)
      }
    } catch (error) {
      if (error instanceof Exhausted) {
        this.#methods = null
        const abort = left < fuelPerCall ? 'request-fuel' : 'fuel'
        return { ...ended(error.fuel, running.oracles), status: 'aborted', abort }
      }
      if (!(error instanceof Thrown)) throw error
      return { ...ended(running.fuel, running.oracles), status: 'thrown', error: error.value }
    }
    const changes = [...running.changes.values()].sort((a, b) => compareUtf8(a.path, b.path))
    this.#keep(changes, at.moment.position)
    const value = encodeValue(collected)
    return { ...ended(running.fuel, running.oracles), status: 'returned', value, changes }
  }

  async #perform(step: Operation, running: Running): Promise<Value | typeof NOTHING> {
    const { moment, caller, argument } = running
    switch (step.do) {
      case 'write':
        this.#write(running, step.path, `${step.text}${argument}`)
        return NOTHING
      case 'append': {
        const before = (await this.#text(running, step.path)) ?? ''
        this.#write(running, step.path, `${before}x`)
        return before.length
      }
      case 'delete':
        if ((await this.#text(running, step.path)) !== null)
          running.changes.set(step.path, { path: step.path, kind: 'deleted' })
        return NOTHING
      case 'read':
        return this.#text(running, step.path)
      case 'remember':
        this.#remembered += 1
        return this.#remembered
      case 'random':
        return toHex(moment.seed.subarray(0, 8))
      case 'time':
        return moment.time
      case 'caller':
        return caller
      case 'argument':
        return argument
      case 'alarm':
        return this.#alarmAt(running, moment.time + step.afterMs, step.method)
      case 'cancel': {
        const [first] = await this.#alarms(running)
        if (!first) return false
        running.changes.set(alarmPath(first), { path: alarmPath(first), kind: 'deleted' })
        return true
      }
      case 'alarms':
        return this.#alarms(running)
      case 'ask':
        return this.#ask(running, step.oracle)
      case 'throw':
        throw new Thrown({ name: 'Error', message: step.message, code: null })
      case 'exhaust':
        throw new Exhausted(0)
      default:
        return step satisfies never
    }
  }

  #write({ changes, moment }: Running, path: string, text: string): void {
    const data = new TextEncoder().encode(text)
    changes.set(path, { path, kind: 'file', data, mtime: moment.time })
  }

  async #text({ changes }: Running, path: string): Promise<string | null> {
    const change = changes.get(path) ?? this.#uncommitted.get(path)?.change
    const bytes = change
      ? change.kind === 'file'
        ? change.data
        : null
      : await this.#options.files.read(path)
    return bytes && new TextDecoder().decode(bytes)
  }

  async #alarmAt(running: Running, wanted: number, method: string): Promise<Value> {
    const { changes, moment, argument } = running
    const { time, position } = moment
    const due = Math.max(wanted, time + alarmSoonestMs)
    if ((await this.#alarms(running)).length >= this.#options.limits.alarms)
      throw new Thrown({
        name: 'RangeError',
        message: 'too many alarms are pending',
        code: 'ERR_VMS_ALARMS_FULL',
      })
    if (this.#set.position !== position) this.#set = { position, count: 0 }
    const id = [due, position].map((part) => String(part).padStart(16, '0'))
    id.push(String(this.#set.count).padStart(6, '0'))
    this.#set.count += 1
    for (const folder of [RESERVED_FOLDER, ALARMS_FOLDER]) await this.#folder(running, folder)
    const data = encodeValue([method, [argument]])
    const path = alarmPath(id.join('-'))
    changes.set(path, { path, kind: 'file', data, mtime: time })
    return id.join('-')
  }

  async #folder({ changes, moment }: Running, path: string): Promise<void> {
    if (changes.has(path) || this.#uncommitted.has(path)) return
    if (await this.#options.files.stat(path)) return
    changes.set(path, { path, kind: 'directory', mtime: moment.time })
  }

  async #alarms({ changes }: Running): Promise<string[]> {
    const committed = await this.#options.files.list(ALARMS_FOLDER, { recursive: false })
    const ids = new Set(committed.map(({ name }) => name))
    const later = [...this.#uncommitted.values()].map(({ change }) => change)
    for (const change of [...later, ...changes.values()]) {
      if (!change.path.startsWith(`${ALARMS_FOLDER}/`)) continue
      const id = change.path.slice(ALARMS_FOLDER.length + 1)
      if (change.kind === 'deleted') ids.delete(id)
      else ids.add(id)
    }
    return [...ids].sort()
  }

  async #ask({ oracles, moment, caller, call, argument }: Running, name: string): Promise<Value> {
    const args = encodeValue([argument])
    const { position, time } = moment
    const unknown = { name: 'Error', message: 'no oracle', code: 'ERR_VMS_ORACLE_UNKNOWN' }
    const answer = (await this.#options.oracle?.(name, args, { position, call, time, caller })) ?? {
      error: unknown,
    }
    if ('error' in answer) {
      oracles.push({ name, args, value: null, error: answer.error })
      return answer.error.code
    }
    oracles.push({ name, args, value: answer.value, error: null })
    return decodeValue(answer.value)
  }

  #keep(changes: readonly FileChange[], position: number): void {
    for (const change of changes) this.#uncommitted.set(change.path, { change, position })
  }
}

const NOTHING = Symbol('nothing')

const NO_ARGUMENT = encodeValue([])

class Thrown extends Error {
  readonly value: ErrorValue

  constructor(value: ErrorValue) {
    super(value.message)
    this.value = value
  }
}

const ended = (fuel: number, oracles: OracleUse[] = []): CallResult => ({
  status: 'returned',
  value: null,
  error: null,
  abort: null,
  fuel,
  changes: [],
  oracles,
})

const skipped: CallResult = { ...ended(0), status: 'skipped' }
