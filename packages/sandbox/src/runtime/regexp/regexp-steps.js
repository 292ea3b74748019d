/** What matching costs: each step is counted, and many are paid for at once. */
import { charge } from '../metering/meter.js'

/** Steps that are paid for at once, and units per step. */
const batch = 256
const stepPrice = 8

let steps = 0

export function step(count) {
  steps += count
  if (steps >= batch) settle()
}

/** Pays for the steps that were not paid for yet. */
export function settle() {
  const done = steps
  steps = 0
  charge(done * stepPrice)
}
