/** One pass over a script: its text with the insertions so far. */
import type { AnyNode } from 'acorn'
import type MagicString from 'magic-string'
import { fuelPerWord, turnsPerCharge, turnsPerChargeSuspended } from './limits.ts'
import type { Names } from './names.ts'

/** The facts about the function that the pass visits. */
export class Frame {
  readonly isAsync: boolean
  readonly isGenerator: boolean
  /** Units of depth of a call. */
  readonly depth: number
  /** UTF-16 units of the function's text. To build the message of an error in the function, the engine reads that text again. */
  readonly units: number
  hasLoops = false
  hasSpreads = false
  /** Whether the function needs a local for a temporary value. */
  usesValue = false
  /** Local variables for the targets of writes. */
  readonly places: string[] = []
  /** Words that the part being visited allocates. A part is an entry, a turn, or a branch. */
  words = 0
  /** Whether the part being visited makes functions, which keep the variables around them. */
  hasClosures = false
  /** Variables of that part. */
  bindings = 0
  /** Whether the function, or an arrow function in it, uses `arguments`. */
  usesArguments = false
  /** Names that the function declares with `var`, at any depth of blocks. */
  readonly variables = new Set<string>()

  /** Whether the function can be suspended. It then holds its depth only while it runs. */
  get suspends(): boolean {
    return this.isAsync || this.isGenerator
  }

  /** Units that the function's loops count before they charge the meter. */
  get turnsPerCharge(): number {
    return this.suspends ? turnsPerChargeSuspended : turnsPerCharge
  }

  /** Words of the nodes that `visit` visits. The caller pays for them elsewhere. */
  wordsOf(visit: () => void): number {
    const outside = this.words
    this.words = 0
    visit()
    const { words } = this
    this.words = outside
    return words
  }

  /** The same for a part with variables of its own. Functions that the part makes keep these variables in memory. */
  wordsOfPart(visit: () => void): number {
    const { bindings, hasClosures } = this
    this.bindings = 0
    this.hasClosures = false
    const words = this.wordsOf(visit) + (this.hasClosures ? this.bindings : 0)
    this.bindings = bindings
    this.hasClosures ||= hasClosures
    return words
  }

  constructor(isAsync: boolean, isGenerator: boolean, depth: number, units: number) {
    this.isAsync = isAsync
    this.isGenerator = isGenerator
    this.depth = depth
    this.units = units
  }
}

export type Visit = (node: AnyNode, frame: Frame) => void

export interface Pass {
  readonly source: string
  readonly text: MagicString
  readonly names: Names
  readonly arrows: readonly number[]
  readonly visit: Visit
  /** Offsets of inserted text that begins with a parenthesis. */
  readonly brackets: Set<number>
  /** Number of write sites so far. Each site has a number of its own. */
  readonly sites: { count: number }
  /** Assignments → the variable that holds their target. */
  readonly targets: Map<AnyNode, string>
  /** Expressions whose value is unused. */
  readonly unused: Set<AnyNode>
  /** Loop tests that compare a number. */
  readonly counting: Set<AnyNode>
}

export const unitsOf = ({ start, end }: AnyNode) => end - start

/** Units of fuel of an entry, a turn or a branch that allocates `words`. */
export function fuelOf(words: number): number {
  return 1 + words * fuelPerWord
}

/** An expression that charges fuel. It is true once the fuel is used up. */
export const burns = ({ meter }: Names, fuel: number | string) => `(${meter}[0]-=${fuel})<0`

/** A statement that charges fuel. */
export function charging(names: Names, fuel: number | string): string {
  return `if(${burns(names, fuel)})throw ${names.out}();`
}

/** Statements at the start of a turn. Most turns only add to a local variable. */
export function turning(names: Names, frame: Frame, fuel: number): string {
  const { turns, out } = names
  return `if((${turns}+=${fuel})>${frame.turnsPerCharge - 1}){if(${burns(names, turns)})throw ${out}();${turns}=0}`
}

/** A statement between strips of turns. It charges the counted turns once there are enough. */
export function takingTurns(names: Names, frame: Frame): string {
  const { turns, out } = names
  return `if(${turns}>${frame.turnsPerCharge - 1}){if(${burns(names, turns)})throw ${out}();${turns}=0}`
}

/** A condition that charges an entry and takes depth. It is true once fuel or depth is used up. */
export function enters(names: Names, fuel: number | string, depth: number): string {
  return `${burns(names, fuel)}||(${names.meter}[1]-=${depth})<0`
}

/** The same with the previous depth in a local variable, from which the function restores it. That is twice as fast as subtracting. */
export function entersFrom(names: Names, fuel: number | string, depth: number): string {
  return `${burns(names, fuel)}||(${names.meter}[1]=${names.start}-${depth})<0`
}

/** A statement that takes depth and charges nothing more. */
export function deepening({ meter, out }: Names, depth: number): string {
  return `if((${meter}[1]-=${depth})<0)throw ${out}();`
}

/** An expression: the caught error in the form that scripts may see, after paying for it. */
export function seen({ error }: Names, { units }: Frame, thrown: string): string {
  return `${error}(${thrown},${units})`
}

/** A handler that rethrows every error. The innermost function around the throw pays for the error. */
export function paying(names: Names, frame: Frame): string {
  return `catch(${names.value}){throw ${seen(names, frame, names.value)}}`
}

/** An expression that gives the function's depth back before a suspension. */
export function giving({ meter, held }: Names): string {
  return `${meter}[1]+=${held},${held}=0`
}

/** An expression that takes the depth again after a suspension. */
export function taking(names: Names, depth: number): string {
  const { meter, held, out } = names
  return `(${burns(names, 1)}||(${meter}[1]-=${held}=${depth})<0)&&${out}()`
}

/** Declares a variable of a frame, if it is not declared yet. */
export function addPlace({ places }: Frame, name: string): void {
  if (!places.includes(name)) places.push(name)
}

/** Wraps a node in text. The node's inside must be finished. */
export function wrap(pass: Pass, node: AnyNode, before: string, after: string): void {
  pass.text.prependRight(node.start, before)
  pass.text.appendLeft(node.end, after)
}
