/**
 * The hidden names of instrumented text. They begin with a prefix that does not occur in the script's text, and the machine compiles no
 * code from text at run time. So the script cannot name them. The same script always gets the same names.
 */

/**
 * Names that the machine binds before the script runs: the prefix and one letter. The runtime exports each value under the same key:
 * `instruments` in runtime/instrumented.js.
 */
const BOUND = {
  /** The meter: fuel at 0, depth at 1. */
  meter: 'm',
  /** Reports to the host that the meter has run out. */
  out: 'x',
  /** Replaces an error of the engine by ours. */
  error: 'e',
  /** An iterable that pays for the frame that delegates to it. */
  delegate: 'y',
  /** Arguments as a list. Many of them count as depth. */
  spread: 's',
  /** Restores the depth after a call with such arguments. */
  restore: 'r',
  /** Rest parameters out of `arguments`. */
  rest: 'a',
  /** The result of an operator, if it is not a number. */
  made: 'o',
  /** The result of a template. */
  joined: 'j',
  /** `**` */
  power: 'q',
  /** `<<` */
  shift: 'h',
  /** The only argument of `new`; it may be the length of an array. */
  length: 'c',
  /** `new` of an expression other than a name, with one argument. */
  make: 'k',
  /** An assignment to a property `length`. */
  setLength: 'n',
  /** The operand of a spread. */
  items: 'i',
  /** A text in an equality comparison, with the number of comparisons. */
  read: 'f',
  /** An operand that is concatenated, if it is neither text nor number. */
  converted: 'v',
  /** The value of an assignment that changes a length. */
  grown: 'z',
  /** The target of a pattern, a loop, or an operator that reads it first. */
  place: 'g',
  /** An object whose properties a spread copies. */
  entries: 'O',
  /** An object whose keys a loop lists. */
  listed: 'I',
  /** The source of a pattern that holds patterns with rest elements. */
  nested: 'N',
  /** The value of an assignment by a pattern. */
  taken: 'T',
  /** A value that becomes a prototype. */
  linked: 'L',
  /** The superclass of a class. */
  extended: 'X',
  /** Pays for a number used as a property name, and returns the bound below which such numbers are free. */
  boundFor: 'B',
  /** The object of an assignment to a computed name. */
  ownerFor: 'P',
  /** An operand that is converted to a number, if it is not one. */
  numeric: 'M',
  /** The operand of `++` or `--`, before the step. */
  stepped: 'S',
  /** The operand plus or minus one, if it is not a number. */
  next: 'U',
  /** An operand or a key that is converted to text, if it is neither number nor text. */
  textual: 'V',
  /** An operand of `<` and similar, or of a comparison with a BigInt, if it is not a number. */
  ordered: 'F',
  /** `==` */
  equal: 'Q',
  /** The sum of two operands, if it is not a number. */
  sum: 'C',
  /** A value for an array of floats, if it is not a number. */
  received: 'D',
  /** The target to which a pattern assigns such a value. */
  receiver: 'G',
  /** The value of a field of an object that may be an array of floats. */
  field: 'H',
} as const

/** Names of locals that the instrumented text declares. */
const LOCAL = {
  /** The value of a loop's turn, before a pattern takes it apart. */
  each: 'E',
  /** Prefix: the target of a pattern. */
  target: 'Y',
  /** Prefix: the value that a pattern gives to it. */
  given: 'Z',
  /** Turns of loops that are counted but not charged yet. */
  turns: 'l',
  /** The label of a loop that is split into strips. */
  label: 'b',
  /** Units of depth that a suspendable function holds now. */
  held: 'w',
  /** Depth at the function's start. */
  start: 'd',
  /** A temporary value. */
  value: 't',
  /** The object of an assignment. */
  owner: 'A',
  /** The name of its property. */
  key: 'K',
  /** The left side of a sum, or the old value of a property. */
  old: 'W',
  /** The right side of a sum. */
  other: 'R',
  /** Prefix of parameters. */
  parameter: 'p',
} as const

/** Key of a name that the machine binds. */
export type BoundKey = keyof typeof BOUND

/** Each name with its script's prefix. */
export type Names = { readonly prefix: string } & {
  readonly [Key in BoundKey | keyof typeof LOCAL]: string
}

/**
 * The name of the function that prices an operator's result. A product or quotient of BigInts costs the square of its digits, any other
 * result its digits.
 */
export function lookerFor({ made, sum }: Names, operator: string): string {
  return /^[*/%]/.test(operator) ? made : sum
}

export function chooseNames(source: string, words: ReadonlySet<string>): Names {
  let number = 0
  while (isTaken(`$${number}`, source, words)) number += 1
  const prefix = `$${number}`
  const named = Object.entries({ ...BOUND, ...LOCAL }).map(([key, letter]) => [
    key,
    prefix + letter,
  ])
  return { prefix, ...Object.fromEntries(named) } as Names
}

/** The names that the machine binds, by key. */
export function boundNames(names: Names): Readonly<Record<BoundKey, string>> {
  const keys = Object.keys(BOUND) as BoundKey[]
  return Object.fromEntries(keys.map((key) => [key, names[key]])) as Record<BoundKey, string>
}

function isTaken(prefix: string, source: string, words: ReadonlySet<string>): boolean {
  if (source.includes(prefix)) return true
  for (const word of words) if (word.startsWith(prefix)) return true
  return false
}
