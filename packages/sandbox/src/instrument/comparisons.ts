/** Comparisons: two texts are compared unit by unit, and a text that meets a number or a BigInt is read to its end. */
import type { AnyNode, BinaryExpression, ForStatement, SwitchStatement } from 'acorn'
import { type Frame, type Pass, wrap } from './pass.ts'
import { isInert } from './purity.ts'

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
  if (converting.has(operator) && (isBig(left) || isBig(right))) {
    payForText(pass, isBig(left) ? right : left, frame, 0)
    return
  }
  if (isShort(left) || isShort(right)) return
  // Texts that are the same must be of the same length: one side says how long it can take.
  if (equality.has(operator)) payForText(pass, left, frame, 1)
  else if (converting.has(operator)) {
    payForText(pass, left, frame, 0)
    payForText(pass, right, frame, 0)
  }
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

/** `times` that it is compared; 0 if it may have to become a BigInt for that. */
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

/** A text that it is compared with becomes a BigInt, however long it is. */
function isBig(node: AnyNode): boolean {
  return node.type === 'Literal' && typeof node.value === 'bigint'
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
      return node.name === 'undefined'
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
