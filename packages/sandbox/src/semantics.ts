/**
 * The numbered semantics: what a script means, down to the unit of fuel. A genesis names one number for good; whatever could alter an
 * outcome is a new number, and each number runs only on engines on which it was seen to give the same outcomes.
 */
import type { EngineIdentity } from './types.ts'

/** An engine by what can reach a script. `v8` is major and minor; patches of a minor do not change the language. */
export interface ListedEngine {
  readonly v8: string
  /** Case mapping, normal forms and the classes of regular expressions follow these tables. */
  readonly unicode: string
  readonly arch: readonly string[]
}

export interface Semantics {
  readonly number: number
  /** First release of these packages that has it. */
  readonly since: string
  readonly engines: readonly ListedEngine[]
}

/** What new ledgers are recorded with. */
export const currentSemantics = 1

/** All that this release can run. */
export const knownSemantics: readonly Semantics[] = [
  {
    number: 1,
    since: '0.1.0',
    engines: [
      // Node 24
      { v8: '13.6', unicode: '17.0', arch: ['x64', 'arm64'] },
      // Node 26
      { v8: '14.6', unicode: '17.0', arch: ['x64', 'arm64'] },
    ],
  },
]

/** Numbers that were dropped, with the last release that had them. */
const dropped: Readonly<Record<number, string>> = { 0: '0.0.0, a preview' }

/** Whether this release can run semantics `number`. */
export function knowsSemantics(number: number): boolean {
  return knownSemantics.some((known) => known.number === number)
}

/** Which release to take for semantics `number`, in words. */
export function releaseOfSemantics(number: number): string {
  const known = knownSemantics.find((one) => one.number === number)
  if (known) return `release ${known.since} or later`
  const last = dropped[number]
  return last ? `release ${last}` : 'a later release than this one'
}

/** Whether semantics `number` was released for this engine. */
export function runsOn(number: number, { v8, unicode, arch }: EngineIdentity): boolean {
  const engines = knownSemantics.find((known) => known.number === number)?.engines ?? []
  const minor = v8.split('.', 2).join('.')
  return engines.some(
    (engine) => engine.v8 === minor && engine.unicode === unicode && engine.arch.includes(arch),
  )
}
