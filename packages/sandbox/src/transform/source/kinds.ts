/** What the syntax tells of the value that an expression makes. */
import type { AnyNode, AssignmentExpression } from 'acorn'
import { childrenOf } from './parse.ts'

/** UTF-16 units of a literal that becomes a number for nothing, as in runtime/metering/conversions.js. */
const shortText = 32

/** Operators that make numbers of both sides. */
export const arithmetic: ReadonlySet<string> = new Set('- * / % & | ^ << >> >>>'.split(' '))

/** Operators that make BigInts or text. */
export const looked: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '&', '|', '^', '>>'])

/** Names where they stand for a variable that holds nothing but numbers (numerals.ts). */
export const numerals = new WeakSet<AnyNode>()

/** Whether it makes text or nothing. */
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

/** Whether it becomes a number in no time: a number, a BigInt, a short text … */
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

/** Whether it becomes text in no time: a text, a number … */
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

/** Whether it makes a number or nothing: with a number on one side, an operator takes no BigInt on the other. */
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

/** Whether an assignment with an operator may make a text or a BigInt. */
export function makesOther({ left, operator, right }: AssignmentExpression): boolean {
  const plain = operator.slice(0, -1)
  if (plain === '+') return !(isNumeric(left) && isNumeric(right))
  return (looked.has(plain) || plain === '<<') && !isNumeric(right)
}

/** Whether it may use the frame's locals for the owner of a changed property, and for the operands of a sum. */
export function keepsOwner(node: AnyNode): boolean {
  if (node.type === 'UpdateExpression') return node.argument.type !== 'Identifier'
  if (node.type === 'AssignmentExpression') return true
  if (node.type === 'BinaryExpression' && node.operator === '+') return true
  return childrenOf(node).some(keepsOwner)
}
