/** The type of an expression's value, as far as the syntax shows it. */
import type { AnyNode, AssignmentExpression } from 'acorn'
import { childrenOf } from './parse.ts'

/** UTF-16 units of a literal whose conversion to a number is free; runtime/metering/conversions.js has the same value. */
const shortText = 32

/** Operators that convert both sides to numbers. */
export const arithmetic: ReadonlySet<string> = new Set('- * / % & | ^ << >> >>>'.split(' '))

/** Operators whose result may be a BigInt or text. */
export const looked: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '&', '|', '^', '>>'])

/** Uses of names of variables that hold only numbers (numerals.ts). */
export const numerals = new WeakSet<AnyNode>()

/** Whether an expression gives text or throws. */
export function isText(node: AnyNode): boolean {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string'
    case 'TemplateLiteral':
      return true
    case 'BinaryExpression':
      return node.operator === '+' && (isText(node.left) || isText(node.right))
    case 'AssignmentExpression':
      return node.operator === '+=' && isText(node.right)
    default:
      return false
  }
}

/** Whether the value converts to a number in no time: a number, a BigInt, a short text … */
export function isPlain(node: AnyNode): boolean {
  switch (node.type) {
    case 'Identifier':
      return numerals.has(node)
    case 'Literal':
      return typeof node.value !== 'string' || node.value.length <= shortText
    case 'UnaryExpression':
    case 'UpdateExpression':
      return true
    case 'BinaryExpression':
      if (node.operator !== '+') return true
      return node.left.type !== 'PrivateIdentifier' && isPlain(node.left) && isPlain(node.right)
    case 'AssignmentExpression':
      if (node.operator === '=') return isPlain(node.right)
      return arithmetic.has(node.operator.slice(0, -1))
    case 'ConditionalExpression':
      return isPlain(node.consequent) && isPlain(node.alternate)
    case 'LogicalExpression':
      return isPlain(node.left) && isPlain(node.right)
    default:
      return false
  }
}

/** Whether the value converts to text in no time: a text, a number … */
export function isFree(node: AnyNode): boolean {
  switch (node.type) {
    case 'Identifier':
      return numerals.has(node)
    case 'Literal':
      return !isBig(node)
    case 'TemplateLiteral':
      return true
    case 'BinaryExpression': {
      const { left, operator, right } = node
      if (operator === '+')
        return isNumeric(left) || isNumeric(right) || isWord(left) || isWord(right)
      return isNumeric(node) || !arithmetic.has(operator)
    }
    case 'UnaryExpression':
      return isNumeric(node) || !/^[-~]$/.test(node.operator)
    default:
      return false
  }
}

const isBig = (node: AnyNode) => node.type === 'Literal' && typeof node.value === 'bigint'

const isWord = (node: AnyNode) =>
  node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node.value === 'string')

/** Whether an expression gives a number or throws. With a number on one side, an operator accepts no BigInt on the other. */
export function isNumeric(node: AnyNode): boolean {
  switch (node.type) {
    case 'Identifier':
      return numerals.has(node)
    case 'UpdateExpression':
      return numerals.has(node.argument)
    case 'Literal':
      return typeof node.value === 'number'
    case 'UnaryExpression':
      return node.operator === '+' || (/^[-~]$/.test(node.operator) && isNumeric(node.argument))
    case 'BinaryExpression': {
      const { left, operator, right } = node
      if (operator === '>>>') return true
      if (operator === '+') return isNumeric(left) && isNumeric(right)
      return arithmetic.has(operator) && (isNumeric(left) || isNumeric(right))
    }
    default:
      return false
  }
}

/** Whether an assignment with an operator may give a text or a BigInt. */
export function makesOther({ left, operator, right }: AssignmentExpression): boolean {
  const plain = operator.slice(0, -1)
  if (plain === '+') return !(isNumeric(left) && isNumeric(right))
  return (looked.has(plain) || plain === '<<') && !isNumeric(right)
}

/** Whether a node may use the frame's locals for the owner of a changed property, and for the operands of a sum. */
export function keepsOwner(node: AnyNode): boolean {
  if (node.type === 'UpdateExpression') return node.argument.type !== 'Identifier'
  if (node.type === 'AssignmentExpression') return true
  if (node.type === 'BinaryExpression' && node.operator === '+') return true
  return childrenOf(node).some(keepsOwner)
}
