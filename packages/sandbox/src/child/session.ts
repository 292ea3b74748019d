/** The child's state from start to end: one file system, and one isolate per epoch. Runs boots, inits and requests. */

import { alarmPath } from '@vms/format/reserved'
import { FileSystem } from '../files/file-system.ts'
import { compareBytes } from '../files/path.ts'
import { Meter } from '../protocol/fuel.ts'
import { requestChangeBytes } from '../protocol/limits.ts'
import type {
  CallResult,
  MachineAlarm,
  MachineCall,
  MachineRequest,
  Moment,
} from '../protocol/types.ts'
import type { StartOptions } from '../protocol/wire.ts'
import { Alarms } from './alarms.ts'
import { nowMs } from './clock.ts'
import { Engine } from './engine.ts'
import { type CallNotes, createHostFunction, createNotes } from './host-functions.ts'
import { Oracles } from './oracles.ts'
import type { Parent } from './parent.ts'
import { Abort, Broken, Refusal } from './refusal.ts'
import { resultBytes } from './result-bytes.ts'
import { type Booted, faulty, skipped, withoutMethod } from './results.ts'
import { type FaultyScript, type PreparedScript, prepareScript } from './script-source.ts'
import { runtimeSettings } from './settings.ts'
import { callStatus } from './shared-memory.ts'
import { traceHost } from './trace.ts'

interface CallStart {
  readonly moment: Moment
  /** Number of the call within its request. */
  readonly call?: number
  readonly caller?: string | null
  /** Starts the call in the isolate. */
  readonly enter: (engine: Engine) => void
  /** Bytes of values, errors and uses of oracles that the request may still produce. */
  readonly resultRoom: number
}

export class Session {
  readonly #options: StartOptions
  readonly #parent: Parent
  readonly #files: FileSystem
  readonly #meter: Meter
  readonly #oracles: Oracles
  readonly #alarms: Alarms
  readonly #settings: string
  /** Null until the first boot prepares the script. */
  #script: PreparedScript | FaultyScript | null = null
  #engine: Engine | null = null
  /** A method's position in this list is its number in the isolate. */
  #methods = new Map<string, number>()
  #hasInit = false
  #notes: CallNotes = createNotes()
  #deadline = 0
  #requestBytes = 0

