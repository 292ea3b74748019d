/** Limits of an auditor's machine. */

/** Processor time of one call on the auditor's machine, in milliseconds: ten times a host's, so that a slow auditor still finishes. */
export const CALL_CPU_MS = 50_000

/** Time of one call by the clock, in milliseconds: ten times the processor time, as at a host, so that a busy computer ends no replay. */
export const CALL_WALL_MS = 500_000
