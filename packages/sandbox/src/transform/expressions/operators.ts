/**
 * Operators whose work or memory grows with their operands: concatenation, BigInts, powers. The instrumented code checks the result. Where
 * a check afterwards is too late, a function replaces the operator. For a number, which is the usual result, the check costs one look at
 * its type, and compiled code knows the type beforehand.
 */
import type {
  AnyNode,
  AssignmentExpression,
  BinaryExpression,
  Expression,
  MemberExpression,
  TemplateLiteral,
} from 'acorn'
import { isFree, isNumeric, isText, keepsOwner, looked, makesOther } from '../source/kinds.ts'
import { lookerFor } from '../source/names.ts'
import { childrenOf, ScriptProblem } from '../source/parse.ts'
import { addPlace, type Frame, type Pass, wrap } from '../source/pass.ts'
import { visitChange } from './changes.ts'
import { payForComparison } from './comparisons.ts'
import { payForKey, payForOperands } from './conversions.ts'
import { cleanAssigned, guardTarget } from './floats.ts'
import { meterSource, refuseLengths, takesRest } from './patterns.ts'

/** Lengths up to this are not checked. Only literals show that they are small. */
const smallLength = 32

/** Words whose price equals a search through a chain of prototypes. */
const wordsOfLookups: Readonly<Record<string, number>> = { in: 16, instanceof: 16 }
/** The same for a newly made text that is used as a property name. */
const wordsOfName = 12

/** A function makes its prototype object at the first access. */
const wordsOfPrototype = 24

export function visitBinary(pass: Pass, node: BinaryExpression, frame: Frame): void {
  const { left, operator, right } = node
  // One check covers a sum of sums, because its parts are smaller.
  if (operator === '+' && left.type === 'BinaryExpression' && left.operator === '+') {
    visitSum(pass, left, frame)
  } else if (left.type !== 'PrivateIdentifier') pass.visit(left, frame)
  pass.visit(right, frame)
  const { names } = pass
  frame.words += wordsOfLookups[operator] ?? 0
  if (isTracked(node)) {
    sum(pass, node, frame)
    return
  }
  payForOperands(pass, node, frame)
  if (operator === '**') call(pass, node, left as Expression, right, names.power)
  else if (operator === '<<') {
    if (!isNumeric(left as Expression) && !isNumeric(right))
      call(pass, node, left as Expression, right, names.shift)
  } else if (looked.has(operator)) look(pass, node, frame)
  else payForComparison(pass, node, frame)
}

function visitSum(pass: Pass, node: BinaryExpression, frame: Frame): void {
  const { left, right } = node
  if (left.type === 'BinaryExpression' && left.operator === '+') visitSum(pass, left, frame)
  else if (left.type !== 'PrivateIdentifier') pass.visit(left, frame)
  pass.visit(right, frame)
  payForOperands(pass, node, frame)
}

/** Replaces `left operator right` by a call. */
function call(
  { text }: Pass,
  node: AnyNode,
  left: Expression,
  right: Expression,
  name: string,
): void {
  text.prependRight(node.start, `${name}(`)
  // Parentheses between them may belong to either.
  const operator = operatorBetween(text.original, left, right)
  text.overwrite(operator, operator + 2, ',')
  text.appendLeft(node.end, ')')
}

/** Offset of a two-character operator between its operands. Comments and parentheses may stand there too. */
function operatorBetween(source: string, left: AnyNode, right: AnyNode): number {
  const skipped = /(?:\s+|\)|\/\/.*|\/\*[\s\S]*?\*\/)/y
  let offset = left.end
  for (;;) {
    skipped.lastIndex = offset
    if (!skipped.test(source)) break
    offset = skipped.lastIndex
  }
  if (offset + 2 > right.start) throw new Error('an operator that is not where it should be')
  return offset
}

/** Whether the operands of a sum suffice to price it afterwards, so that no check is needed before. */
function isTracked({ left, operator, right }: BinaryExpression): boolean {
  if (operator !== '+' || isFree(left) || isFree(right) || isText(left) || isText(right))
    return false
  return left.type !== 'BinaryExpression' && !keepsOwner(right)
}

function sum(pass: Pass, node: BinaryExpression, frame: Frame): void {
  const { value, old, other, sum: pay } = pass.names
  frame.usesValue = true
  addPlace(frame, old)
  addPlace(frame, other)
  wrap(pass, node.left as Expression, `(${old}=(`, '))')
  wrap(pass, node.right, `(${other}=(`, '))')
  const after = `)==='number'?${value}:${pay}(${value},${old},${other}))`
  bracket(pass, node, `(typeof(${value}=`, after)
}

/** Adds a check of a node's result. */
function look(pass: Pass, node: BinaryExpression | AssignmentExpression, frame: Frame): void {
  if (node.type === 'BinaryExpression' && isNumeric(node)) return
  const { names } = pass
  if (isText(node)) {
    frame.words += 2
    wrap(pass, node, `${names.joined}(`, ')')
    return
  }
  frame.usesValue = true
  bracket(
    pass,
    node,
    `(typeof(${names.value}=`,
    `)==='number'?${names.value}:${lookerFor(names, node.operator)}(${names.value}))`,
  )
}

/** Works like `wrap`, with text that begins with a parenthesis. A statement must not begin so, or it could continue the line before. */
export function bracket(pass: Pass, node: AnyNode, before: string, after: string): void {
  pass.brackets.add(node.start)
  wrap(pass, node, before, after)
}

