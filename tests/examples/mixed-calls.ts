/**
 * A mix of calls over all examples, drawn from a seed: mostly sensible, some that the scripts refuse. Each caller knows
 * what it was told, so that in the end all of it can be compared with what the services hold.
 */
import type { Random } from '../harness/random.ts'

export const EXAMPLE_NAMES = ['rsvp', 'keyserver', 'counter', 'registry', 'whoami'] as const
export type ExampleName = (typeof EXAMPLE_NAMES)[number]

/** A call to make. */
export interface MixedCall {
  readonly example: ExampleName
  readonly method: string
  readonly args: readonly unknown[]
}

/** A call that was made, and what came of it: a value, or the code of an error that the script threw. */
export interface MadeCall extends MixedCall {
  /** Number of its caller. */
  readonly caller: number
  readonly value: unknown
  readonly code: string | null
}

/** What the scripts may throw at the calls of {@link drawCall}; anything else is a fault. */
export const EXPECTED_CODES = [
  'EACCES',
  'EEXIST',
  'EINVAL',
  'ENOENT',
  'EREGISTERED',
  'ETAKEN',
  'EUNREGISTERED',
  'ERR_VMS_THROWN',
]

const USERS = ['ada', 'bea', 'cid', 'dot', 'eva', 'fay']
const PACKAGES = ['left-pad', 'right-pad', 'is-even']

/** The next call, of any example. */
export function drawCall(random: Random): MixedCall {
  const example = random.pick(EXAMPLE_NAMES)
  const [method, ...args] = random.pick(CALLS[example])(random)
  return { example, method, args }
}

type Draw = (random: Random) => readonly [method: string, ...args: unknown[]]

const CALLS: Record<ExampleName, readonly Draw[]> = {
  rsvp: [
    (random) => ['RSVP', random.below(2) === 1, `reason ${random.below(100)}`],
    () => ['RSVP', 'perhaps'],
    () => ['list'],
  ],
  keyserver: [
    (random) => ['publish', random.pick(USERS), `KEY ${random.below(1_000)}`],
    (random) => ['publish', random.pick(USERS), `KEY ${random.below(1_000)}`],
    (random) => ['lookup', random.pick(USERS)],
    (random) => ['revoke', random.pick(USERS)],
    () => ['publish', '../admins', 'KEY'],
    () => ['claimAdmin'],
    () => ['users'],
  ],
  counter: [
    (random) => ['increment', random.below(10)],
    (random) => ['increment', -random.below(10)],
    () => ['increment'],
    () => ['increment', 0.5],
    () => ['get'],
  ],
  registry: [
    (random) => [
      'publish',
      random.pick(PACKAGES),
      `1.${random.below(6)}.${random.below(6)}`,
      `content ${random.below(1_000)}`,
    ],
    (random) => [
      'publish',
      random.pick(PACKAGES),
      `2.0.${random.below(12)}`,
      new Uint8Array(random.below(3_000)).fill(random.below(256)),
    ],
    (random) => ['get', random.pick(PACKAGES), `1.${random.below(6)}.${random.below(6)}`],
    (random) => ['info', random.pick(PACKAGES)],
    () => ['list'],
  ],
  whoami: [
    (random) => ['register', random.pick(USERS)],
    (random) => ['update', { bio: `bio ${random.below(1_000)}` }],
    (random) => ['profile', random.pick(USERS)],
    () => ['whoami'],
  ],
}
