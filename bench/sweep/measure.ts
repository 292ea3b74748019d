/**
 * Nanoseconds of processor for each unit of fuel. Time is that of the machine's process, of all its threads, as the system counts it;
 * V8 runs on one thread there, so that what it compiles and collects for a row counts in that row. What a call costs by itself is
 * taken off, and the least of several runs counts: other work on the computer only ever adds.
 */
import fs from 'node:fs'
import process from 'node:process'
import {
  decodeJson,
  defaultMachineLimits,
  encodeJson,
  jsonCodec,
  Machine,
  MemoryFiles,
  type OracleAnswer,
} from '../../packages/sandbox/src/index.ts'
import type { Row } from './row.ts'
import { scriptOf } from './script.ts'

export interface Measured {
  readonly row: Row
  readonly size: number
  readonly ns: number
  readonly fuel: number
  /** Whether the last turn of it threw. */
  readonly throws: boolean
}

export interface Effort {
  /** Nanoseconds that the measured run takes at least, if its fuel allows. */
  readonly spanNs: number
  readonly runs: number
}

const largestFuel = 2_000_000_000
/** Fuel that a run is not made longer than. */
const enoughFuel = 300_000_000

/** A row asks an oracle as often as it takes to measure it. */
const limits = {
  ...defaultMachineLimits,
  fuelPerCall: largestFuel,
  fuelPerRequest: largestFuel,
  oracleUses: 100_000,
  requestResultBytes: 128 * 1024 * 1024,
}

/** Answers as a host does whose oracles are these functions. */
const answers: Readonly<Record<string, (given: unknown) => unknown>> = {
  time: () => Date.now(),
  random: () => Math.random(),
  page: (size) => 'x'.repeat(Number(size)),
  echo: (given) => given,
}

async function answer(name: string, args: Uint8Array): Promise<OracleAnswer> {
  const oracle = answers[name]
  if (oracle !== undefined) return { value: encodeJson(oracle((decodeJson(args) as unknown[])[0])) }
  const code = name === 'fails' ? null : 'ERR_VMS_ORACLE_UNKNOWN'
  return { error: { name: 'Error', message: `no answer from ${name}`, code } }
}

/** The row cannot be made. */
class Thrown extends Error {}

export class Sweep {
  #machine: Machine | null = null
  #files = new MemoryFiles()
  #position = 1
  #child = 0
  readonly rows: readonly Row[]
  readonly #effort: Effort

  constructor(rows: readonly Row[], effort: Effort) {
    this.rows = rows
    this.#effort = effort
  }

  async measure(index: number, size: number, effort = this.#effort): Promise<Measured | string> {
    try {
      return await this.#measure(index, size, effort)
    } catch (error) {
      // After anything but an exception the machine must begin anew.
      if (!(error instanceof Thrown)) await this.close()
      return (error as Error).message
    }
  }

  async #measure(index: number, size: number, { spanNs, runs }: Effort): Promise<Measured> {
    const row = this.rows[index] as Row
    let times = 1
    let best = Number.POSITIVE_INFINITY
    let fuel = 0
    let total = 0
    for (let run = 0; run < runs || (total < 4 * spanNs && run < 4 * runs); ) {
      await this.#call('set', index, size)
      const idle = await this.#call(row.isAsync ? 'noneAsync' : 'none', index, 0)
      const { ns, fuel: used } = await this.#call('run', index, times)
      const spent = Math.max(ns - idle.ns, 1)
      total += spent
      if (spent < spanNs && used < enoughFuel && times < 1e6) {
        times *= spent < spanNs / 32 ? 16 : spent < spanNs / 8 ? 4 : 2
        best = Number.POSITIVE_INFINITY
        run = 0
        continue
      }
      if (spent < best) {
        best = spent
        fuel = used - idle.fuel
      }
      run += 1
    }
    const { value } = await this.#call('thrown', index, 0)
    return { row, size, ns: best / times, fuel: fuel / times, throws: value !== 0 }
  }

  async #call(method: string, ...args: number[]) {
    const machine = this.#machine ?? (await this.#start())
    const start = processorNs(this.#child)
    const { done, stop } = await machine.run([
      {
        ...this.#moment(),
        caller: 'debug:bench',
        calls: [{ method, args: encodeJson(args), seed: new Uint8Array(32) }],
      },
    ])
    const ns = processorNs(this.#child) - start
    const result = done[0]?.results[0]
    if (result?.status === 'thrown') throw new Thrown(JSON.stringify(result.error))
    if (result?.status !== 'returned')
      throw new Error(JSON.stringify(result?.abort ?? result?.error ?? stop))
    if (result.changes.length !== 0) {
      this.#files.commit(result.changes, this.#position)
      machine.committed(this.#position)
    }
    return { ns, fuel: result.fuel, value: result.value === null ? null : decodeJson(result.value) }
  }

  async #start(): Promise<Machine> {
    this.#files = new MemoryFiles()
    const before = new Set(childrenOf(process.pid))
    const machine = await Machine.start({
      script: scriptOf(this.rows),
      name: 'sweep.js',
      codec: jsonCodec,
      files: this.#files,
      info: { title: 'Sweep', key: 'hyper://none' },
      console: () => {},
      execArgv: ['--single-threaded'],
      oracle: answer,
      limits,
      service: { callWallMs: 60_000, memoryMiB: 3_000 },
    })
    this.#child = childrenOf(process.pid).find((pid) => !before.has(pid)) ?? 0
    const { outcome, report } = await machine.boot(this.#moment())
    if (outcome.status !== 'returned')
      throw new Error(`the sweep does not boot: ${report ?? outcome.abort}`)
    this.#machine = machine
    return machine
  }

  #moment() {
    this.#position += 1
    return { time: 1_000_000, seed: new Uint8Array(32), position: this.#position }
  }

  async close(): Promise<void> {
    const machine = this.#machine
    this.#machine = null
    await machine?.close()
  }
}

/** Time that all threads of a process have run. */
function processorNs(pid: number): number {
  let sum = 0
  for (const thread of fs.readdirSync(`/proc/${pid}/task`)) {
    sum += Number(fs.readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0])
  }
  return sum
}

function childrenOf(pid: number): number[] {
  return fs
    .readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1')
    .split(' ')
    .filter(Boolean)
    .map(Number)
}
