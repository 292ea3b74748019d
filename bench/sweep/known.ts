/**
 * Operations that are further off than 20 times, with the words and the figure of their rows in the specification of the machine
 * (docs/spec/sandbox.md, "Still open"). A test of the repository compares the two.
 */
import type { Measured } from './measure.ts'

interface Known {
  /** First cell of the row in the specification. */
  readonly operation: string
  /** How many times longer, or less, it takes than its fuel says. */
  readonly times: number
  /** Rows of the sweep: of their name, with `, throws` behind it if they throw, and of what they work on. */
  readonly rows: readonly (readonly [name: RegExp, kind?: RegExp])[]
}

const inTable = /in a table/
const bigint = /^BigInt$/

/** What takes longer than its fuel says. */
export const longer: readonly Known[] = [
  {
    operation:
      '`pop`, `push` and a shorter `length` of an array that is kept in a table, 100,000 items',
    times: 400_000,
    rows: [[/^Array\.prototype\.(?:pop|push)\(|^pop and push|^push and shift/, inTable]],
  },
  {
    operation: '`===`, `==`, and `<<` by a number, of BigInts of 64,000 to 120,000 bits',
    times: 400,
    rows: [[/^x === b|^x == b|^-x|^x << 3/, bigint]],
  },
  {
    operation: 'a product of two BigInts that is refused',
    times: 60,
    rows: [[/^x \* x/, bigint]],
  },
  {
    operation: 'a name that is put together and read, assigned or absent, of 1,000 units or more',
    times: 300,
    rows: [[/^x\[text\]/]],
  },
  {
    operation: 'iteration over a Map of 100,000 texts',
    times: 30,
    rows: [[/^for of/, /^Map of texts$/]],
  },
  {
    operation: 'any operation on an array that is kept in a table, or on a proxy',
    times: 60,
    rows: [[/./, /in a table|proxy/]],
  },
  {
    operation: '`Object.freeze` and `seal` of a proxy of an object with 1,000 names',
    times: 1_000,
    rows: [[/^Object\.(?:freeze|seal)/, /^proxy of an object$/]],
  },
  {
    operation: '`JSON.stringify` of an object whose hidden names or symbols are many',
    times: 100,
    rows: [[/^JSON\.stringify/, /symbols|hidden/]],
  },
  {
    operation: 'reading, writing or deleting a property by its name or place',
    times: 60,
    rows: [[/^x\[1\]|^x\.k1|^optional|^delete/]],
  },
  {
    operation: '`fromCharCode` and `fromCodePoint` of a text',
    times: 80,
    rows: [[/^String\.fromC/]],
  },
  {
    operation: 'a place or a number that a method gets as a function or a text, and converts',
    times: 100,
    rows: [
      [
        /prototype\.(?:at|char\w+|codePointAt|slice|sub\w+|read\w+|write\w+|[gs]et\w+|to\w+String|with|includes|startsWith|endsWith)\((?:f|b|1|'7'|)\)/,
      ],
      [/^(?:Symbol|Array|Object|Number|Math\.random|Array\.of|new String|new Number)\(/],
    ],
  },
  {
    operation: '`Promise.all`, `any`, `race` and `allSettled` of what is no list',
    times: 60,
    rows: [[/^Promise\.(?:all|any|race|allSettled)/]],
  },
]

/** What takes less. */
export const less: readonly Known[] = [
  {
    operation: '`in` and `instanceof` in compiled code, which could go over 16 prototypes',
    times: 300,
    rows: [[/^x instanceof|^'k1' in x/]],
  },
  {
    operation:
      'an operator that converts a text that is no number, or ends at the first unit or item',
    times: 3_000,
    rows: [[/^-x|^x [=<]|^x \+|^template|^for|^Math\.|^Number|^parse|^isNaN|^isFinite|^BigInt/]],
  },
  {
    operation:
      'a built-in that pays for all items or units and ends early: `indexOf` at the first item, `trim` at a letter, `freeze` of a frozen object',
    times: 100_000,
    rows: [
      [/^(?:Array|String|%TypedArray%|Buffer|RegExp|Number|Set)\.prototype/],
      [/^Object\.|^Reflect\.|^JSON\.parse/],
    ],
  },
  {
    operation:
      '`new Map`, `Set`, `WeakMap` and `WeakSet` of a list that holds no pairs or objects: it throws at the first item',
    times: 1_000,
    rows: [[/^new (?:Weak)?(?:Map|Set)\(.*throws$/]],
  },
  {
    operation: 'a function that converts or escapes a text and ends early, or finds nothing to do',
    times: 1_000,
    rows: [
      [
        /^new RegExp|^RegExp|^(?:un)?escape|^(?:en|de)code|^String\(|^atob|^btoa|^structuredClone|^Symbol/,
      ],
    ],
  },
  {
    operation:
      'an error that the engine raised in an async function or an executor, and that nobody handles',
    times: 60,
    rows: [[/not handled$|in another$|^JSON\.parse of n/]],
  },
  {
    operation: 'a quotient or a power of a BigInt by a short one, which pays as for a long one',
    times: 1_000,
    rows: [[/^x [/*]|^x \*\* 2/, bigint]],
  },
  {
    operation: '`freeze` and `seal` of an array that is kept in a table and is frozen already',
    times: 10_000_000_000,
    rows: [[/^Object\.(?:freeze|seal)/, inTable]],
  },
  {
    operation: 'a spread of an array that is kept in a table',
    times: 100,
    rows: [[/spread/, inTable]],
  },
  {
    operation:
      '`append` of a URLSearchParams, which pays for all pairs before it looks at its arguments',
    times: 10_000,
    rows: [[/^URLSearchParams\.prototype\.append\(/]],
  },
  {
    operation: 'a buffer of many bytes that the engine does not touch, or cannot make',
    times: 1_000,
    rows: [[/^new ArrayBuffer/, /^date$/]],
  },
]

const timesOf = (entries: readonly Known[], name: string, kind: string) =>
  entries
    .filter(({ rows }) =>
      rows.some(([names, kinds]) => names.test(name) && (kinds?.test(kind) ?? true)),
    )
    .map(({ times }) => times)

export function allowedFactors(
  { row, throws }: Measured,
  most: number,
): { under: number; over: number } {
  const name = throws ? `${row.name}, throws` : row.name
  return {
    under: Math.max(most, ...timesOf(longer, name, row.kind)),
    over: Math.max(most, ...timesOf(less, name, row.kind)),
  }
}
