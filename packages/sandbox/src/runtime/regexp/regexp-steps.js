/** The price of matching: steps are counted one by one and paid in batches. */
import { charge } from '../metering/meter.js'

/** Steps in a batch, and units per step. */
const batch = 256
const stepPrice = 8

let steps = 0

export function step(count) {
  steps += count
  if (steps >= batch) settle()
}

/** Pays for the steps of the unfinished batch. */
export function settle() {
  const done = steps
  steps = 0
  charge(done * stepPrice)
}
