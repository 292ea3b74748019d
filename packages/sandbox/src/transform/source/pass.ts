/** One pass over a script: its text as it is being changed, and the pieces of text that are put into it. */
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
  /** UTF-16 units of its text: the engine reads all of it again for the message of an error that it raises in it. */
  readonly units: number
  hasLoops = false
  hasSpreads = false
  /** Whether it needs a place for a value on its way. */
  usesValue = false
  /** Variables that it needs for places that it writes to. */
  readonly places: string[] = []
  /** Words that it allocates, of the part that is being visited: an entry, a turn, or a branch. */
  words = 0
  /** Whether the part that is being visited makes functions, which keep the variables around them. */
  hasClosures = false
  /** Variables of that part. */
  bindings = 0
  /** Whether it or an arrow function in it says `arguments`. */
  usesArguments = false
  /** Names that it declares with `var`, at any depth of blocks. */
  readonly variables = new Set<string>()

  /** Whether it can be suspended in the middle: it then holds its depth only while it runs. */
  get suspends(): boolean {
    return this.isAsync || this.isGenerator
  }

  /** Units that its loops count before they take them from the meter. */
  get turnsPerCharge(): number {
    return this.suspends ? turnsPerChargeSuspended : turnsPerCharge
  }

  /** Words of what `visit` visits: they are paid for elsewhere. */
  wordsOf(visit: () => void): number {
    const outside = this.words
    this.words = 0
    visit()
    const { words } = this
    this.words = outside
    return words
  }

  /** The same for a part with variables of its own: functions that are made in it keep them in memory. */
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
  /** Where text was put that begins with a bracket. */
  readonly brackets: Set<number>
  /** Places that are written to, by a number of their own. */
  readonly sites: { count: number }
  /** Assignments → the variable that holds their target. */
  readonly targets: Map<AnyNode, string>
  /** Expressions whose value is unused. */
  readonly unused: Set<AnyNode>
  /** Tests of loops that compare a number. */
  readonly counting: Set<AnyNode>
}

export const unitsOf = ({ start, end }: AnyNode) => end - start

/** Units of fuel of an entry, a turn or a branch that allocates this much. */
export function fuelOf(words: number): number {
  return 1 + words * fuelPerWord
}

/** Is true once the fuel is used up. */
export const burns = ({ meter }: Names, fuel: number | string) => `(${meter}[0]-=${fuel})<0`

/** A statement that charges. */
export function charging(names: Names, fuel: number | string): string {
  return `if(${burns(names, fuel)})throw ${names.out}();`
}

/** Statements at the start of a turn: most turns only count in a local variable. */
export function turning(names: Names, frame: Frame, fuel: number): string {
  const { turns, out } = names
  return `if((${turns}+=${fuel})>${frame.turnsPerCharge - 1}){if(${burns(names, turns)})throw ${out}();${turns}=0}`
}

/** A statement between strips of turns: charges the counted turns once there are enough. */
export function takingTurns(names: Names, frame: Frame): string {
  const { turns, out } = names
  return `if(${turns}>${frame.turnsPerCharge - 1}){if(${burns(names, turns)})throw ${out}();${turns}=0}`
}

/** A condition: charges an entry and goes deeper; true once there is too little of either. */
export function enters(names: Names, fuel: number | string, depth: number): string {
  return `${burns(names, fuel)}||(${names.meter}[1]-=${depth})<0`
}

/** The same where the depth from before is in a local variable, from which it is restored: twice as fast as counting back. */
export function entersFrom(names: Names, fuel: number | string, depth: number): string {
  return `${burns(names, fuel)}||(${names.meter}[1]=${names.start}-${depth})<0`
}

/** A statement that goes deeper and costs nothing more. */
export function deepening({ meter, out }: Names, depth: number): string {
  return `if((${meter}[1]-=${depth})<0)throw ${out}();`
}

/** An expression: the caught error in the form that scripts may see, after paying for it. */
export function seen({ error }: Names, { units }: Frame, thrown: string): string {
  return `${error}(${thrown},${units})`
}

/** A handler that lets everything through: the innermost function in which something was thrown pays for it. */
export function paying(names: Names, frame: Frame): string {
  return `catch(${names.value}){throw ${seen(names, frame, names.value)}}`
}

/** An expression: the function is about to be suspended, and its depth is given back. */
export function giving({ meter, held }: Names): string {
  return `${meter}[1]+=${held},${held}=0`
}

/** An expression: the function runs again. */
export function taking(names: Names, depth: number): string {
  const { meter, held, out } = names
  return `(${burns(names, 1)}||(${meter}[1]-=${held}=${depth})<0)&&${out}()`
}

/** Declares a variable of a frame, once. */
export function addPlace({ places }: Frame, name: string): void {
  if (!places.includes(name)) places.push(name)
}

/** Puts text around a node whose inside is done already. */
export function wrap(pass: Pass, node: AnyNode, before: string, after: string): void {
  pass.text.prependRight(node.start, before)
  pass.text.appendLeft(node.end, after)
}
