/** Plans: what happens in a history, as data. A seed makes one; what is left of it after a removal is one as well. */
import type { Program } from '@vms/sandbox/testing'
import { type Random, seededRandom } from '../harness/random.ts'
import { drawProgram, drawUpgrade, METHODS } from './programs.ts'

/** The moments of the host's work at which it can be killed. */
export const STAGES = ['boot', 'run', 'alarm', 'write', 'sync', 'synced', 'refusal'] as const
export type Stage = (typeof STAGES)[number]

export const LIES = ['value', 'fuel', 'error', 'changes', 'file', 'alarm-args', 'methods'] as const
export type Lie = (typeof LIES)[number]

/** What happens from outside. */
export type Event =
  | {
      readonly kind: 'request'
      readonly client: number
      readonly calls: readonly (readonly [method: string, argument: number])[]
      /** Milliseconds until it expires. */
      readonly lifetime: number
    }
  | { readonly kind: 'upgrade'; readonly program: Program }
  /** The connection of a client breaks: what was on its way is lost. */
  | { readonly kind: 'cut'; readonly client: number }
  /** The process is killed; `power`: what was not synced may be lost too. `downMs`: until it is started again. */
  | { readonly kind: 'kill'; readonly power: boolean; readonly downMs: number }
  /** It is killed when it comes to this stage next. */
  | {
      readonly kind: 'kill-at'
      readonly stage: Stage
      readonly power: boolean
      readonly downMs: number
    }
  /** The operator stops the host and starts it again, perhaps on another listed engine. */
  | { readonly kind: 'restart'; readonly engine: number; readonly downMs: number }
  /** The next commit fails at this stage. */
  | { readonly kind: 'disk'; readonly stage: 'write' | 'sync'; readonly downMs: number }
  /** The operator copies the directory of the service. */
  | { readonly kind: 'backup' }
  /** The operator stops the host, puts the copy in the place of the directory, and starts the host again. */
  | { readonly kind: 'restore'; readonly downMs: number }
  /** The host's clock jumps. */
  | { readonly kind: 'clock'; readonly byMs: number }
  /** The machine's process ends, or refuses the request in hand. */
  | { readonly kind: 'machine'; readonly how: 'dies' | 'refuses' }
  /** The next entry that can be told otherwise than it happened is. */
  | { readonly kind: 'lie'; readonly lie: Lie }

export interface PlannedEvent {
  /** Milliseconds after the beginning. */
  readonly at: number
  readonly service: number
  readonly event: Event
}

export interface Plan {
  readonly seed: number
  readonly epochCalls: number
  readonly upgradeDelayMs: number
  readonly programs: readonly Program[]
  readonly clients: number
  readonly events: readonly PlannedEvent[]
}

/** Milliseconds in which something happens from outside. */
const SPAN_MS = 60_000

const many = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))

/** `lying`: with one lie. */
export function planOf(seed: number, lying = false): Plan {
  const random = seededRandom(seed)
  const services = 1 + Number(random.below(4) === 0)
  const clients = 1 + random.below(3)
  const happens = (event: Event): PlannedEvent => ({
    at: random.below(SPAN_MS),
    service: random.below(services),
    event,
  })
  const events: PlannedEvent[] = [
    ...many(4 + random.below(24), () => happens(drawRequest(random, clients))),
    ...many(random.below(6), () => happens(drawTrouble(random, clients))),
    ...many(random.below(2), () => happens({ kind: 'upgrade', program: drawUpgrade(random) })),
  ]
  if (random.below(6) === 0)
    events.push(happens({ kind: 'backup' }), happens({ kind: 'restore', downMs: 2_000 }))
  if (lying) events.push(happens({ kind: 'lie', lie: random.pick(LIES) }))
  return {
    seed,
    epochCalls: random.pick([2, 7, 100]),
    upgradeDelayMs: random.pick([0, 5_000]),
    programs: many(services, () => drawProgram(random)),
    clients,
    events: events.sort((a, b) => a.at - b.at),
  }
}

const drawRequest = (random: Random, clients: number): Event => ({
  kind: 'request',
  client: random.below(clients),
  calls: many(1 + random.below(4), () => [random.pick(METHODS), random.below(5)] as const),
  lifetime: random.pick([2_000, 30_000, 300_000]),
})

function drawTrouble(random: Random, clients: number): Event {
  const downMs = random.pick([10, 2_000, 20_000])
  const power = random.below(2) === 0
  const drawn: readonly Event[] = [
    { kind: 'kill', power, downMs },
    { kind: 'kill-at', stage: random.pick(STAGES), power, downMs },
    { kind: 'kill-at', stage: random.pick(STAGES), power, downMs },
    { kind: 'restart', engine: random.below(2), downMs },
    { kind: 'disk', stage: random.pick(['write', 'sync'] as const), downMs },
    { kind: 'cut', client: random.below(clients) },
    { kind: 'machine', how: random.pick(['dies', 'refuses'] as const) },
    { kind: 'clock', byMs: random.pick([-120_000, -3_000, 3_000, 120_000]) },
  ]
  return random.pick(drawn)
}
