/**
 * Parses a script: the body of a strict function. The parser recurses with the nesting of the text. So this file counts the nesting and
 * bounds it at the same level on every machine. It then measures the depth of the tree for what the parser reads in a loop.
 */
import { type AnyNode, Parser, type Program, type Token } from 'acorn'
import { nestingLevels, treeLevels } from './limits.ts'

export interface Parsed {
  readonly program: Program
  /** Ends of all `=>`, in order. */
  readonly arrows: readonly number[]
  /** All names and words of the script, with escapes resolved. */
  readonly words: ReadonlySet<string>
}

/** A syntax error or a refused construct. `position`: an offset in UTF-16 units. */
export class ScriptProblem extends Error {
  readonly kind: 'syntax' | 'nesting' | 'refused'
  readonly position: number

  constructor(kind: ScriptProblem['kind'], message: string, position: number) {
    super(message)
    this.name = 'ScriptProblem'
    this.kind = kind
    this.position = position
  }
}

/** @throws ScriptProblem of the kinds 'syntax' and 'nesting' */
export function parse(source: string): Parsed {
  const arrows: number[] = []
  const words = new Set<string>()
  let program: Program
  try {
    program = BoundedParser.parse(source, {
      ecmaVersion: 'latest',
      sourceType: 'commonjs',
      strict: true,
      onToken: (token: Token) => {
        const { type, value, end } = token as Token & { value: unknown }
        if (type.label === '=>') arrows.push(end)
        else if (type.label === 'name' || type.label === 'privateId') words.add(String(value))
      },
    }) as Program
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    // The parser's own stack check depends on the computer, so it must never be reached.
    if (error.message.startsWith('Not enough stack')) throw new RangeError(error.message)
    const position = (error as SyntaxError & { pos?: number }).pos ?? 0
    throw new ScriptProblem('syntax', error.message, position)
  }
  boundTree(program)
  return { program, arrows, words }
}

const tooDeep = (position: number) =>
  new ScriptProblem(
    'nesting',
    'nested too deeply, or a chain of too many parts: give a name to a part of it',
    position,
  )

/** The methods through which the parser calls itself. Its types do not declare them; its documentation names them. */
const recursive = [
  'parseStatement',
  'parseMaybeAssign',
  'parseMaybeUnary',
  'parseNew',
  'parseAwait',
  'parseYield',
  'parseBindingAtom',
  'regexp_disjunction',
  'regexp_eatClassSetOperand',
] as const

/** One pair of brackets takes two of these calls: an assignment and a unary expression. */
const levelsPerNesting = 2

/** The parser's method for sums. It recurses once for each term. */
const along = 'parseExprOp'

type Method = (this: { start: number }, ...args: unknown[]) => unknown

const BoundedParser = Parser.extend((Base) => {
  const Bounded = class extends (Base as unknown as new (...args: unknown[]) => object) {
    nesting = 0
    terms = 0
  }
  const bound = (name: string, counter: 'nesting' | 'terms', limit: number) => {
    const inherited = (Base.prototype as unknown as Record<string, Method>)[name]
    if (inherited === undefined) throw new Error(`this parser has no ${name}`)
    Object.defineProperty(Bounded.prototype, name, {
      value(this: { nesting: number; terms: number; start: number }, ...args: unknown[]) {
        this[counter] += 1
        if (this[counter] > limit) throw tooDeep(this.start)
        const result = inherited.apply(this, args)
        this[counter] -= 1
        return result
      },
    })
  }
  for (const name of recursive) bound(name, 'nesting', nestingLevels * levelsPerNesting)
  bound(along, 'terms', treeLevels)
  return Bounded as unknown as typeof Parser
})

/** Measures the tree without recursion, because the tree of `a.b.c…` is as deep as the text is long. */
function boundTree(program: Program): void {
  const nodes: AnyNode[] = [program]
  const levels = [0]
  for (;;) {
    const node = nodes.pop()
    const level = levels.pop() as number
    if (node === undefined) return
    if (level > treeLevels) throw tooDeep(node.start)
    for (const child of childrenOf(node)) {
      nodes.push(child)
      levels.push(level + 1)
    }
  }
}

/** The children of a node, in the order of the text. */
export function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = []
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) children.push(item)
    } else if (isNode(value)) children.push(value)
  }
  return children
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}
