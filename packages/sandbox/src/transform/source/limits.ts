/** Figures of the instrumentation. They are part of the semantics number: another figure gives other fuel. */

/** Levels that syntax may be nested: parser, instrumenter and V8's compiler go down one level of their stack for each, or several. */
export const nestingLevels = 400

/** Levels of the tree that is read: terms of a sum, links of a chain of calls. */
export const treeLevels = 1_000

/** Units that a function's loops count by themselves before they take them from the meter: a local variable is faster than memory. */
export const turnsPerCharge = 1_024

/** The same in a function that can be suspended: if it never goes on, they are never taken, and making it must cost more than that. */
export const turnsPerChargeSuspended = 64

/** Units of fuel of the largest turn that a strip is made of: larger ones are paid for before they begin. */
export const largestInStrip = 16

/** Values in a frame, by our estimate, that one unit of depth pays for. */
export const slotsPerDepth = 64

/** Units of fuel for a word of 8 bytes that a function's entry or a loop's turn allocates: fuel ends before memory does. */
export const fuelPerWord = 2
