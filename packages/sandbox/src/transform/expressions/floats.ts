/**
 * Cleans NaN in arrays of floats. A write to a computed property may go into such an array, and other views of its memory show the bits of
 * NaN. The compiler chooses which bits an operation leaves. So the instrumented script writes every NaN as the constant, whose bits all
 * compilers share.
 */
import type { AnyNode, AssignmentExpression, MemberExpression } from 'acorn'
import { childrenOf, ScriptProblem } from '../source/parse.ts'
import { type Frame, type Pass, wrap } from '../source/pass.ts'
import { guardPlace, isPlainName, openingBracket } from './computed-keys.ts'

/** Cleans an assignment after both sides have been visited. */
export function cleanAssigned(pass: Pass, node: AssignmentExpression, frame: Frame): void {
  const { left, operator, right } = node
  if (left.type === 'ArrayPattern' && right.type === 'ArrayExpression') {
    if (cleanPairs(pass, left.elements, right.elements, frame)) return
  }
  if (left.type !== 'MemberExpression' || !left.computed) {
    if (operator === '=') cleanTargets(pass, left, frame)
    return
  }
  const { value } = pass.names
  if (operator === '=' || choosing.has(operator)) {
    const target = left.object.type === 'Super' ? 'this' : pass.targets.get(node)
    if (target === undefined || !canBeObject(right)) cleanValue(pass, right, frame)
    else {
      receiveValue(pass, right, frame, target)
      if (operator !== '=' || pass.unused.has(node)) return
      // The value of the assignment is its right side.
      pass.brackets.add(node.start)
      wrap(pass, node, '(', `,${value})`)
    }
  } else if (making.has(operator) && isReadable(left)) {
    const target = pass.source.slice(left.start, left.end)
    frame.usesValue = true
    pass.brackets.add(node.start)
    wrap(pass, node, `((${value}=(`, `))===${value}?${value}:(${target}=0/0))`)
  }
}

/** Guards a target. If the operator reads the target first, and the target cannot be written twice, a stand-in replaces it. */
export function guardTarget(pass: Pass, node: AssignmentExpression, frame: Frame): void {
  const { left, operator, right } = node
  if (left.type !== 'MemberExpression') return
  const isReplaced = making.has(operator) && !isReadable(left) && !keepsNaN(operator, right)
  const isWhole = operator === '=' || choosing.has(operator)
  const holds = isWhole && isNumbered(left) && canBeObject(right)
  const target = holds ? local(pass, frame, pass.names.target) : ''
  const hold = holds ? { before: `${target}=(`, after: ')' } : undefined
  if (isReplaced || !guardPlace(pass, left, frame, hold)) cleanTarget(pass, left, frame)
  else if (holds) pass.targets.set(node, target)
}

/** Guards the targets of a pattern or a loop. Their values come from within the engine, so a stand-in receives them. */
export function cleanTargets(pass: Pass, pattern: AnyNode, frame: Frame): void {
  if (pattern.type === 'MemberExpression') cleanTarget(pass, pattern, frame)
  else if (pattern.type === 'AssignmentPattern') cleanTargets(pass, pattern.left, frame)
  else if (pattern.type === 'Property') cleanTargets(pass, pattern.value, frame)
  else if (/Pattern$|^RestElement$/.test(pattern.type)) {
    for (const part of childrenOf(pattern)) cleanTargets(pass, part, frame)
  }
}

/** Whether a property's name may be a number. */
function isNumbered({ computed, object, property }: MemberExpression): boolean {
  if (!computed || object.type === 'Super') return false
  return (
    !isPlainName(property) || (property.type === 'Literal' && typeof property.value === 'number')
  )
}

/** Declares a new local variable. */
function local(pass: Pass, frame: Frame, prefix: string): string {
  pass.sites.count += 1
  const name = `${prefix}${pass.sites.count}`
  frame.places.push(name)
  return name
}

/** `a[i]` becomes a property of a stand-in. A property of `super` cannot have one. */
export function cleanTarget(pass: Pass, node: MemberExpression, frame: Frame): void {
  const { object, property, computed, start, end } = node
  if (!computed) return
  if (object.type === 'Super') {
    throw new ScriptProblem(
      'refused',
      'super[…] is no target of a pattern or of a loop: give the value to a variable first',
      start,
    )
  }
  const { text, names, source } = pass
  const bracket = openingBracket(source, { object, property })
  frame.words += wordsOfPlace
  text.prependRight(start, `${names.place}(`)
  text.overwrite(bracket, bracket + 1, ',(', { contentOnly: true })
  text.overwrite(end - 1, end, ')).at', { contentOnly: true })
}

