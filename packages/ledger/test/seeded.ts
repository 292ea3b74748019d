/** Chance that can be repeated. */

/** A source of integers in [0, below), the same for the same seed. */
export function seeded(seed: number): (below: number) => number {
  let state = (seed % 2_147_483_646) + 1
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}
