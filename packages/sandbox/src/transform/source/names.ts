/**
 * The names that instrumented text uses. They begin with a prefix that no name in the script begins with and that its text does not
 * contain. So the script cannot say them, and the machine makes no code from text. The same script gets the same names.
 */

/**
 * Names that the machine binds before the script runs, each by one letter after the prefix. The runtime exports the value of each under
 * the same key: `instruments` in runtime/instrumented.js.
 */
const BOUND = {
  /** The meter: fuel at 0, depth at 1. */
  meter: 'm',
  /** Tells the host that the meter has run out. */
  out: 'x',
  /** Turns an error that the engine raised into ours. */
  error: 'e',
  /** An iterable that pays for the frame that delegates to it. */
  delegate: 'y',
  /** Arguments in a list. Many of them count as depth. */
  spread: 's',
  /** Restores the depth after a call with such arguments. */
  restore: 'r',
  /** Rest parameters out of `arguments`. */
  rest: 'a',
  /** The result of an operator, if it is no number. */
  made: 'o',
  /** The result of a template. */
  joined: 'j',
  /** `**` */
  power: 'q',
  /** `<<` */
  shift: 'h',
  /** The only argument of `new`: perhaps the length of an array. */
  length: 'c',
  /** `new` of an expression that is no name, with one argument. */
  make: 'k',
  /** An assignment to a property `length`. */
  setLength: 'n',
  /** The operand of a spread. */
  items: 'i',
  /** A text that is compared for identity, by how many times. */
  read: 'f',
  /** An operand that becomes part of a text, if it is neither text nor number. */
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
  /** Pays for a number that names a property, and says below which number none has to pay. */
  boundFor: 'B',
  /** The object of an assignment to a computed name. */
  ownerFor: 'P',
  /** An operand that becomes a number, if it is none. */
  numeric: 'M',
  /** The operand of `++` before it counts. */
  stepped: 'S',
  /** One more or less, if it is no number. */
  next: 'U',
  /** An operand or a key that becomes text, if it is neither number nor text. */
  textual: 'V',
  /** An operand of an order, or of a comparison with a BigInt, if it is no number. */
  ordered: 'F',
  /** `==` */
  equal: 'Q',
  /** The sum of two operands, if it is no number. */
  sum: 'C',
  /** A value for an array of floats, if it is no number. */
  received: 'D',
  /** The target that gets such a value by a pattern. */
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
  /** Turns of loops that are not charged yet. */
  turns: 'l',
  /** The label of a loop in strips. */
  label: 'b',
  /** Units of depth that a suspendable function holds. */
  held: 'w',
  /** Depth at the start. */
  start: 'd',
  /** A value on its way. */
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

/** Each name with the prefix of its script. */
export type Names = { readonly prefix: string } & {
  readonly [Key in BoundKey | keyof typeof LOCAL]: string
}

/** What pays for what an operator has made: a product or a quotient of BigInts takes its digits squared, anything else its digits. */
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
