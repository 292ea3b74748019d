/**
 * Patterns. A pattern with a rest element iterates over its whole source inside the engine. So the source is metered as a spread is. If
 * such a pattern lies within another one, a stand-in replaces the outer source, and meters what the inner pattern reads. A pattern may not
 * assign to a length, because no code would pay for that.
 */
import type { AnyNode, ArrayPattern, ObjectPattern, Pattern } from 'acorn'
import { childrenOf, ScriptProblem } from '../source/parse.ts'
import { type Pass, wrap } from '../source/pass.ts'

type Brackets = ArrayPattern | ObjectPattern

/** Whether a pattern, or a pattern within it, has a rest element. */
export function takesRest(pattern: AnyNode): boolean {
  if (pattern.type === 'AssignmentPattern') return takesRest(pattern.left)
  return isBrackets(pattern) && (restOf(pattern) !== 0 || partsOf(pattern).some(takesRest))
}

/** Meters the source of a pattern. `isKept`: other code uses the source too. */
export function meterSource(pass: Pass, pattern: Pattern, value: AnyNode, isKept = false): void {
  if (!takesRest(pattern)) return
  const [before, after] = around(pass, pattern, isKept)
  wrap(pass, value, `${before}(`, `)${after}`)
}

/** The same for a value that has a name. */
export function meteredName(pass: Pass, pattern: Pattern, name: string): string {
  if (!takesRest(pattern)) return name
  const [before, after] = around(pass, pattern, false)
  return before + name + after
}

function around(
  { names }: Pass,
  pattern: Pattern,
  isKept: boolean,
): [before: string, after: string] {
  const target = pattern.type === 'AssignmentPattern' ? pattern.left : pattern
  if (!isBrackets(target)) throw new Error('a pattern without brackets')
  const isList = target.type === 'ArrayPattern'
  if (isKept || isList || restOf(target) > 1 || partsOf(target).some(takesRest))
    return [`${names.nested}(`, `,${shapeOf(target)})`]
  return [`${names.entries}(`, ')']
}

/**
 * The pattern's shape as text: 1 for a list and 0 for an object, how often a rest element copies, and the shapes of the inner patterns in
 * order; 0 for anything else.
 */
function shapeOf(pattern: AnyNode): string {
  if (pattern.type === 'AssignmentPattern') return shapeOf(pattern.left)
  if (!isBrackets(pattern) || !takesRest(pattern)) return '0'
  const kind = pattern.type === 'ArrayPattern' ? 1 : 0
  return `[${[kind, restOf(pattern), ...partsOf(pattern).map(shapeOf)].join()}]`
}

/** The parts of a pattern in order, without the rest element. */
function partsOf(pattern: Brackets): AnyNode[] {
  const hole: AnyNode = { type: 'EmptyStatement', start: 0, end: 0 }
  return pattern.type === 'ArrayPattern'
    ? pattern.elements.filter((part) => part?.type !== 'RestElement').map((part) => part ?? hole)
    : pattern.properties.flatMap((part) => (part.type === 'Property' ? [part.value] : []))
}

/** How often the rest is copied. A rest element may itself be a pattern with a rest element. */
function restOf(pattern: Brackets): number {
  const parts: readonly (AnyNode | null)[] =
    pattern.type === 'ArrayPattern' ? pattern.elements : pattern.properties
  const last = parts.at(-1)
  if (last?.type !== 'RestElement') return 0
  return 1 + (isBrackets(last.argument) ? restOf(last.argument) : 0)
}

function isBrackets(node: AnyNode): node is Brackets {
  return node.type === 'ArrayPattern' || node.type === 'ObjectPattern'
}

/** @throws ScriptProblem if a target is a property `length` or `__proto__` */
export function refuseLengths(pattern: AnyNode): void {
  if (pattern.type === 'MemberExpression') {
    const { property, computed } = pattern
    const name = property.type === 'Identifier' && !computed ? property.name : null
    const literal = property.type === 'Literal' ? property.value : null
    for (const refused of ['length', 'prototype']) {
      if (name !== refused && literal !== refused) continue
      throw new ScriptProblem(
        'refused',
        `a ${refused} is not set by a pattern or by a loop: write a.${refused} = b`,
        pattern.start,
      )
    }
    return
  }
  if (pattern.type === 'AssignmentPattern') refuseLengths(pattern.left)
  else if (pattern.type === 'Property') refuseLengths(pattern.value)
  else if (/Pattern$|^RestElement$/.test(pattern.type)) childrenOf(pattern).forEach(refuseLengths)
}