export function visitAssignment(pass: Pass, node: AssignmentExpression, frame: Frame): void {
  const { left, operator, right } = node
  const { names, text, source } = pass
  pass.visit(left, frame)
  pass.visit(right, frame)
  if (operator === '=') guardTarget(pass, node, frame)
  if (operator === '=') {
    if (left.type !== 'MemberExpression' && left.type !== 'Identifier') {
      refuseLengths(left)
      meterSource(pass, left, right, true)
    }
    if (isLength(left) && !isSmall(right) && left.object.type !== 'Super') setLength(pass, node)
    else if (isNamed(left, 'prototype')) wrap(pass, right, `${names.linked}((`, '))')
    // An array, a dictionary or an object's property storage may have to grow.
    else if (left.type === 'MemberExpression') frame.words += 2
    cleanAssigned(pass, node, frame)
    if (left.type !== 'MemberExpression' && takesRest(left)) {
      wrap(pass, node, `${names.taken}(`, ')')
    }
    return
  }
  if (isNamed(left, 'prototype')) wrap(pass, right, `${names.linked}((`, '))')
  const plain = operator.slice(0, -1)
  if (
    isLength(left) &&
    growing.has(operator) &&
    !(isSmall(right) && operator !== '*=' && operator !== '<<=')
  ) {
    payForGrowth(pass, node, left)
    visitChange(pass, node, frame)
    return
  }
  const change = visitChange(pass, node, frame)
  if (change === 'done') return
  if (change === 'none') guardTarget(pass, node, frame)
  if (plain === '**') {
    if (!isRepeatable(left)) {
      throw new ScriptProblem(
        'refused',
        '**= here would have to name its left side twice: write a = a ** b',
        node.start,
      )
    }
    const target = source.slice(left.start, left.end)
    const sign = source.indexOf(operator, left.end)
    text.overwrite(sign, sign + operator.length, `=${names.power}(${target},(`)
    text.appendLeft(node.end, '))')
  } else if (makesOther(node)) look(pass, node, frame)
  cleanAssigned(pass, node, frame)
}

/** Operators that may increase a length. */
const growing: ReadonlySet<string> = new Set(['+=', '*=', '<<=', '|=', '^=', '||=', '&&=', '??='])

function payForGrowth(
  pass: Pass,
  { right, operator }: AssignmentExpression,
  left: LengthMember,
): void {
  if (!isRepeatable(left)) {
    throw new ScriptProblem(
      'refused',
      `${operator} here would have to name the owner of the length twice: put it into a variable first`,
      left.start,
    )
  }
  const owner = pass.source.slice(left.object.start, left.object.end)
  wrap(pass, right, `${pass.names.grown}(${owner},'${operator}',(`, '))')
}

/** Whether the text of an expression may be written twice, because reading it again gives the same value. */
function isRepeatable(node: AnyNode): boolean {
  if (node.type === 'Identifier') return true
  if (node.type !== 'MemberExpression') return false
  const { object, property, computed } = node
  const isPlain = (part: AnyNode) => part.type === 'Identifier' || part.type === 'ThisExpression'
  return isPlain(object) && (!computed || property.type === 'Literal')
}

function setLength({ text, names }: Pass, { left, right, ...node }: AssignmentExpression): void {
  if (left.type !== 'MemberExpression') return
  const { object } = left
  text.prependRight(node.start, `${names.setLength}(`)
  text.overwrite(object.end, right.start, between(text.original.slice(object.end, right.start)))
  text.appendLeft(node.end, ')')
}

/** Replaces `.length =`, with the parentheses around it, by a comma. */
function between(source: string): string {
  const plain = source.replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '')
  return plain.replace(/\.\s*length\s*(\)*)\s*=/, '$1,')
}

type LengthMember = Extract<AnyNode, { type: 'MemberExpression' }>

function isLength(node: AnyNode): node is LengthMember {
  return isNamed(node, 'length')
}

function isNamed(node: AnyNode, name: string): boolean {
  return (
    node.type === 'MemberExpression' &&
    !node.computed &&
    node.property.type === 'Identifier' &&
    node.property.name === name
  )
}

export function visitTemplate(pass: Pass, node: TemplateLiteral, frame: Frame): void {
  for (const expression of node.expressions) {
    pass.visit(expression, frame)
    payForConversion(pass, expression, frame)
  }
  frame.words += 4 * node.expressions.length
  if (node.expressions.length !== 0) wrap(pass, node, `${pass.names.joined}(`, ')')
}

/** `a['b' + c]`: the engine looks the text up in its table of all names. */
export function visitMember(pass: Pass, node: MemberExpression, frame: Frame): void {
  for (const child of childrenOf(node)) pass.visit(child, frame)
  if (node.computed) payForKey(pass, node.property, frame)
  if (node.property.type === 'Identifier' && !node.computed) {
    if (node.property.name === 'prototype') frame.words += wordsOfPrototype
  } else if (isText(node.property) && node.property.type !== 'Literal') frame.words += wordsOfName
}

/** A BigInt pays before the engine converts it to text. */
function payForConversion(pass: Pass, node: Expression, frame: Frame): void {
  if (node.type === 'Literal' || isNumeric(node) || isText(node)) return
  const { value, converted } = pass.names
  frame.usesValue = true
  const after = `))==='string'||typeof ${value}==='number'?${value}:${converted}(${value}))`
  wrap(pass, node, `(typeof(${value}=(`, after)
}

/** Whether a value is no length of an array, or a small one. */
export function isSmall(node: AnyNode): boolean {
  switch (node.type) {
    case 'Literal':
      return typeof node.value !== 'number' || node.value <= smallLength
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'ObjectExpression':
    case 'ArrayExpression':
    case 'TemplateLiteral':
    case 'NewExpression':
    case 'ClassExpression':
    case 'ThisExpression':
      return true
    case 'BinaryExpression':
      return isText(node)
    default:
      return false
  }
}
