/**
 * Conversions of operands. The engine reads a whole text to make a number, writes a BigInt as text digit by digit, and lets an object
 * return either. For a number, the check costs one look at its type, which compiled code mostly knows beforehand.
 */
import type { AnyNode, BinaryExpression } from 'acorn'
import { skipBlank } from '../source/blank.ts'
import { arithmetic, isFree, isNumeric, isPlain } from '../source/kinds.ts'
import { type Frame, type Pass, wrap } from '../source/pass.ts'
import { isInert } from '../source/purity.ts'

/** The type to which the engine converts an operand. */
export type Become = 'number' | 'text'

/** The type to which an operator converts its operands; null if the conversion takes no time. */
export function becomes(operator: string): Become | null {
  return operator === '+' ? 'text' : arithmetic.has(operator) ? 'number' : null
}

/** The operands of an operator, after they were visited. */
export function payForOperands(pass: Pass, node: BinaryExpression, frame: Frame): void {
  const { left, operator, right } = node
  if (operator === 'in' && left.type !== 'PrivateIdentifier') payForKey(pass, left, frame)
  const become = becomes(operator)
  if (become === null || left.type === 'PrivateIdentifier') return
  // With a number, `+` does not convert a BigInt to text.
  if (become === 'text' && (isNumeric(left) || isNumeric(right))) return
  payForOperand(pass, left, frame, become)
  payForOperand(pass, right, frame, become)
}

/** One operand, after it was visited. */
export function payForOperand(pass: Pass, node: AnyNode, frame: Frame, become: Become): void {
  if (become === 'text' ? isFree(node) : isPlain(node)) return
  if (become === 'text' && node.type === 'BinaryExpression' && node.operator === '+') return
  guard(pass, node, frame, become)
}

/** A computed key, after it was visited. */
export function payForKey(pass: Pass, node: AnyNode, frame: Frame): void {
  if (!isFree(node)) guard(pass, node, frame, 'text')
}

/** Text of an expression that pays for a value, unless the value is known to cost nothing. */
export function guarded({ names }: Pick<Pass, 'names'>, value: string, become: Become): string {
  const test = become === 'text' ? `||typeof ${names.value}==='string'` : ''
  const pay = become === 'text' ? names.textual : names.numeric
  return `(typeof(${names.value}=${value})==='number'${test}?${names.value}:${pay}(${names.value}))`
}

function guard(pass: Pass, node: AnyNode, frame: Frame, become: Become): void {
  const pay = become === 'text' ? pass.names.textual : pass.names.numeric
  pass.brackets.add(node.start)
  if (node.type === 'Identifier') {
    const { name } = node
    const test = become === 'text' ? `||typeof ${name}==='string'` : ''
    wrap(pass, node, `(typeof ${name}==='number'${test}?`, `:${pay}(${name}))`)
    return
  }
  // The value may stand in a default, which has no place for a temporary.
  if (isInert(node)) {
    wrap(pass, node, `${pay}((`, '))')
    return
  }
  frame.usesValue = true
  const [before, after] = guarded(pass, '\0', become).split('\0') as [string, string]
  wrap(pass, node, `${before}(`, `)${after}`)
}

/** Offset of the operator after its left side. Closing parentheses may stand between. */
export function skipClosing(source: string, end: number): number {
  let offset = skipBlank(source, end)
  while (source[offset] === ')') offset = skipBlank(source, offset + 1)
  return offset
}
