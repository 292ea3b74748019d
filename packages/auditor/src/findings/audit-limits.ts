/** What an auditor's machine may take. */

/** Processor time of one call on the auditor's machine, in milliseconds: ten times a host's, so that a slow auditor still finishes. */
export const CALL_CPU_MS = 50_000

/** The same by the clock: ten times as long again, as at a host, so that a busy computer ends no replay. */
export const CALL_WALL_MS = 500_000
