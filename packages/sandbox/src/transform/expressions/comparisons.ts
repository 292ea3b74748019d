/** Comparisons: two texts are compared unit by unit, and a text that meets a number or a BigInt is read to its end. */
import type { AnyNode, BinaryExpression, ForStatement, SwitchStatement } from 'acorn'
import { isNumeric, isPlain } from '../source/kinds.ts'
import { type Frame, type Pass, wrap } from '../source/pass.ts'
import { isInert } from '../source/purity.ts'
import { payForOperand, skipClosing } from './conversions.ts'

const equality: ReadonlySet<string> = new Set(['===', '!=='])
const converting: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>='])

/** A loop that counts with `++` from a number compares a number at every turn but perhaps the first, whatever its body does. */
export function noteCounter(pass: Pass, { init, test, update }: ForStatement): void {
  if (init?.type !== 'VariableDeclaration' || update?.type !== 'UpdateExpression') return
  if (test?.type !== 'BinaryExpression' || test.left.type !== 'Identifier') return
  const { name } = test.left
  const counter = init.declarations.find(({ id }) => id.type === 'Identifier' && id.name === name)
  if (counter?.init?.type !== 'Literal' || typeof counter.init.value !== 'number') return
  if (update.argument.type === 'Identifier' && update.argument.name === name)
    pass.counting.add(test)
}

/** After both sides have been visited. */
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
  // Texts that are the same must be of the same length: one side says how long it can take.
  if (equality.has(operator) && !isShort(left) && !isShort(right)) payForText(pass, left, frame, 1)
}

/** A number, a BigInt or a boolean makes a number or a BigInt of the other side. */
function payForFixed(pass: Pass, { left, right }: BinaryExpression, frame: Frame): void {
  if (left.type === 'PrivateIdentifier' || (isFixed(left) && isFixed(right))) return
  const [fixed, other] = isFixed(left) ? [left, right] : [right, left]
  if (isNumeric(fixed) || (fixed.type === 'Literal' && !isBig(fixed)))
    payForOperand(pass, other, frame, 'number')
  else if (!isPlain(other)) payForOrder(pass, other, frame)
}

/** `==` of two unknown operands: which side converts depends on the other. */
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

/** A text may have to become a BigInt, and an object gives one or the other. */
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

/** `times` that it is compared. */
function payForText(pass: Pass, node: AnyNode, frame: Frame, times: number): void {
  const { value, read } = pass.names
  if (node.type === 'Identifier') {
    wrap(pass, node, `(typeof ${node.name}==='string'?${read}(${node.name},${times}):`, ')')
    pass.brackets.add(node.start)
    return
  }
  // It may stand in a default, where there is no place for a value on its way.
  if (isInert(node)) {
    wrap(pass, node, `${read}((`, `),${times})`)
    return
  }
  frame.usesValue = true
  pass.brackets.add(node.start)
  wrap(pass, node, `(typeof(${value}=(`, `))==='string'?${read}(${value},${times}):${value})`)
}

const isBig = (node: AnyNode) => node.type === 'Literal' && typeof node.value === 'bigint'

/** Whether the other side becomes what it is: a number, a BigInt or a boolean. */
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

/** Whether comparing with it takes no time that counts. */
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
