/**
 * Patterns. One with a rest element goes over what it is given to the end, inside the engine: what it is given is metered as what is
 * spread is. Where such a pattern lies within another, something stands for what the outer one is given, and meters what the inner one
 * finds there. And one of its targets could be a length, which nothing would pay for.
 */
import type { AnyNode, ArrayPattern, ObjectPattern, Pattern } from 'acorn'
import { childrenOf, ScriptProblem } from '../source/parse.ts'
import { type Pass, wrap } from '../source/pass.ts'

type Brackets = ArrayPattern | ObjectPattern

/** Whether a pattern takes all that a value has, or one within it does. */
export function takesRest(pattern: AnyNode): boolean {
  if (pattern.type === 'AssignmentPattern') return takesRest(pattern.left)
  return isBrackets(pattern) && (restOf(pattern) !== 0 || partsOf(pattern).some(takesRest))
}

/** Meters the value that a pattern takes apart. `isKept`: the value is used besides. */
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

/** As text: 1 for a list and 0 for an object, how often a rest element copies, and the shapes of what is within, in order; 0 for others. */
function shapeOf(pattern: AnyNode): string {
  if (pattern.type === 'AssignmentPattern') return shapeOf(pattern.left)
  if (!isBrackets(pattern) || !takesRest(pattern)) return '0'
  const kind = pattern.type === 'ArrayPattern' ? 1 : 0
  return `[${[kind, restOf(pattern), ...partsOf(pattern).map(shapeOf)].join()}]`
}

/** What lies within a pattern, each in its place, without the rest element. */
function partsOf(pattern: Brackets): AnyNode[] {
  const hole: AnyNode = { type: 'EmptyStatement', start: 0, end: 0 }
  return pattern.type === 'ArrayPattern'
    ? pattern.elements.filter((part) => part?.type !== 'RestElement').map((part) => part ?? hole)
    : pattern.properties.flatMap((part) => (part.type === 'Property' ? [part.value] : []))
}

/** How often the rest is copied: a rest element may be a pattern with a rest element. */
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

/** @throws ScriptProblem for a target that is the length, or the prototype, of something */
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
