/**
 * The numbered semantics: what a script means, down to the unit of fuel. A genesis names one number for good; whatever could alter an
 * outcome is a new number, and each number runs only on engines on which it was seen to give the same outcomes.
 */
import type { EngineIdentity } from '../protocol/types.ts'

/**
 * An engine by what can reach a script, as a genesis lists it. `v8` is major and minor; patches of a minor do not change the
 * language. Case mapping, normal forms and the classes of regular expressions follow the tables of `unicode`. The other fields of
 * an {@link EngineIdentity}, ICU and time zone data, reach no script.
 */
export interface ListedEngine {
  readonly v8: string
  readonly unicode: string
  readonly arch: string
}

/** Releases of Node, as nodejs.org builds them, that carry a listed engine: `from` and later ones of the same major. */
export interface ListedNode extends Pick<ListedEngine, 'v8' | 'unicode'> {
  readonly from: string
}

export interface Semantics {
  readonly number: number
  /** First release of these packages that has it. */
  readonly since: string
  /**
   * A genesis carries this list whole, and the machine refuses to start on any other engine, so a boot on one is its host's doing.
   * The list never changes: another list is another number.
   */
  readonly engines: readonly ListedEngine[]
  readonly nodes: readonly ListedNode[]
}

/** What new ledgers are recorded with. */
export const currentSemantics = 1

/** All that this release can run. */
export const knownSemantics: readonly Semantics[] = [
  {
    number: 1,
    since: '0.1.0',
    engines: [
      { v8: '13.6', unicode: '17.0', arch: 'x64' },
      { v8: '13.6', unicode: '17.0', arch: 'arm64' },
      { v8: '14.6', unicode: '17.0', arch: 'x64' },
      { v8: '14.6', unicode: '17.0', arch: 'arm64' },
    ],
    // 24.0.0 to 24.13.0 have Unicode 16.
    nodes: [
      { v8: '13.6', unicode: '17.0', from: '24.13.1' },
      { v8: '14.6', unicode: '17.0', from: '26.0.0' },
    ],
  },
]

/** Numbers that were dropped, with the last release that had them. */
const dropped: Readonly<Record<number, string>> = { 0: '0.0.0, a preview' }

const semanticsOf = (number: number): Semantics | undefined =>
  knownSemantics.find((known) => known.number === number)

/** Whether this release can run semantics `number`. */
export function knowsSemantics(number: number): boolean {
  return semanticsOf(number) !== undefined
}

/** Which release to take for semantics `number`, in words. */
export function releaseOfSemantics(number: number): string {
  const known = semanticsOf(number)
  if (known) return `release ${known.since} or later`
  const last = dropped[number]
  return last ? `release ${last}` : 'a later release than this one'
}

/** What a genesis of semantics `number` lists; empty for a number that this release does not have. */
export function enginesOf(number: number): ListedEngine[] {
  return (semanticsOf(number)?.engines ?? []).map((engine) => ({ ...engine }))
}

/** The part of an engine that can reach a script. */
function listedForm({ v8, unicode, arch }: ListedEngine): ListedEngine {
  return { v8: v8.split('.', 2).join('.'), unicode, arch }
}

const sameListed = (a: ListedEngine, b: ListedEngine): boolean =>
  a.v8 === b.v8 && a.unicode === b.unicode && a.arch === b.arch

/** Whether two engines are the same in everything that can reach a script. */
export function sameEngine(a: ListedEngine, b: ListedEngine): boolean {
  return sameListed(listedForm(a), listedForm(b))
}

/** Whether `engine` is in `list`. */
export function listsEngine(list: readonly ListedEngine[], engine: ListedEngine): boolean {
  const form = listedForm(engine)
  return list.some((listed) => sameListed(listed, form))
}

/** Whether `list` is the list of semantics `number`, in its order. */
export function knowsEngines(number: number, list: readonly ListedEngine[]): boolean {
  const known = semanticsOf(number)?.engines
  return (
    known?.length === list.length &&
    known.every((engine, i) => sameListed(engine, list[i] as ListedEngine))
  )
}

/** Whether semantics `number` was released for this engine. */
export function runsOn(number: number, engine: EngineIdentity): boolean {
  return listsEngine(enginesOf(number), engine)
}

/** The releases of Node on which semantics `number` runs, in words; those with the engine `only`, if it is given. */
export function nodesOf(number: number, only?: ListedEngine): string {
  const form = only && listedForm(only)
  return (semanticsOf(number)?.nodes ?? [])
    .filter(({ v8, unicode }) => !form || (v8 === form.v8 && unicode === form.unicode))
    .map(({ from }) => `Node ${from} or a later ${from.split('.', 1)[0]}`)
    .join(', or ')
}
