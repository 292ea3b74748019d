/**
 * The names that instrumented text uses. They begin with one that no name in the script begins with and that its text does not
 * contain, so the script cannot say them, and code cannot be made from text in the machine. The same script gets the same names.
 */
export interface Names {
  readonly prefix: string
  /** The meter: fuel at 0, depth at 1. */
  readonly meter: string
  /** Tells the host that the meter has run out. */
  readonly out: string
  /** Makes an error that the engine raised ours. */
  readonly error: string
  /** An iterable that pays for the frame that it is delegated to from. */
  readonly delegate: string
  /** Arguments in a list, of which many count as depth. */
  readonly spread: string
  /** Restores the depth after a call with such arguments. */
  readonly restore: string
  /** Rest parameters out of `arguments`. */
  readonly rest: string
  /** What an operator has made, if it is no number. */
  readonly made: string
  /** What a sum of two is, by what these are, if it is no number. */
  readonly sum: string
  /** What a template has made. */
  readonly joined: string
  /** A text that is compared for identity, by how many times. */
  readonly read: string
  /** What becomes part of a text, if it is neither text nor number. */
  readonly converted: string
  /** What changes a length. */
  readonly grown: string
  /** `**` */
  readonly power: string
  /** `<<` */
  readonly shift: string
  /** The only argument of `new`: perhaps the length of an array. */
  readonly length: string
  /** `new` of something that is no name, with one argument. */
  readonly make: string
  /** An assignment to a property `length`. */
  readonly setLength: string
  /** What is spread. */
  readonly items: string
  /** An object whose properties are about to be copied. */
  readonly entries: string
  /** An object whose keys a loop is about to go over. */
  readonly listed: string
  /** What a pattern takes apart that has others with rest elements in it. */
  readonly nested: string
  /** Pays for a number that is the name of a place, and gives up to where no other has to. */
  readonly boundFor: string
  /** What is written to by a computed name. */
  readonly ownerFor: string
  /** What becomes a prototype. */
  readonly linked: string
  /** What a class extends. */
  readonly extended: string
  /** The value of an assignment by a pattern. */
  readonly taken: string
  /** A place that is written to by a pattern, a loop, or an operator that reads it first. */
  readonly place: string
  /** Local: what a loop's turn is given, before a pattern takes it apart. */
  readonly each: string
  /** An operand that becomes a number, if it is none. */
  readonly numeric: string
  /** What `++` makes of a value before it counts. */
  readonly stepped: string
  /** One more or less, if it is no number. */
  readonly next: string
  /** An operand or a key that becomes text, if it is neither number nor text. */
  readonly textual: string
  /** What is put into an order, or compared with a BigInt, if it is no number. */
  readonly ordered: string
  /** `==` */
  readonly equal: string
  /** What an array of floats is given, if it is no number. */
  readonly received: string
  /** What is given such a value by a pattern. */
  readonly receiver: string
  /** The value of a field that may be a place of an array of floats. */
  readonly field: string
  /** Prefix of locals: what is written to. */
  readonly target: string
  /** Prefix of locals: what a pattern gives to it. */
  readonly given: string
  /** Local: turns of loops that are not charged yet. */
  readonly turns: string
  /** Of a loop in strips. */
  readonly label: string
  /** Local: units of depth that a function that can be suspended holds. */
  readonly held: string
  /** Local: depth at the start. */
  readonly start: string
  /** Local: a value on its way. */
  readonly value: string
  /** Local: an object that is written to. */
  readonly owner: string
  /** Local: the name of the property that is. */
  readonly key: string
  /** Local: the left side of a sum, or what a place held. */
  readonly old: string
  /** Local: the right side of a sum. */
  readonly other: string
  /** Prefix of parameters. */
  readonly parameter: string
}

/** What pays for what an operator has made: a product or a quotient of BigInts takes its digits squared, anything else its digits. */
export function lookerFor({ made, sum }: Names, operator: string): string {
  return /^[*/%]/.test(operator) ? made : sum
}

export function chooseNames(source: string, words: ReadonlySet<string>): Names {
  let number = 0
  while (isTaken(`$${number}`, source, words)) number += 1
  const prefix = `$${number}`
  return {
    prefix,
    meter: `${prefix}m`,
    out: `${prefix}x`,
    error: `${prefix}e`,
    delegate: `${prefix}y`,
    spread: `${prefix}s`,
    restore: `${prefix}r`,
    rest: `${prefix}a`,
    made: `${prefix}o`,
    joined: `${prefix}j`,
    power: `${prefix}q`,
    shift: `${prefix}h`,
    length: `${prefix}c`,
    make: `${prefix}k`,
    setLength: `${prefix}n`,
    items: `${prefix}i`,
    entries: `${prefix}O`,
    listed: `${prefix}I`,
    nested: `${prefix}N`,
    taken: `${prefix}T`,
    linked: `${prefix}L`,
    extended: `${prefix}X`,
    boundFor: `${prefix}B`,
    ownerFor: `${prefix}P`,
    owner: `${prefix}A`,
    key: `${prefix}K`,
    read: `${prefix}f`,
    converted: `${prefix}v`,
    grown: `${prefix}z`,
    place: `${prefix}g`,
    each: `${prefix}E`,
    numeric: `${prefix}M`,
    stepped: `${prefix}S`,
    next: `${prefix}U`,
    textual: `${prefix}V`,
    sum: `${prefix}C`,
    other: `${prefix}R`,
    ordered: `${prefix}F`,
    equal: `${prefix}Q`,
    received: `${prefix}D`,
    receiver: `${prefix}G`,
    field: `${prefix}H`,
    target: `${prefix}Y`,
    given: `${prefix}Z`,
    turns: `${prefix}l`,
    label: `${prefix}b`,
    held: `${prefix}w`,
    start: `${prefix}d`,
    value: `${prefix}t`,
    old: `${prefix}W`,
    parameter: `${prefix}p`,
  }
}

/** Those that the machine binds, in its order: the meter, and then as in runtime/instrumented.js. */
export function hiddenNames(names: Names): string[] {
  const { meter, out, error, delegate, spread, restore, rest, made, joined, power } = names
  const { shift, length, make, setLength, items, read, converted, grown, place } = names
  const { entries, listed, nested, taken, linked, extended, boundFor, ownerFor } = names
  const { numeric, stepped, next, textual, ordered, equal, sum, received, receiver, field } = names
  return [meter, out, error, delegate, spread, restore, rest, made, joined, power].concat(
    shift,
    length,
    make,
    setLength,
    items,
    read,
    converted,
    grown,
    place,
    entries,
    listed,
    nested,
    taken,
    linked,
    extended,
    boundFor,
    ownerFor,
    numeric,
    stepped,
    next,
    textual,
    ordered,
    equal,
    sum,
    received,
    receiver,
    field,
  )
}

function isTaken(prefix: string, source: string, words: ReadonlySet<string>): boolean {
  if (source.includes(prefix)) return true
  for (const word of words) if (word.startsWith(prefix)) return true
  return false
}
