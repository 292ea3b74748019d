/**
 * Arguments that are spread from a list: their number is only known when the call is made, and they lie on the stack while it lasts.
 * More than a few count as depth, which is restored after the call.
 */
import type { AnyNode, CallExpression, NewExpression } from 'acorn'
import { childrenOf, ScriptProblem } from './parse.ts'
import type { Frame, Pass } from './pass.ts'

/** Words that a new object takes; a constructor of the script pays for its entry besides. */
const wordsOfNew = 6

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
  if (node.type === 'NewExpression') frame.words += wordsOfNew
  let hasSpread = false
  // Depth that was read before a suspension says nothing after it.
  const bounded = mayBeSuspended(node)
  for (const argument of node.arguments) {
    if (argument.type !== 'SpreadElement') continue
    hasSpread = true
    text.prependRight(argument.argument.start, `${names.spread}([...`)
    text.appendLeft(argument.argument.end, `],${bounded})`)
  }
  frame.hasSpreads ||= hasSpread
  if (!hasSpread || bounded || isPartOfChain(node)) return
  text.prependRight(node.start, `${names.restore}(${names.meter}[1],`)
  text.appendLeft(node.end, ')')
}

/** `super(…)` and `a?.b(…)` must stay where they are; what they take is given back at the end of the function. */
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
