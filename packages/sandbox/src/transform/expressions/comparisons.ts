/** Comparisons. The engine compares two texts unit by unit. It reads a whole text to compare it with a number or a BigInt. */
import type { AnyNode, BinaryExpression, ForStatement, SwitchStatement } from 'acorn'
import { isNumeric, isPlain } from '../source/kinds.ts'
import { type Frame, type Pass, wrap } from '../source/pass.ts'
import { isInert } from '../source/purity.ts'
import { payForOperand, skipClosing } from './conversions.ts'

const equality: ReadonlySet<string> = new Set(['===', '!=='])
const converting: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>='])

/** In a loop that counts with `++` from a number, each turn but perhaps the first compares a number, whatever the body does. */
export function noteCounter(pass: Pass, { init, test, update }: ForStatement): void {
  if (init?.type !== 'VariableDeclaration' || update?.type !== 'UpdateExpression') return
  if (test?.type !== 'BinaryExpression' || test.left.type !== 'Identifier') return
  const { name } = test.left
  const counter = init.declarations.find(({ id }) => id.type === 'Identifier' && id.name === name)
  if (counter?.init?.type !== 'Literal' || typeof counter.init.value !== 'number') return
  if (update.argument.type === 'Identifier' && update.argument.name === name)
    pass.counting.add(test)
}

/** Adds the payment after both sides have been visited. */
export function payForComparison(pass: Pass, node: BinaryExpression, frame: Frame): void {
  const { left, operator, right } = node
  if (pass.counting.has(node)) return
  if (left.type === 'PrivateIdentifier') return
  if (converting.has(operator)) {
    if (isFixed(left) || isFixed(right)) payForFixed(pass, node, frame)
    else if (isShort(left) || isShort(right)) return
    else if (operator.length === 2 && operator !== '<=' && operator !== '>=')
      payForEquality(pass, node)
    else {
      payForOrder(pass, left, frame)
      payForOrder(pass, right, frame)
    }
    return
  }
  // Equal texts have equal lengths, so the length of one side bounds the work.
  if (equality.has(operator) && !isShort(left) && !isShort(right)) payForText(pass, left, frame, 1)
}

/** With a number, a BigInt or a boolean on one side, the engine converts the other side to a number or a BigInt. */
function payForFixed(pass: Pass, { left, right }: BinaryExpression, frame: Frame): void {
  if (left.type === 'PrivateIdentifier' || (isFixed(left) && isFixed(right))) return
  const [fixed, other] = isFixed(left) ? [left, right] : [right, left]
  if (isNumeric(fixed) || (fixed.type === 'Literal' && !isBig(fixed)))
    payForOperand(pass, other, frame, 'number')
  else if (!isPlain(other)) payForOrder(pass, other, frame)
}

/** `==` of two unknown operands: each operand's conversion depends on the other one's type. */
function payForEquality(pass: Pass, { left, operator, start, end }: BinaryExpression): void {
  const { text, names } = pass
  const sign = skipClosing(pass.source, left.end)
  pass.brackets.add(start)
  text.prependRight(start, `${operator === '!=' ? '!' : ''}${names.equal}(`)
  text.overwrite(sign, sign + operator.length, ',')
  text.appendLeft(end, ')')
}

export function visitSwitch(
  pass: Pass,
  { discriminant, cases }: SwitchStatement,
  frame: Frame,
): void {
  pass.visit(discriminant, frame)
  for (const { test, consequent } of cases) {
    if (test) pass.visit(test, frame)
    for (const statement of consequent) pass.visit(statement, frame)
  }
  const compared = cases.filter(({ test }) => test && !isShort(test)).length
  if (compared !== 0 && !isShort(discriminant))
    wrap(pass, discriminant, `${pass.names.read}((`, `),${compared})`)
}

/** The engine may convert a text to a BigInt, and an object may convert to either. */
function payForOrder(pass: Pass, node: AnyNode, frame: Frame): void {
  const { value, ordered } = pass.names
  pass.brackets.add(node.start)
  if (node.type === 'Identifier') {
    wrap(pass, node, `(typeof ${node.name}==='number'?${node.name}:${ordered}(`, '))')
  } else if (isInert(node)) wrap(pass, node, `${ordered}((`, '))')
  else {
    frame.usesValue = true
    wrap(pass, node, `(typeof(${value}=(`, `))==='number'?${value}:${ordered}(${value}))`)
  }
}

/** `times`: number of comparisons. */
function payForText(pass: Pass, node: AnyNode, frame: Frame, times: number): void {
  const { value, read } = pass.names
  if (node.type === 'Identifier') {
    wrap(pass, node, `(typeof ${node.name}==='string'?${read}(${node.name},${times}):`, ')')
    pass.brackets.add(node.start)
    return
  }
  // The value may stand in a default, which has no place for a temporary.
  if (isInert(node)) {
    wrap(pass, node, `${read}((`, `),${times})`)
    return
  }
  frame.usesValue = true
  pass.brackets.add(node.start)
  wrap(pass, node, `(typeof(${value}=(`, `))==='string'?${read}(${value},${times}):${value})`)
}

const isBig = (node: AnyNode) => node.type === 'Literal' && typeof node.value === 'bigint'

/** Whether the engine converts the other side to a number, a BigInt or a boolean because of this one. */
function isFixed(node: AnyNode): boolean {
  switch (node.type) {
    case 'Literal':
      return /^(?:number|boolean|bigint)$/.test(typeof node.value)
    case 'UnaryExpression':
      return node.operator !== 'typeof' && node.operator !== 'void'
    case 'BinaryExpression':
      return node.operator !== '+' || isNumeric(node)
    default:
      return node.type === 'UpdateExpression' || isNumeric(node)
  }
}

/** Whether a comparison with this value takes negligible time. */
function isShort(node: AnyNode): boolean {
  switch (node.type) {
    case 'Literal':
    case 'ThisExpression':
    case 'ObjectExpression':
    case 'ArrayExpression':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'ClassExpression':
      return true
    case 'Identifier':
      return node.name === 'undefined' || isNumeric(node)
    case 'UnaryExpression':
      return true
    case 'TemplateLiteral':
      return node.expressions.length === 0
    case 'BinaryExpression':
      return node.operator !== '+'
    default:
      return false
  }
}
