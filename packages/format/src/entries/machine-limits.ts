/**
 * Machine limits: they are in the genesis, so host and auditor enforce the same ones, and reaching one is part of the
 * recorded outcome. (What an operator limits beyond them acts only by refusing, and is in no entry.)
 */
import { misfit } from '../codec/misfit.ts'
import { type Infer, integer, record, refine } from '../codec/schema.ts'
import { VALUE_LIMITS } from '../codec/value-types.ts'
import { ENTRY_BYTES } from './limits.ts'

const KiB = 1024
const MiB = 1024 * KiB

/** Methods that any genesis may allow: their names stand in every boot. */
export const METHODS_MAX = 10_000

/** Bytes of all names of methods that any genesis may allow. */
const METHOD_BYTES_MAX = 4 * MiB

const limitsShape = record({
  /** Units of fuel one call may use; a unit is about one turn of a loop. */
  fuelPerCall: integer(),
  /** Units of fuel all calls of one request may use together. */
  fuelPerRequest: integer(),
  /** Nested function calls. */
  depth: integer(),
  /** Bytes of one encoded result: a call must not fill the ledger. No reader decodes a value beyond {@link VALUE_LIMITS}. */
  resultBytes: integer(VALUE_LIMITS.maxBytes),
  /** Bytes of all results, errors and uses of oracles of one request: they share one entry. */
  requestResultBytes: integer(),
  /** Bytes of one file. */
  fileBytes: integer(),
  /** Bytes of one path in UTF-8. */
  pathBytes: integer(),
  /** Files and directories that one call may change. */
  callFiles: integer(),
  /** Bytes of one request, without its signature. */
  requestBytes: integer(),
  /** Calls in one request. */
  requestCalls: integer(),
  /** Times that one call may ask an oracle: the script-wide lock is held meanwhile. */
  oracleUses: integer(),
  /** Bytes of the encoded arguments of one use of an oracle: they stand in the ledger. */
  oracleArgsBytes: integer(),
  /** Bytes of the encoded result of one use of an oracle: a server that the host asks must not fill the ledger. */
  oracleResultBytes: integer(),
  /** Alarms that may be pending at a time: all of them may fall due at once, and calls wait until they were fired. */
  alarms: integer(),
  /** Bytes of the encoded method and arguments of one alarm: they stand in the files and in the ledger. */
  alarmBytes: integer(VALUE_LIMITS.maxBytes),
  /** Milliseconds between the call that sets an alarm and the alarm, at most: one for the end of time would take its place for ever. */
  alarmAheadMs: integer(),
  /** Methods of a script: every boot entry holds their names, and the host sends them to every client that connects. */
  methods: integer(METHODS_MAX, 1),
  /** Bytes of the names of all methods of a script, in UTF-8: a boot must not fill the ledger. */
  methodBytes: integer(METHOD_BYTES_MAX, 1),
})

export type MachineLimits = Infer<typeof limitsShape>

/** Bytes that an entry needs for each outcome and for each use of an oracle, besides what `requestResultBytes` counts. */
const FRAME_BYTES = { entry: 16 * KiB, outcome: 256, use: 96 } as const

/** Bytes that the largest entry can have under these limits. */
export function largestEntryBytes(limits: MachineLimits): number {
  const { requestBytes, requestCalls, requestResultBytes, oracleUses, alarmBytes } = limits
  // The use that passes the limit of a request is kept.
  const lastUse = oracleUses === 0 ? 0 : limits.oracleArgsBytes + limits.oracleResultBytes
  const outcome = FRAME_BYTES.outcome + oracleUses * FRAME_BYTES.use
  const results = requestResultBytes + lastUse + FRAME_BYTES.entry
  return results + Math.max(requestBytes + requestCalls * outcome, alarmBytes + outcome)
}

/** Shape of the machine limits in a genesis entry. They allow no entry that is too large to be encoded. */
export const machineLimitsShape = refine(limitsShape, (limits) => {
  const bytes = largestEntryBytes(limits)
  if (bytes <= ENTRY_BYTES) return null
  return misfit(
    `these limits allow an entry of ${bytes} bytes, the most is ${ENTRY_BYTES}: lower requestBytes, requestCalls, requestResultBytes, oracleUses, oracleArgsBytes, oracleResultBytes or alarmBytes`,
  )
})

/**
 * Defaults. Sizes keep an entry (request, results, errors, uses of oracles) well under hypercore's 15 MiB block; counts
 * keep one request from holding the script-wide lock for long. Uses of oracles count towards `requestResultBytes` too.
 */
export const MACHINE_LIMITS: MachineLimits = {
  fuelPerCall: 100_000_000,
  fuelPerRequest: 1_000_000_000,
  depth: 1_000,
  resultBytes: 1 * MiB,
  requestResultBytes: 4 * MiB,
  fileBytes: 8 * MiB,
  pathBytes: 1_024,
  callFiles: 1_000,
  requestBytes: 1 * MiB,
  requestCalls: 1_000,
  oracleUses: 16,
  oracleArgsBytes: 64 * KiB,
  oracleResultBytes: 1 * MiB,
  alarms: 1_000,
  alarmBytes: 64 * KiB,
  alarmAheadMs: 3_653 * 86_400_000,
  methods: 1_000,
  methodBytes: 64 * KiB,
}
