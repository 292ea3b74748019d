/** Chance that can be had again: a small generator (mulberry32) from a seed, for tests that mix calls and pick moments. */

export interface Random {
  /** A whole number in [0, below). */
  below(below: number): number
  /** One of the items. */
  pick<T>(items: readonly T[]): T
  /** A generator of its own, so that what one part of a test draws does not change what another does. */
  fork(): Random
}

export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const below = (limit: number): number => Math.floor((next() / 2 ** 32) * limit)
  return {
    below,
    pick: (items) => {
      if (items.length === 0) throw new RangeError('there is nothing to pick from')
      return items[below(items.length)] as (typeof items)[number]
    },
    fork: () => seededRandom(next()),
  }
}
