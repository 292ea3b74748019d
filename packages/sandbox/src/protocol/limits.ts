/** Every limit of the machine, with its unit, its default, and the threat behind it. */
import type { MachineLimits as GenesisLimits } from '@vms/format'

/** Limits that host and auditor share: an outcome records that a call reached one. The host enforces the limits of a whole request. */
export type MachineLimits = Omit<GenesisLimits, 'requestBytes' | 'requestCalls'>

/** Limits of a machine's process; the operator chooses them. The host refuses a call that reaches one, and no ledger records the call. */
export interface ProcessLimits {
  /**
   * Milliseconds of processor time that one call may take. The service runs no other call meanwhile. Where the system does not report it
   * (anywhere but on Linux), only `callWallMs` counts.
   */
  readonly callCpuMs: number
  /**
   * Milliseconds of wall-clock time that one call may take: it stops a process that sleeps. It is ten times the processor time, so that a
   * busy computer refuses no call that an idle one would finish.
   */
  readonly callWallMs: number
  /**
   * Mebibytes of the isolate's heap. This is the backstop behind fuel: a unit of fuel buys about 4 bytes, and at worst 10. With less than
   * `fuelPerCall` times 10 bytes, the machine may refuse a call that fills memory, instead of aborting it.
   */
  readonly memoryMiB: number
  /** Milliseconds from spawning the child process to its first message. */
  readonly startMs: number
  /** Bytes of committed files that the child process caches. */
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

/** Bytes of one frame between parent and child. It keeps each side from making the other allocate without bound. */
export const frameBytes = 256 * MiB

/** Bytes of a child's message that holds neither files nor results, in addition to what the machine's limits allow. */
export const smallFrameBytes = 512 * KiB

/** UTF-16 units of a report for people, and of a line of a trace. Without a limit, an error's message could be a whole file. */
export const reportUnits = 64 * KiB

/** Questions that one call may ask its parent: `each` per `fuel` units, and `free` more. An operation on files costs 2,000 units. */
export const questions = { fuel: 2_000, each: 4, free: 64 } as const

/** Bytes per second of console lines that the parent passes on. It drops the rest and logs one line that says so. */
export const consoleBytesPerSecond = 8 * MiB

/**
 * Bytes of changes that one request may hold in the child process before the child hands them over. The machine refuses a larger request.
 */
export const requestChangeBytes = 128 * MiB

/**
 * Kilobytes of V8's stack. It holds the calls at depth `deepest`, which take at most two and a half kilobytes per unit. The rest is for the
 * engine's own work on top of them, such as compiling. It is half of a thread's 8 MiB.
 */
export const stackKilobytes = 3_936

/** Units of depth that every machine can give. A larger limit counts as this. */
export const deepest = 1_000

/** Milliseconds after which the child reports, at its next call, that it is alive. */
export const signOfLifeMs = 250

/** Milliseconds beyond a call's wall-clock limit after which the parent kills a silent child. */
export const killGraceMs = 2_000

/** UTF-16 units of an error's recorded fields, so that a script cannot fill the ledger with messages. */
export const errorUnits = { name: 100, code: 100, message: 4_096 } as const

/** UTF-16 units of a method's name. A method with a longer name cannot be called. */
export const methodNameUnits = 256

/**
 * Minimum milliseconds between the call that sets an alarm and the alarm. An alarm that sets an alarm makes a loop for which nobody pays.
 * The minimum also keeps a call from making an alarm due for another call of the same time, and so of the same group.
 */
export const alarmSoonestMs = 1_000

/** UTF-16 units of an oracle's name. */
export const oracleNameUnits = 100

/** UTF-16 units of one console line, and lines of one call, so that a loop around console.log cannot fill the host's disk. */
export const consoleLimits = { lineUnits: 4_096, callLines: 1_000 } as const

/** Bytes per second of the child's standard error that the parent passes on; it drops the rest. */
export const stderrBytesPerSecond = 64 * KiB

/** Initial bytes of the memory that child process and isolate share. It grows to hold the largest value or file. */
export const sharedBytes = 64 * KiB

/** The operating system's limits for the child process, in case its engine has a fault. */
export const childLimits = {
  /** Open files: five for the protocol, about a dozen for Node itself. */
  descriptors: 64,
  /**
   * Mebibytes of address space: a base, and more for each mebibyte of heap. V8 reserves far more than it uses: two thousand at the start.
   */
  addressMiB: 6 * 1024,
  addressesPerHeap: 4,
} as const

/** Steps of priority below the parent's, so that a busy script does not keep the host from answering. */
export const childNiceness = 5
