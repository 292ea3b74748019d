/** Every limit of the machine, with its unit, its default, and the threat behind it. */
import type { MachineLimits as GenesisLimits } from '@vms/format'

/** Limits that host and auditor share: reaching one is part of the outcome. Those of a whole request are the host's to hold. */
export type MachineLimits = Omit<GenesisLimits, 'requestBytes' | 'requestCalls'>

/** Limits of a machine's process, which the operator chooses. The host refuses a call that reaches one, and no ledger records it. */
export interface ProcessLimits {
  /**
   * Milliseconds of processor time that one call may take: the script-wide lock is held meanwhile. Where the system does not tell it
   * (anywhere but on Linux) only `callWallMs` counts.
   */
  readonly callCpuMs: number
  /**
   * Milliseconds by the clock that one call may take: for a process that sleeps. Ten times the processor time, so that a busy computer
   * refuses no call that an idle one would finish.
   */
  readonly callWallMs: number
  /**
   * Mebibytes of heap of the isolate: the backstop behind fuel, which buys about 4 bytes per unit and at worst 10. With less than
   * `fuelPerCall` times 10 bytes, a call that fills memory may be refused instead of aborted.
   */
  readonly memoryMiB: number
  /** Milliseconds from spawning the child process to its first word. */
  readonly startMs: number
  /** Bytes of committed files that the child process keeps at hand. */
  readonly cacheBytes: number
}

const KiB = 1024
const MiB = 1024 * KiB

export const defaultProcessLimits: ProcessLimits = {
  callCpuMs: 5_000,
  callWallMs: 50_000,
  memoryMiB: 1_024,
  startMs: 10_000,
  cacheBytes: 32 * MiB,
}

/** Bytes of one frame between parent and child: neither side can make the other allocate without bound. */
export const frameBytes = 256 * MiB

/** The same for messages of the child that hold neither files nor results, besides what limits of the machine allow. */
export const smallFrameBytes = 512 * KiB

/** UTF-16 units of a report for people, and of a line of a trace: a message of an error may be a whole file. */
export const reportUnits = 64 * KiB

/** Questions that one call may ask of its parent, for each that its fuel pays for: an operation on files is 2,000 units. */
export const questions = { fuel: 2_000, each: 4, free: 64 } as const

/** Bytes per second of console lines that are passed on; the rest is dropped, and one line says so. */
export const consoleBytesPerSecond = 8 * MiB

/** Bytes of changes that one request may hold in the child process before they are handed over; past it the request is refused. */
export const requestChangeBytes = 128 * MiB

/**
 * Kilobytes of V8's stack: what the deepest calls take that `deepest` allows, at most two and a half for each unit, and room for what the engine does by
 * itself on top of them, such as compiling. Half of the 8 MiB that a thread has.
 */
export const stackKilobytes = 3_936

/** Units of depth that any machine can give: a larger limit counts as this. */
export const deepest = 1_000

/** Milliseconds after which the child shows at its next call that it is alive. */
export const signOfLifeMs = 250

/** Milliseconds beyond the wall clock of a call after which the parent kills a child that gives no sign of life. */
export const killGraceMs = 2_000

/** UTF-16 units of the recorded message of an error: a script must not fill the ledger with messages. */
export const errorUnits = { name: 100, code: 100, message: 4_096 } as const

/** UTF-16 units of a method's name; longer ones are not callable. */
export const methodNameUnits = 256

/**
 * Milliseconds between the call that sets an alarm and the alarm, at least: an alarm that sets one makes a loop, which nobody pays
 * for. And no call of the same time, so of the same group, can make one due.
 */
export const alarmSoonestMs = 1_000

/** UTF-16 units of an oracle's name. */
export const oracleNameUnits = 100

/** UTF-16 units of one console line, and lines of one call: a loop around console.log must not fill the host's disk. */
export const consoleLimits = { lineUnits: 4_096, callLines: 1_000 } as const

/** Bytes per second of the child's standard error that are passed on; the rest is dropped. */
export const stderrBytesPerSecond = 64 * KiB

/** Bytes of the memory that child process and isolate share at first; it grows with the largest value or file. */
export const sharedBytes = 64 * KiB

/** Limits of the operating system for the child process: for the day on which its engine has a fault. */
export const childLimits = {
  /** Open files: five are used for talking, a dozen by Node itself. */
  descriptors: 64,
  /** Mebibytes of addresses, and how many more for each of the heap. V8 reserves far more than it uses: two thousand at the start. */
  addressMiB: 6 * 1024,
  addressesPerHeap: 4,
} as const

/** Steps of priority below its parent: a script that computes must not keep the host from answering. */
export const childNiceness = 5
