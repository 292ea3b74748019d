/** Programs drawn by chance: few paths and few methods, so that calls meet each other's traces. */
import type { Operation, Program } from '@vms/sandbox/testing'
import type { Random } from '../harness/random.ts'

export const METHODS = ['a', 'b', 'c', 'd'] as const
const PATHS = ['/one', '/two', '/three'] as const

export function drawProgram(random: Random): Program {
  const steps = (): Operation[] =>
    Array.from({ length: 1 + random.below(4) }, () => drawOperation(random))
  return {
    methods: Object.fromEntries(METHODS.map((method) => [method, steps()])),
    ...(random.below(2) === 0 && { init: [{ do: 'write', path: '/one', text: 'init' }] }),
  }
}

/** The first program of a service has to boot; a later one may not. */
export const drawUpgrade = (random: Random): Program => ({
  ...drawProgram(random),
  ...(random.below(4) === 0 && { broken: true }),
})

function drawOperation(random: Random): Operation {
  const path = random.pick(PATHS)
  const method = random.pick(METHODS)
  const drawn: readonly Operation[] = [
    { do: 'write', path, text: 'text' },
    { do: 'append', path },
    { do: 'append', path },
    { do: 'delete', path },
    { do: 'read', path },
    { do: 'remember' },
    { do: 'random' },
    { do: 'time' },
    { do: 'caller' },
    { do: 'argument' },
    { do: 'alarm', afterMs: random.pick([1_000, 5_000, 40_000]), method },
    { do: 'cancel' },
    { do: 'alarms' },
    { do: 'ask', oracle: 'rate' },
    { do: 'throw', message: 'no' },
    { do: 'exhaust' },
  ]
  return random.pick(drawn)
}