/** Handles `[a[i], a[j]] = [a[j], a[i]]` and similar: the text shows the values. Returns false if it does not. */
function cleanPairs(
  pass: Pass,
  targets: readonly (AnyNode | null)[],
  values: readonly (AnyNode | null)[],
  frame: Frame,
): boolean {
  const { names } = pass
  const isPlain = (target: AnyNode | null) =>
    target === null ||
    target.type === 'Identifier' ||
    (target.type === 'MemberExpression' && !(target.computed && target.object.type === 'Super'))
  if (!targets.every(isPlain)) return false
  if (values.some((value) => value?.type === 'SpreadElement')) return false
  for (const [i, target] of targets.entries()) {
    if (target?.type !== 'MemberExpression') continue
    const value = values[i] ?? null
    const holds = value !== null && isNumbered(target) && canBeObject(value)
    const held = holds ? local(pass, frame, names.target) : ''
    const given = holds ? local(pass, frame, names.given) : ''
    const after = `),typeof ${given}==='number'?${held}:${names.receiver}(${held},${given})`
    const hold = holds ? { before: `${held}=(`, after } : undefined
    if (!guardPlace(pass, target, frame, hold)) cleanTarget(pass, target, frame)
    if (value === null || !target.computed) continue
    if (holds) wrap(pass, value, `((${given}=(`, `))===${given}?${given}:0/0)`)
    else cleanValue(pass, value, frame)
  }
  return true
}

function cleanValue(pass: Pass, node: AnyNode, frame: Frame): void {
  if (!canBeNaN(node)) return
  const { value } = pass.names
  frame.usesValue = true
  wrap(pass, node, `((${value}=(`, `))===${value}?${value}:0/0)`)
}

/** The same for a value that may be an object, which an array of floats would convert to a number. */
function receiveValue(pass: Pass, node: AnyNode, frame: Frame, target: string): void {
  const { value, received } = pass.names
  frame.usesValue = true
  if (canBeNaN(node)) {
    const after = `))==='number'?${value}===${value}?${value}:0/0:${received}(${value},${target}))`
    wrap(pass, node, `(typeof(${value}=(`, after)
  } else wrap(pass, node, `${received}(${value}=(`, `),${target})`)
}

/** The value of a field in a class that extends another, which may be a class of float arrays. */
export function cleanField(pass: Pass, value: AnyNode, key: AnyNode, isComputed: boolean): void {
  const isNumber =
    key.type === 'Literal' && (typeof key.value === 'number' || /^[-\dIN]/.test(`${key.value}`))
  if (!isNumber && !isComputed) return
  if (canBeNaN(value) || canBeObject(value))
    wrap(pass, value, `${pass.names.field}((`, `),this,${isComputed && !isNumber})`)
}

/** Words of memory of a stand-in. */
const wordsOfPlace = 5
/** Operators that assign their right side or nothing. */
const choosing: ReadonlySet<string> = new Set(['||=', '&&=', '??='])

/** Whether a NaN in the result always has the bits of a NaN among the operands. */
function keepsNaN(operator: string, right: AnyNode): boolean {
  if (right.type !== 'Literal' || typeof right.value !== 'number') return false
  return operator === '+=' || operator === '-=' || (operator !== '%=' && right.value !== 0)
}

/** Operators that can produce a NaN. */
export const making: ReadonlySet<string> = new Set(['+=', '-=', '*=', '/=', '%=', '**='])
const bitwise: ReadonlySet<string> = new Set(['&', '|', '^', '<<', '>>', '>>>'])
const comparing: ReadonlySet<string> = new Set([
  '==',
  '!=',
  '===',
  '!==',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  'instanceof',
])

function canBeNaN(node: AnyNode): boolean {
  switch (node.type) {
    case 'Literal':
    case 'TemplateLiteral':
    case 'ObjectExpression':
    case 'ArrayExpression':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'ClassExpression':
    case 'NewExpression':
    case 'ThisExpression':
      return false
    case 'BinaryExpression':
      return !bitwise.has(node.operator) && !comparing.has(node.operator)
    case 'UnaryExpression':
      return node.operator === '-' || node.operator === '+'
    case 'LogicalExpression':
      return canBeNaN(node.left) || canBeNaN(node.right)
    case 'ConditionalExpression':
      return canBeNaN(node.consequent) || canBeNaN(node.alternate)
    default:
      return true
  }
}

/** Whether reading an expression again gives the same value and runs no code: `a[i]`, `this.a[0]`. */
function isReadable(node: AnyNode): boolean {
  if (node.type === 'Identifier' || node.type === 'ThisExpression' || node.type === 'Literal') {
    return true
  }
  if (node.type !== 'MemberExpression') return false
  return isReadable(node.object) && (!node.computed || isReadable(node.property))
}

/** Whether the value may be an object that converts to a number of the script's choice. */
function canBeObject(node: AnyNode): boolean {
  switch (node.type) {
    case 'Literal':
    case 'TemplateLiteral':
    case 'ArrayExpression':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'BinaryExpression':
    case 'UnaryExpression':
    case 'UpdateExpression':
      return false
    case 'ObjectExpression':
      return !node.properties.every(isOrdinary)
    case 'LogicalExpression':
      return canBeObject(node.left) || canBeObject(node.right)
    case 'ConditionalExpression':
      return canBeObject(node.consequent) || canBeObject(node.alternate)
    default:
      return true
  }
}

/** A property that does not affect its object's conversion to a number. */
function isOrdinary(property: AnyNode): boolean {
  if (property.type !== 'Property' || property.computed) return false
  const { key } = property
  const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? `${key.value}` : ''
  return !/^(?:valueOf|toString|__proto__)$/.test(name)
}
