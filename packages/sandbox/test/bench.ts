/** A machine on a test bench: files in memory, results decoded, console lines kept. */
import {
  type CallResult,
  type ConsoleLine,
  decodeJson,
  defaultMachineLimits,
  encodeJson,
  jsonCodec,
  Machine,
  type MachineLimits,
  type MachineOptions,
  type MachineRequest,
  MemoryFiles,
  type ProcessLimits,
  type RunReport,
} from '../src/index.ts'

export type BenchOptions = Partial<Omit<MachineOptions, 'limits' | 'service'>> & {
  limits?: Partial<MachineLimits>
  service?: Partial<ProcessLimits>
  time?: number
}

export const seedOf = (byte: number): Uint8Array =>
  new Uint8Array(32).fill(byte).map((b, i) => b + i)

export class Bench {
  readonly machine: Machine
  readonly files: MemoryFiles
  readonly lines: ConsoleLine[]
  position = 1
  time: number

  private constructor(machine: Machine, files: MemoryFiles, lines: ConsoleLine[], time: number) {
    this.machine = machine
    this.files = files
    this.lines = lines
    this.time = time
  }

  static async start(script: string, options: BenchOptions = {}): Promise<Bench> {
    const files = new MemoryFiles()
    const lines: ConsoleLine[] = []
    const { limits, time = 1_000_000, ...rest } = options
    const machine = await Machine.start({
      script,
      name: 'script.js',
      codec: jsonCodec,
      files,
      info: { title: 'A test', key: 'hyper://files' },
      console: (line) => lines.push(line),
      limits: { ...defaultMachineLimits, ...limits },
      ...rest,
    })
    return new Bench(machine, files, lines, time)
  }

  static async booted(script: string, options: BenchOptions = {}): Promise<Bench> {
    const bench = await Bench.start(script, options)
    const { outcome, report } = await bench.boot()
    if (outcome.status !== 'returned') throw new Error(`the script does not boot: ${report}`)
    return bench
  }

  boot() {
    this.position += 1
    return this.machine.boot({ time: this.time, seed: seedOf(1), position: this.position })
  }

  init() {
    this.position += 1
    return this.machine.init({ time: this.time, seed: seedOf(2), position: this.position })
  }

  request(...calls: [method: string, ...args: unknown[]][]): MachineRequest {
    this.position += 1
    return {
      position: this.position,
      time: this.time,
      caller: 'debug:bob',
      calls: calls.map(([method, ...args], i) => ({
        method,
        args: encodeJson(args),
        seed: seedOf(10 + i),
      })),
    }
  }

  run(...calls: [method: string, ...args: unknown[]][]): Promise<RunReport> {
    return this.machine.run([this.request(...calls)])
  }

  /** Result of one call, which must have ended with an outcome. */
  async result(method: string, ...args: unknown[]): Promise<CallResult> {
    const { done, stop } = await this.run([method, ...args])
    const result = done[0]?.results[0]
    if (result === undefined) throw new Error(`refused: ${JSON.stringify(stop)}`)
    return result
  }

  /** Value that a call returns; throws what it throws, as an Error with `name` and `code`. */
  async call(method: string, ...args: unknown[]): Promise<unknown> {
    const { status, value, error, abort } = await this.result(method, ...args)
    if (status === 'returned' && value !== null) return decodeJson(value)
    const text = error === null ? `${status} ${abort}` : `${error.name}: ${error.message}`
    throw Object.assign(new Error(text), { code: error?.code ?? null })
  }

  /** Commits a result's changes as a group of their own. */
  commit(result: CallResult): void {
    this.files.commit(result.changes, this.position)
    this.machine.committed(this.position)
  }

  close(): Promise<void> {
    return this.machine.close()
  }
}
