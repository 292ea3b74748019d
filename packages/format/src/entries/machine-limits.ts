/**
 * Machine limits. They are in the genesis, so host and auditor enforce the same ones, and reaching one is part of the recorded outcome. (An
 * operator's further limits only cause refusals, which no entry records.)
 */
import { misfit } from '../codec/misfit.ts'
import { type Infer, integer, record, refine } from '../codec/schema.ts'
import { VALUE_LIMITS } from '../codec/value-types.ts'
import { ENTRY_BYTES } from './limits.ts'

const KiB = 1024
const MiB = 1024 * KiB

/** Maximum number of methods in any genesis. Every boot records their names. */
export const METHODS_MAX = 10_000

/** Maximum bytes of all method names in any genesis. */
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
  /** Questions that one call may ask oracles. The service runs no other call meanwhile. */
  oracleUses: integer(),
  /** Bytes of the encoded arguments of one use of an oracle. The ledger stores them. */
  oracleArgsBytes: integer(),
  /** Bytes of the encoded result of one use of an oracle, so that a server the host asks cannot fill the ledger. */
  oracleResultBytes: integer(),
  /** Alarms that may be pending at a time. All of them may fall due at once, and calls wait until they have fired. */
  alarms: integer(),
  /** Bytes of the encoded method and arguments of one alarm. The files and the ledger store them. */
  alarmBytes: integer(VALUE_LIMITS.maxBytes),
  /** Maximum milliseconds between the call that sets an alarm and the alarm. An alarm in the far future would occupy its place for ever. */
  alarmAheadMs: integer(),
  /** Methods of a script. Every boot entry holds their names, and the host sends them to every client that connects. */
  methods: integer(METHODS_MAX, 1),
  /** Bytes of the names of all methods of a script, in UTF-8, so that a boot cannot fill the ledger. */
  methodBytes: integer(METHOD_BYTES_MAX, 1),
})

export type MachineLimits = Infer<typeof limitsShape>

/** Bytes of an entry for each outcome and each use of an oracle, in addition to `requestResultBytes`. */
const FRAME_BYTES = { entry: 16 * KiB, outcome: 256, use: 96 } as const

/** Bytes of the largest entry under these limits. */
export function largestEntryBytes(limits: MachineLimits): number {
  const { requestBytes, requestCalls, requestResultBytes, oracleUses, alarmBytes } = limits
  // The machine keeps the one use that exceeds the request's limit.
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
