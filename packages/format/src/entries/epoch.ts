/** Epochs. A fresh machine begins after a number of calls, bytes or units of fuel, whichever is reached first. */
import { type Entry, outcomesOf } from './entry.ts'
import type { FilesHead } from './files.ts'

/** Counts of an epoch, its boot included. */
export interface EpochTally {
  /** Executed calls, fired alarms among them. */
  readonly calls: number
  /** Bytes of entries, each counted without borders. */
  readonly bytes: number
  /** Units of fuel. */
  readonly fuel: number
}

export const NO_EPOCH: EpochTally = { calls: 0, bytes: 0, fuel: 0 }

/** The limits of an epoch, from the genesis. */
export interface EpochBounds {
  readonly epochCalls: number
  readonly epochBytes: number
  readonly epochFuel: number
}

/** Whether a boot must come next. */
export const isSpent = (
  { calls, bytes, fuel }: EpochTally,
  { epochCalls, epochBytes, epochFuel }: EpochBounds,
): boolean => calls >= epochCalls || bytes >= epochBytes || fuel >= epochFuel

/** The tally after an entry without borders that has `bytes` bytes and `calls` executed calls. A boot begins a new one. */
export function withEntry(
  before: EpochTally,
  entry: Entry,
  bytes: number,
  calls: number,
): EpochTally {
  const from = entry.type === 'boot' ? NO_EPOCH : before
  const fuel = outcomesOf(entry).reduce((sum, outcome) => sum + outcome.fuel, from.fuel)
  return { calls: from.calls + calls, bytes: from.bytes + bytes, fuel }
}

const ROOT_BYTES = 34
const NULL_BYTES = 1

/** Bytes of an encoded whole number. */
const uintBytes = (n: number): number =>
  n < 0x80 ? 1 : n < 0x100 ? 2 : n < 0x10000 ? 3 : n < 0x100000000 ? 5 : 9

const filesBytes = ({ dbLength, blobsLength }: FilesHead): number =>
  1 + uintBytes(dbLength) + 34 + uintBytes(blobsLength) + 34

/** Bytes that an entry would have without its borders. `bytes`: its bytes with them. */
export function unborderedBytes(bytes: number, { root, files }: Entry): number {
  const borders = (root ? ROOT_BYTES : NULL_BYTES) + (files ? filesBytes(files) : NULL_BYTES)
  return bytes - borders + 2 * NULL_BYTES
}
