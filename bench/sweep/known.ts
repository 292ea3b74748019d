/**
 * Rows of the sweep that are further off than they should be, with the factor that each may reach. Each stands in the specification of
 * the machine, under "Still open".
 */
import type { Measured } from './measure.ts'

interface Known {
  readonly name: RegExp
  readonly kind?: RegExp
  /** Times that a unit takes longer than it should. */
  readonly under?: number
  /** Times that it takes less. */
  readonly over?: number
}

const known: readonly Known[] = [
  // Operators and accesses that nothing looks at.
  { name: /^x === b|^x == b|^-x|^x << 3/, kind: /^BigInt$/, under: 400 },
  { name: /pop/, kind: /in a table/, under: 400_000 },
  { name: /^push and shift/, kind: /in a table/, under: 400_000 },
  { name: /^x\[text\]/, under: 300 },
  { name: /^x \* x/, kind: /^BigInt$/, under: 60 },
  { name: /^for of/, kind: /^Map of texts$/, under: 30 },
  // Items that the engine keeps in a table, and steps of proxies.
  { name: /./, kind: /in a table|proxy/, under: 60 },
  { name: /^new (?:Big)?(?:Int|Uint|Float)\w+Array.*throws$/, over: 1e10 },
  // It pays for the pairs before it looks at its arguments.
  { name: /^URLSearchParams\.prototype\.append/, over: 10_000 },
  { name: /^x\[1\]|^x\.k1|^optional|^delete/, under: 60 },
  // The price covers a whole chain of prototypes; compiled code looks at one.
  { name: /^x instanceof|^'k1' in x/, over: 300 },
  // The built-in converts its argument by itself, and no wrapper sees it.
  {
    name: /^BigInt\.as|^String\.prototype\.(?:at|char|codePoint|slice|substr)|^Symbol\(|^Date\.UTC/,
    under: 500,
  },
  {
    name: /prototype\.(?:at|read\w+|write\w+|set\w+|toLocale\w+|to\w+String|with|subarray)\(f\)/,
    under: 60,
  },
  { name: /^Promise\.(?:all|any|race|allSettled)/, under: 60 },
  // The price covers all items; the operation ends early: at the first item, at a text that is no number, at a frozen object.
  {
    name: /^-x|^x [=<]|^x \+|^template|^for|^Math\.|^Number|^parse|^isNaN|^isFinite|^BigInt/,
    over: 3_000,
  },
  {
    name: /^(?:Array|String|%TypedArray%|Buffer|RegExp|Number)\.prototype|^Object\.|^Reflect\.|^JSON\.parse/,
    over: 100_000,
  },
  {
    name: /^new RegExp|^RegExp|^(?:un)?escape|^(?:en|de)code|^String\(|^atob|^btoa|^structuredClone|^Symbol/,
    over: 1_000,
  },
  { name: /not handled$|in another$|^JSON\.parse of n/, over: 60 },
  // A product of BigInts could be one of two long ones.
  { name: /^x [/*]|^x \*\* 2/, kind: /BigInt/, over: 1_000 },
  { name: /spread/, kind: /in a table/, over: 100 },
]

export function allowedFactors(
  { row, throws }: Measured,
  most: number,
): { under: number; over: number } {
  const name = throws ? `${row.name}, throws` : row.name
  const found = known.filter((one) => one.name.test(name) && (one.kind?.test(row.kind) ?? true))
  return {
    under: Math.max(most, ...found.map(({ under = 0 }) => under)),
    over: Math.max(most, ...found.map(({ over = 0 }) => over)),
  }
}
