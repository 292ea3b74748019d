/**
 * The fuel port: the one place that will count what a call costs. Semantics 0 does not instrument scripts, so every call
 * costs 0; the numbers already travel through outcomes and limits.
 */
export interface FuelGauge {
  /** A request begins. */
  beginRequest(): void
  /** A call begins. */
  beginCall(): void
  /** Units that the current call has used. */
  used(): number
}

export function createFuelGauge(): FuelGauge {
  return { beginRequest: () => {}, beginCall: () => {}, used: () => 0 }
}
