/**
 * The numbered semantics: they define what a script means, down to the unit of fuel. A genesis names one number for good. Any difference
 * that could change an outcome gets a new number. Each number runs only on the engines that were tested to give the same outcomes.
 */
import type { EngineIdentity } from '../protocol/types.ts'

/**
 * The properties of an engine that can reach a script, as a genesis lists them. `v8` is the major and minor version; V8's patch releases do
 * not change the language. Case mapping, normalization and the character classes of regular expressions follow the tables of `unicode`. The
 * other fields of an {@link EngineIdentity}, ICU and time zone data, reach no script.
 */
export interface ListedEngine {
  readonly v8: string
  readonly unicode: string
  readonly arch: string
}

/** Releases of Node by nodejs.org that contain a listed engine: `from` and later ones of the same major version. */
export interface ListedNode extends Pick<ListedEngine, 'v8' | 'unicode'> {
  readonly from: string
}

export interface Semantics {
  readonly number: number
  /** First release of these packages that supports the number. */
  readonly since: string
  /**
   * A genesis carries the whole list, and the machine refuses to start on any other engine. So the host is to blame for a boot on an
   * unlisted engine. The list never changes: another list requires another number.
   */
  readonly engines: readonly ListedEngine[]
  readonly nodes: readonly ListedNode[]
}

/** The number that new ledgers get. */
export const currentSemantics = 1

/** All semantics that this release can run. */
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

/** Numbers that this release no longer supports, with the last release that did. */
const dropped: Readonly<Record<number, string>> = { 0: '0.0.0, a preview' }

const semanticsOf = (number: number): Semantics | undefined =>
  knownSemantics.find((known) => known.number === number)

/** Whether this release can run semantics `number`. */
export function knowsSemantics(number: number): boolean {
  return semanticsOf(number) !== undefined
}

/** Names the release that can run semantics `number`, for an error's text. */
export function releaseOfSemantics(number: number): string {
  const known = semanticsOf(number)
  if (known) return `release ${known.since} or later`
  const last = dropped[number]
  return last ? `release ${last}` : 'a later release than this one'
}

/** The engines that a genesis of semantics `number` lists; empty for a number that this release does not know. */
export function enginesOf(number: number): ListedEngine[] {
  return (semanticsOf(number)?.engines ?? []).map((engine) => ({ ...engine }))
}

/** Keeps only the properties of an engine that can reach a script. */
function listedForm({ v8, unicode, arch }: ListedEngine): ListedEngine {
  return { v8: v8.split('.', 2).join('.'), unicode, arch }
}

const sameListed = (a: ListedEngine, b: ListedEngine): boolean =>
  a.v8 === b.v8 && a.unicode === b.unicode && a.arch === b.arch

/** Whether two engines agree in everything that can reach a script. */
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

/** Describes the releases of Node on which semantics `number` runs; only those with the engine `only`, if it is given. */
export function nodesOf(number: number, only?: ListedEngine): string {
  const form = only && listedForm(only)
  return (semanticsOf(number)?.nodes ?? [])
    .filter(({ v8, unicode }) => !form || (v8 === form.v8 && unicode === form.unicode))
    .map(({ from }) => `Node ${from} or a later ${from.split('.', 1)[0]}`)
    .join(', or ')
}
