/** Bounds of what the formats hold. Those of machines are in `machine-limits.ts`. */

const MiB = 1024 * 1024

/** Entries between the head that a request names and the entry it stands in: bounds what a replay guard must remember. */
export const WINDOW_ENTRIES = 2 ** 20

/** Calls after which a fresh machine begins: bounds what state in memory can matter, and how far an audit must rewind. */
export const EPOCH_CALLS = 10_000

/** Bytes of one entry: a hypercore block is at most 15 MiB, and its framing needs a little of that. */
export const ENTRY_BYTES = 15 * MiB - 64 * 1024

/** Bytes of a script: it is stored in the genesis and compiled at every boot. */
export const SCRIPT_BYTES = 4 * MiB

/** UTF-16 units of what a thrown error keeps. Longer texts are cut at this length by the machine. */
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

/** Largest time in milliseconds since 1970: what an ECMAScript Date can hold, so that every time in a ledger is one for the script. */
export const TIME_MS = 8.64e15
