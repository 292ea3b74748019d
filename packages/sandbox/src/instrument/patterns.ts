/**
 * Patterns. One with a rest element goes over what it is given to the end, inside the engine: what it is given is metered as what is
 * spread is. And one of its targets could be a length, which nothing would pay for.
 */
import type { AnyNode, Pattern } from 'acorn'
import { childrenOf, ScriptProblem } from './parse.ts'
import { type Pass, wrap } from './pass.ts'

/** Whether a pattern takes all that an iterable has. */
export function takesRest(pattern: AnyNode): boolean {
  return (
    pattern.type === 'ArrayPattern' && pattern.elements.some((part) => part?.type === 'RestElement')
  )
}

/** Meters the value that a pattern takes apart. */
export function meterSource(pass: Pass, pattern: Pattern, value: AnyNode): void {
  if (takesRest(pattern)) wrap(pass, value, `${pass.names.items}((`, '))')
}

/** @throws ScriptProblem for a target that is the length of something */
export function refuseLengths(pattern: AnyNode): void {
  if (pattern.type === 'MemberExpression') {
    const { property, computed } = pattern
    const name = property.type === 'Identifier' && !computed ? property.name : null
    if (name === 'length' || (property.type === 'Literal' && property.value === 'length')) {
      throw new ScriptProblem(
        'refused',
        'a length is not set by a pattern or by a loop: write a.length = b',
        pattern.start,
      )
    }
    return
  }
  if (pattern.type === 'AssignmentPattern') refuseLengths(pattern.left)
  else if (pattern.type === 'Property') refuseLengths(pattern.value)
  else if (/Pattern$|^RestElement$/.test(pattern.type)) childrenOf(pattern).forEach(refuseLengths)
}
