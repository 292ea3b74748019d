/**
 * Spread arguments: their number is known only when the call is made, and they stay on the stack during the call. More than a few count as
 * depth. The instrumented code restores the depth after the call.
 */
import type {
  AnyNode,
  ArrayExpression,
  CallExpression,
  NewExpression,
  ObjectExpression,
  Property,
} from 'acorn'
import { childrenOf, ScriptProblem } from '../source/parse.ts'
import { type Frame, type Pass, wrap } from '../source/pass.ts'
import { wordsOfIndex } from './computed-keys.ts'
import { isSmall } from './operators.ts'

/** Words of a new object. A constructor of the script pays for its own entry in addition. */
const wordsOfNew = 6
/** Words that a built-in may allocate for its result and that its caller may keep, such as an iterator's step or a piece of a text. */
const wordsOfCall = 2
/** Words of a promise. Its executor may throw, and the engine hides that error. */
const wordsOfExecutor = 48
/** Words of each argument. A callee may keep it, as `push` does. */
const wordsOfArgument = 0.5

const evalRefused =
  'eval would make code from text, which nothing meters: write the code in the script'

export function visitArguments(
  pass: Pass,
  node: CallExpression | NewExpression,
  frame: Frame,
): void {
  const { text, names } = pass
  if (node.callee.type === 'Identifier' && node.callee.name === 'eval') {
    throw new ScriptProblem('refused', evalRefused, node.start)
  }
  pass.visit(node.callee, frame)
  for (const argument of node.arguments) pass.visit(argument, frame)
  frame.words += node.type === 'NewExpression' ? wordsOfNew : wordsOfCall
  frame.words += wordsOfArgument * node.arguments.length
  if (node.type === 'NewExpression' && isFunction(node.arguments[0])) frame.words += wordsOfExecutor
  visitLength(pass, node)
  let hasSpread = false
  // After a suspension, a depth that was read before it is stale.
  const bounded = mayBeSuspended(node)
  for (const argument of node.arguments) {
    if (argument.type !== 'SpreadElement') continue
    hasSpread = true
    text.prependRight(argument.argument.start, `${names.spread}([...${names.items}((`)
    text.appendLeft(argument.argument.end, `))],${bounded})`)
  }
  frame.hasSpreads ||= hasSpread
  if (!hasSpread || bounded || isPartOfChain(node)) return
  text.prependRight(node.start, `${names.restore}(${names.meter}[1],`)
  text.appendLeft(node.end, ')')
}

function isFunction(node: AnyNode | undefined): boolean {
  return node?.type === 'ArrowFunctionExpression' || node?.type === 'FunctionExpression'
}

/** `super(…)` and `a?.b(…)` cannot be wrapped. The function gives their depth back at its end. */
function isPartOfChain(node: CallExpression | NewExpression): boolean {
  return node.type === 'CallExpression' && (node.callee.type === 'Super' || hasOptional(node))
}

function hasOptional(node: AnyNode): boolean {
  if (node.type === 'CallExpression') return node.optional || hasOptional(node.callee)
  if (node.type === 'MemberExpression') return node.optional || hasOptional(node.object)
  return false
}

function mayBeSuspended(node: AnyNode): boolean {
  switch (node.type) {
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'ClassExpression':
      return false
    case 'AwaitExpression':
    case 'YieldExpression':
      return true
    default:
      return childrenOf(node).some(mayBeSuspended)
  }
}

/** The only argument of a constructor may be the length of an array. */
function visitLength({ text, names }: Pass, node: CallExpression | NewExpression): void {
  const [argument] = node.arguments
  if (argument === undefined || node.arguments.length > 1 || argument.type === 'SpreadElement')
    return
  if (isSmall(argument)) return
  const { callee } = node
  const before = (name: string) => {
    // The parentheses may hold several expressions.
    text.prependRight(argument.start, `${names.length}(${name},(`)
    text.appendLeft(argument.end, '))')
  }
  if (node.type === 'CallExpression') {
    if (callee.type === 'Identifier' && callee.name === 'Array') before('Array')
    else if (callee.type === 'Super') before('new.target')
  } else if (callee.type === 'Identifier') before(callee.name)
  else {
    text.overwrite(node.start, node.start + 'new'.length, `${names.make}(`)
    text.overwrite(
      callee.end,
      argument.start,
      text.original.slice(callee.end, argument.start).replace('(', ','),
    )
  }
}

export function visitArray(pass: Pass, node: ArrayExpression, frame: Frame): void {
  frame.words += 5 + node.elements.length
  for (const element of node.elements) {
    if (element === null) continue
    if (element.type !== 'SpreadElement') pass.visit(element, frame)
    else {
      pass.visit(element.argument, frame)
      wrap(pass, element.argument, `${pass.names.items}((`, '))')
    }
  }
}

export function visitObject(pass: Pass, node: ObjectExpression, frame: Frame): void {
  frame.words += 3 + node.properties.length
  for (const property of node.properties) {
    pass.visit(property, frame)
    if (property.type === 'Property') frame.words += wordsOfIndex(property.key)
    if (property.type === 'SpreadElement')
      wrap(pass, property.argument, `${pass.names.entries}((`, '))')
    else if (isPrototype(property)) wrap(pass, property.value, `${pass.names.linked}((`, '))')
  }
}

/** `__proto__: value` in an object literal. */
function isPrototype({ key, kind, value, computed, shorthand, method }: Property): boolean {
  if (computed || shorthand || method || kind !== 'init') return false
  if (value.type === 'Literal') return false
  return key.type === 'Identifier'
    ? key.name === '__proto__'
    : key.type === 'Literal' && key.value === '__proto__'
}
