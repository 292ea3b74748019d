/**
 * Promises that nobody awaits. A call ends when the method's own promise settles. After that the files are closed to the code that
 * still runs, and chance decides which of its writes came before.
 */
import type { AnyNode, Node } from 'acorn'
import type { Reference, Variable } from 'eslint-scope'
import { type Analysis, isDeclared, isFunction, isNamed, nodeOf, propertyName } from './analysis.ts'
import type { FoundAt } from './finding.ts'

const ADVICE = 'await it (or return it): a call ends when its own promise settles'
const FOR_EACH_ADVICE = 'use for…of with await, or await Promise.all(list.map(…))'

const PROMISE_METHODS = new Set(['then', 'catch', 'finally'])

export function findFloating(analysis: Analysis): FoundAt[] {
  const found: FoundAt[] = []
  const byNode = new Map<Node, Reference>()
  for (const reference of analysis.references) byNode.set(nodeOf(reference.identifier), reference)
  for (const node of analysis.nodes) {
    if (node.type === 'ExpressionStatement' && isInFunction(analysis, node)) {
      const { expression } = node
      if (isPromise(analysis, expression as AnyNode, byNode))
        found.push(floating(expression, ADVICE))
    }
    if (node.type === 'CallExpression') {
      const callback = asyncForEach(node)
      if (callback && isInFunction(analysis, node)) found.push(floating(node, FOR_EACH_ADVICE))
    }
  }
  for (const reference of analysis.references) found.push(...unread(analysis, reference, byNode))
  return found.sort((a, b) => a.start - b.start)
}

function floating(node: Node, advice: string): FoundAt {
  const message = 'nobody awaits this promise, and the call may end before it settles'
  return { code: 'FLOATING_PROMISE', severity: 'warning', message, advice, start: node.start }
}

function isInFunction({ around }: Analysis, node: AnyNode): boolean {
  for (const outer of around(node)) if (isFunction(outer)) return true
  return false
}

/** Whether an expression certainly gives a promise. */
function isPromise(analysis: Analysis, node: AnyNode, byNode: Map<Node, Reference>): boolean {
  if (node.type === 'NewExpression') return isNamed(node.callee, 'Promise')
  if (node.type !== 'CallExpression') return false
  const callee = node.callee as AnyNode
  if (callee.type === 'MemberExpression') {
    if (isOfSystem(callee, byNode) || isNamed(callee.object, 'Promise')) return true
    const name = propertyName(callee) ?? ''
    // `catch` handles an error, but does not wait.
    if (PROMISE_METHODS.has(name)) return true
    return isAsyncExport(analysis, callee)
  }
  if (isFunction(callee)) return isAsync(callee)
  const variable = byNode.get(callee)?.resolved as Variable | null | undefined
  return (variable?.defs ?? []).some(({ node: defined }) => {
    const definition = nodeOf(defined)
    if (definition.type === 'VariableDeclarator') {
      return definition.init ? isAsync(definition.init as AnyNode) : false
    }
    return isAsync(definition)
  })
}

function isAsync(node: AnyNode): boolean {
  return isFunction(node) && (node as AnyNode & { async: boolean }).async
}

/** Whether a function is one of `System`, such as `System.files.…` or `System.oracle`. All of them give promises. */
function isOfSystem(callee: AnyNode, byNode: Map<Node, Reference>): boolean {
  let at = callee
  while (at.type === 'MemberExpression') at = at.object as AnyNode
  const reference = byNode.get(at)
  return isNamed(at, 'System') && reference !== undefined && !isDeclared(reference)
}

/** Whether a function is an async method of the script itself: `exports.get()`. */
function isAsyncExport({ nodes, source }: Analysis, callee: AnyNode): boolean {
  const text = source.slice(callee.start, callee.end)
  if (!/^(?:module\.)?exports\./.test(text)) return false
  return nodes.some(
    (node) =>
      node.type === 'AssignmentExpression' &&
      source.slice(node.left.start, node.left.end) === text &&
      isAsync(node.right as AnyNode),
  )
}

/** Whether a call is `list.forEach(async …)`, which does not wait. */
function asyncForEach(node: AnyNode & { type: 'CallExpression' }): boolean {
  const [first] = node.arguments
  return propertyName(node.callee as AnyNode) === 'forEach' && !!first && isAsync(first as AnyNode)
}

/** A finding if a variable holds a promise, and the script never reads it. */
function unread(analysis: Analysis, reference: Reference, byNode: Map<Node, Reference>): FoundAt[] {
  const { resolved, writeExpr, init } = reference
  if (!init || !writeExpr || !isInFunction(analysis, nodeOf(reference.identifier))) return []
  if (!isPromise(analysis, nodeOf(writeExpr), byNode)) return []
  const isRead = (resolved as Variable | null)?.references.some((other) => other.isRead())
  return isRead ? [] : [floating(nodeOf(writeExpr), ADVICE)]
}
