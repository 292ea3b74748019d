/** Limits of what the formats hold. machine-limits.ts has the limits of machines. */

const MiB = 1024 * 1024

/**
 * Maximum number of entries between the head that a request names and the request's own entry. It bounds what a replay guard must remember.
 */
export const WINDOW_ENTRIES = 2 ** 20

/**
 * Defaults and maxima after which a fresh machine begins. They bound how long state in memory can matter, how far back an audit must begin,
 * and what a stranger has to fetch and run to check one call.
 * - `calls`: executed calls, fired alarms included.
 * - `bytes`: bytes of entries without their borders, from the boot on.
 * - `fuel`: units of fuel of everything that ran, the boot included.
 */
export const EPOCH_BOUNDS = {
  calls: { default: 10_000, most: 1_000_000 },
  bytes: { default: 64 * MiB, most: 1024 * MiB },
  fuel: { default: 100_000_000_000, most: 10_000_000_000_000 },
} as const

/** UTF-16 units of a ledger's origin, the name that its checkpoints carry. */
export const ORIGIN = 255

/** UTF-16 units of the declarations of a script's methods. A genesis or an upgrade holds them. */
export const DECLARATIONS = 256 * 1024

/** Keys that may sign checkpoints of one ledger. */
export const CHECKPOINT_KEYS = 4

/** Keys that may sign heads of one ledger. */
export const SIGNERS = 16

/** Engines that a genesis lists. */
export const ENGINES = 100

/** Callers that may upgrade a script. */
export const UPGRADERS = 100

/** Bytes of one entry. A hypercore block has at most 15 MiB, and its framing needs a little of that. */
export const ENTRY_BYTES = 15 * MiB - 64 * 1024

/** Bytes of a script. The genesis stores it, and every boot compiles it. */
export const SCRIPT_BYTES = 4 * MiB

/** UTF-16 units of a thrown error's recorded fields. The machine cuts longer texts. */
export const ERROR_TEXT = { name: 100, message: 4_096, code: 100 } as const

/** UTF-16 units of a method's name. */
export const METHOD_NAME = 256

/** UTF-16 units of an alarm's id. */
export const ALARM_ID = 64

/** UTF-16 units of an oracle's name. */
export const ORACLE_NAME = 100

/** UTF-16 units of the code of a refusal. */
export const REFUSAL_CODE = 100

/** UTF-16 units of a debug caller's name. */
export const DEBUG_NAME = 64

/** Largest time in milliseconds since 1970. An ECMAScript Date can hold it, so a script can represent every time in a ledger. */
export const TIME_MS = 8.64e15