  constructor(options: StartOptions, parent: Parent) {
    this.#options = options
    this.#parent = parent
    this.#meter = new Meter(options.limits)
    const { limits, service } = options
    this.#files = new FileSystem({
      committed: parent,
      cacheBytes: service.cacheBytes,
      fileBytes: limits.fileBytes,
      onChange: (paths, bytes) => this.#onChange(paths, bytes),
    })
    this.#oracles = new Oracles({ parent, limits, meter: this.#meter })
    this.#alarms = new Alarms(this.#files, limits)
    this.#settings = runtimeSettings(options)
  }

  committed(position: number): void {
    this.#files.committed(position)
  }

  /** Boots the script in a fresh isolate. @throws Refusal, Broken */
  boot(moment: Moment): Booted {
    const { script, name, map } = this.#options
    this.#discardEngine()
    this.#script ??= prepareScript(script, name, map)
    const prepared = this.#script
    if ('error' in prepared) return faulty(prepared)
    const engine = this.#createEngine(prepared)
    this.#meter.beginRequest()
    const outcome = this.#call({
      moment,
      enter: (engine) => {
        engine.apply('boot', [engine.compile(prepared.wrapped, name)])
        this.#meter.beginStack()
        engine.apply('seal', [])
      },
      resultRoom: this.#options.limits.requestResultBytes,
    })
    const { report } = this.#notes
    const methods = outcome.status === 'returned' ? this.#notes.methods : []
    this.#methods = new Map(methods.map((method, i) => [method, i]))
    if (outcome.status !== 'returned') this.#discardEngine()
    else this.#hasInit = engine.apply('hasInit', []) === true
    return {
      outcome,
      methods: methods.toSorted(compareBytes),
      hasInit: this.#hasInit,
      scriptHash: prepared.hash,
      report,
    }
  }

  /** @throws Refusal */
  init(moment: Moment): CallResult | null {
    if (!this.#hasInit) return null
    this.#meter.beginRequest()
    return this.#call({
      moment,
      enter: (engine) => engine.apply('callInit', []),
      resultRoom: this.#options.limits.requestResultBytes,
    })
  }

  /** Removes an alarm for good, then runs its call if it has one. @throws Refusal */
  alarm({ time, position, seed, id, run }: MachineAlarm): CallResult {
    this.#files.begin(time)
    this.#files.consume(alarmPath(id), position)
    if (run === null) return skipped
    const method = this.#methods.get(run.method)
    if (method === undefined) return withoutMethod(run.method)
    this.#requestBytes = 0
    this.#meter.beginRequest()
    return this.#call({
      moment: { time, position, seed },
      enter: (engine) => {
        engine.memory.putBytes(run.args)
        engine.apply('call', [method, run.args.byteLength, null])
      },
      resultRoom: this.#options.limits.requestResultBytes,
    })
  }

  /** Returns one result per call. Calls after an abort are skipped. @throws Refusal, Broken */
  run(request: MachineRequest): CallResult[] {
    const results: CallResult[] = []
    let resultRoom = this.#options.limits.requestResultBytes
    this.#requestBytes = 0
    this.#meter.beginRequest()
    for (const number of request.calls.keys()) {
      if (this.#engine === null || !this.#meter.hasFuel) {
        results.push(skipped)
        continue
      }
      const result = this.#runCall(request, number, resultRoom)
      resultRoom -= resultBytes(result)
      results.push(result)
    }
    return results
  }

  /** Whether there is an isolate. An abort disposes of it. */
  get isBooted(): boolean {
    return this.#engine !== null
  }

  #runCall(
    { position, time, caller, calls }: MachineRequest,
    number: number,
    resultRoom: number,
  ): CallResult {
    const call = calls[number] as MachineCall
    const method = this.#methods.get(call.method)
    if (method === undefined) {
      throw new Broken(
        'ERR_VMS_UNKNOWN_METHOD',
        `the script has no method ${JSON.stringify(call.method)}`,
      )
    }
    return this.#call({
      moment: { time, seed: call.seed, position },
      call: number,
      caller,
      enter: (engine) => {
        engine.memory.putBytes(call.args)
        engine.apply('call', [method, call.args.byteLength, caller])
      },
      resultRoom,
    })
  }

  #call({ moment, call = 0, caller = null, enter, resultRoom }: CallStart): CallResult {
    const engine = this.#engine as Engine
    const { memory } = engine
    this.#notes = createNotes()
    const now = nowMs()
    this.#parent.signOfLife(now, call)
    this.#deadline = now + this.#options.service.callWallMs
    this.#meter.beginCall()
    const committed = this.#parent.takeCommitted()
    if (committed !== null) this.#files.committed(committed)
    this.#files.begin(moment.time)
    const { position, time } = moment
    this.#oracles.begin({ position, call, time, caller }, resultRoom)
    this.#alarms.begin(moment)
    memory.status = callStatus.running
    memory.putMoment(moment.time, moment.seed, moment.position)
    try {
      enter(engine)
      while (memory.status === callStatus.running) {
        if (this.#notes.end !== null) throw this.#notes.end
        const last = memory.hasTimers ? 'tick' : 'strand'
        this.#meter.beginStack()
        this.#requireTime()
        engine.apply(last, [])
        if (last === 'strand' && memory.status === callStatus.running && this.#notes.end === null) {
          throw new Refusal('crash', 'the call came to no end')
        }
      }
      if (this.#notes.end !== null) throw this.#notes.end
      return this.#outcome(engine, moment.position, resultRoom)
    } catch (error) {
      this.#files.discard()
      // The first recorded reason is the cause of the end, whatever the isolate reports.
      const cause = this.#notes.end ?? error
      if (!(cause instanceof Abort)) throw cause
      this.#discardEngine()
      const { reason, fuel } = cause
      const oracles = this.#oracles.uses
      return { ...skipped, status: 'aborted', abort: reason, fuel, oracles }
    }
  }

  #outcome({ memory }: Engine, position: number, resultRoom: number): CallResult {
    const fuel = this.#meter.used
    this.#meter.endCall(fuel)
    if (this.#meter.isOverdrawn) throw new Abort(this.#meter.shortage, fuel)
    const returned = memory.status === callStatus.returned
    const oracles = this.#oracles.uses
    const result: CallResult = returned
      ? { ...skipped, status: 'returned', value: memory.takeResult(), fuel, oracles }
      : { ...skipped, status: 'thrown', error: this.#notes.error, fuel, oracles }
    if (resultBytes(result) > resultRoom) throw new Abort('request-result-bytes', fuel)
    if (returned) result.changes = this.#files.keep(position)
    else this.#files.discard()
    return result
  }

  /** Checks the time limit between the timers of a call. Each timer is short, but together they may take too long. */
  #requireTime(): void {
    if (nowMs() > this.#deadline)
      throw new Refusal('wall-clock', 'the call took longer than it may')
  }

  #onChange(paths: number, bytes: number): void {
    if (paths > this.#options.limits.callFiles) throw new Abort('call-files', this.#meter.used)
    this.#requestBytes += bytes
    if (this.#requestBytes > requestChangeBytes) {
      throw new Refusal('memory', 'the request wrote more than can be held')
    }
  }

  #createEngine({ boundNames, prefix, placeOf }: PreparedScript): Engine {
    const { limits, service, codec } = this.#options
    const memory = () => (this.#engine as Engine).memory
    const untraced = createHostFunction(
      {
        files: this.#files,
        limits,
        meter: this.#meter,
        placeOf,
        deadline: () => this.#deadline,
        history: (options) => this.#parent.history(options),
        oracles: this.#oracles,
        alarms: this.#alarms,
        console: (level, text) => this.#parent.console(level, text),
        memory,
        stop: () => this.#engine?.dispose(),
      },
      () => this.#notes,
    )
    const host = this.#options.traced
      ? traceHost(untraced, memory, (step) => this.#parent.trace(step))
      : untraced
    this.#deadline = nowMs() + service.callWallMs
    this.#parent.onWait = (ms) => {
      this.#deadline += ms
    }
    this.#meter.pause()
    this.#engine = new Engine({
      memoryMiB: service.memoryMiB,
      codec,
      meter: this.#meter.buffer,
      settings: this.#settings,
      boundNames,
      written: [prefix, this.#options.script],
      host,
      onFailure: (message) => this.#parent.console('machine', message),
    })
    return this.#engine
  }

  #discardEngine(): void {
    this.#engine?.dispose()
    this.#engine = null
    this.#methods = new Map()
    this.#hasInit = false
  }
}
