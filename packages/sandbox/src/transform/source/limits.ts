/** Constants of the instrumentation. They are part of the semantics number, because another value gives another fuel. */

/** Nesting levels of syntax. Parser, instrumenter and V8's compiler recurse one or several levels for each. */
export const nestingLevels = 400

/** Levels of the syntax tree: terms of a sum, links of a chain of calls. */
export const treeLevels = 1_000

/** Units that a function's loops count locally before they charge the meter. A local variable is faster than memory. */
export const turnsPerCharge = 1_024

/**
 * The same in a function that can be suspended. If the function never resumes, it never pays these units, so making the function must cost
 * more.
 */
export const turnsPerChargeSuspended = 64

/** Units of fuel of the largest turn that a strip may hold. A larger turn pays before it begins. */
export const largestInStrip = 16

/** Values in a frame, as we estimate them, that one unit of depth pays for. */
export const slotsPerDepth = 64

/** Units of fuel per word of 8 bytes that a function's entry or a loop's turn allocates. It makes fuel end before memory does. */
export const fuelPerWord = 2
