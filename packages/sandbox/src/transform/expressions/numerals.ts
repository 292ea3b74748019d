/**
 * Variables that hold only numbers, as the syntax shows: `let` or `const` declares them with a number, and the script assigns nothing else.
 * Operations on them need no type check.
 *
 * The analysis follows a name only where nothing between its block and the use declares it again. Then all uses of that name in the block
 * are one variable. The rest is a greatest fixed point: it first takes all variables for numeric, and drops those that get another value
 * until none does.
 */
import type { AnyNode, Program } from 'acorn'
import { arithmetic, isNumeric, numerals } from '../source/kinds.ts'
import { childrenOf } from '../source/parse.ts'

/**
 * Rounds after which the analysis drops all variables. Each round drops variables that depend on those of the round before, and a script
 * may hold a long chain of them.
 */
const maxRounds = 12

/** A use of a name. `value`: the expression that is assigned there; null if unknown or none. */
interface Place {
  readonly node: AnyNode
  readonly at: number
  readonly kind: 'read' | 'written' | 'declared'
  readonly value: AnyNode | null
}

interface Variable {
  readonly places: readonly Place[]
  isNumber: boolean
}

/** Finds all numeric variables and records their uses. */
export function noteNumerals(program: Program): void {
  const found = new Search()
  found.visit(program, program)
  const variables = found.variables()
  for (const { places } of variables) for (const { node } of places) numerals.add(node)
  for (let round = 0; ; round++) {
    let isStable = true
    for (const variable of variables) {
      if (!variable.isNumber || (round < maxRounds && variable.places.every(isGivenNumber)))
        continue
      variable.isNumber = false
      isStable = false
      for (const { node } of variable.places) numerals.delete(node)
    }
    if (isStable) return
  }
}

function isGivenNumber({ kind, value }: Place): boolean {
  return kind === 'read' || (value !== null && isNumeric(value))
}

class Search {
  readonly #places = new Map<string, Place[]>()
  /** Declarations that may be of a number, each with its block. */
  readonly #candidates: { name: string; block: AnyNode }[] = []

  /** `block`: the innermost block around the node. */
  visit(node: AnyNode, block: AnyNode): void {
    switch (node.type) {
      case 'Identifier':
        this.#note(node, 'read', null)
        return
      case 'VariableDeclaration':
        for (const { id, init } of node.declarations) {
          // The expression in the parentheses of a `switch` is outside of its block.
          const isHoisted = node.kind === 'var' || block.type === 'SwitchStatement'
          if (id.type !== 'Identifier' || isHoisted) this.#declare(id)
          else {
            this.#note(id, 'declared', init ?? null)
            if (init) this.#candidates.push({ name: id.name, block })
          }
          if (init) this.visit(init, block)
        }
        return
      case 'AssignmentExpression':
        if (node.left.type === 'Identifier') this.#note(node.left, 'written', given(node))
        else this.#target(node.left, block)
        this.visit(node.right, block)
        return
      case 'ForInStatement':
      case 'ForOfStatement':
        // The value of each turn is unknown.
        if (node.left.type === 'VariableDeclaration')
          for (const { id } of node.left.declarations) this.#declare(id)
        else this.#target(node.left, node)
        this.visit(node.right, node)
        this.visit(node.body, node)
        return
      case 'MemberExpression':
        this.visit(node.object, block)
        if (node.computed) this.visit(node.property, block)
        return
      case 'Property':
      case 'MethodDefinition':
      case 'PropertyDefinition':
        if (node.computed) this.visit(node.key, block)
        if (node.value) this.visit(node.value, block)
        return
      case 'LabeledStatement':
        this.visit(node.body, block)
        return
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'MetaProperty':
        return
      case 'CatchClause':
        if (node.param) this.#declare(node.param)
        this.visit(node.body, node)
        return
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        if (node.type !== 'ArrowFunctionExpression' && node.id) this.#declare(node.id)
        for (const parameter of node.params) this.#declare(parameter)
        this.visit(node.body, node)
        return
      case 'ClassDeclaration':
      case 'ClassExpression':
        if (node.id) this.#declare(node.id)
        if (node.superClass) this.visit(node.superClass, block)
        this.visit(node.body, block)
        return
      case 'BlockStatement':
      case 'StaticBlock':
      case 'ForStatement':
      case 'SwitchStatement':
        for (const child of childrenOf(node)) this.visit(child, node)
        return
      default:
        for (const child of childrenOf(node)) this.visit(child, block)
    }
  }

  /** The variables whose names nothing within their blocks declares again. */
  variables(): Variable[] {
    for (const places of this.#places.values()) places.sort((a, b) => a.at - b.at)
    const variables: Variable[] = []
    for (const { name, block } of this.#candidates) {
      const places = within(this.#places.get(name) as Place[], block)
      if (places !== null) variables.push({ places, isNumber: true })
    }
    return variables
  }

  /** The values that a pattern assigns are unknown. Each name in it, and in its defaults too, counts as declared with an unknown value. */
  #declare(pattern: AnyNode): void {
    if (pattern.type === 'Identifier') this.#note(pattern, 'declared', null)
    else if (pattern.type === 'MemberExpression') this.visit(pattern, pattern)
    else for (const child of childrenOf(pattern)) this.#declare(child)
  }

  #target(node: AnyNode, block: AnyNode): void {
    if (node.type === 'MemberExpression') this.visit(node, block)
    else this.#declare(node)
  }

  #note(node: AnyNode, kind: Place['kind'], value: AnyNode | null): void {
    if (node.type !== 'Identifier') return
    const places = this.#places.get(node.name)
    const place = { node, at: node.start, kind, value }
    if (places) places.push(place)
    else this.#places.set(node.name, [place])
  }
}

/** The uses of a name in a block; null if more than one of them declares it. */
function within(places: readonly Place[], block: AnyNode): Place[] | null {
  const found: Place[] = []
  let declared = 0
  for (let i = firstAt(places, block.start); i < places.length; i++) {
    const place = places[i] as Place
    if (place.at >= block.end) break
    if (place.kind === 'declared') declared += 1
    if (declared > 1) return null
    found.push(place)
  }
  return found
}

function firstAt(places: readonly Place[], start: number): number {
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((places[middle] as Place).at < start) low = middle + 1
    else high = middle
  }
  return low
}

/** The value that an assignment gives to a variable that held a number. With a number on one side, arithmetic gives a number or throws. */
function given(node: Extract<AnyNode, { type: 'AssignmentExpression' }>): AnyNode | null {
  const operator = node.operator.slice(0, -1)
  return arithmetic.has(operator) || operator === '**' ? node.left : node.right
}
