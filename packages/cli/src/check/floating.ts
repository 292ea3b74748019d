/**
 * Promises that nobody waits for. When the method's own promise settles the call is over: what still runs finds the files
 * closed, and what it wrote until then is kept or not by chance of the order.
 */
import type { AnyNode, Node } from 'acorn'
import type { Reference, Variable } from 'eslint-scope'
import { type Analysis, isDeclared, isFunction, isNamed, nodeOf, propertyName } from './analysis.ts'
import type { FoundAt } from './finding.ts'

const ADVICE = 'await it (or return it): a call is over when its own promise settles'
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
  const message = 'nobody waits for this promise, and the call may be over before it is done'
  return { code: 'FLOATING_PROMISE', severity: 'warning', message, advice, start: node.start }
}

function isInFunction({ around }: Analysis, node: AnyNode): boolean {
  for (const outer of around(node)) if (isFunction(outer)) return true
  return false
}

/** Whether an expression is known to give a promise. What is not known counts as none. */
function isPromise(analysis: Analysis, node: AnyNode, byNode: Map<Node, Reference>): boolean {
  if (node.type === 'NewExpression') return isNamed(node.callee, 'Promise')
  if (node.type !== 'CallExpression') return false
  const callee = node.callee as AnyNode
  if (callee.type === 'MemberExpression') {
    if (isOfSystem(callee, byNode) || isNamed(callee.object, 'Promise')) return true
    const name = propertyName(callee) ?? ''
    // Handling a failure is not waiting for the end.
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

/** `System.files.…`, `System.oracle`: all of them give promises. */
function isOfSystem(callee: AnyNode, byNode: Map<Node, Reference>): boolean {
  let at = callee
  while (at.type === 'MemberExpression') at = at.object as AnyNode
  const reference = byNode.get(at)
  return isNamed(at, 'System') && reference !== undefined && !isDeclared(reference)
}

/** A method of the script itself, called by another: `exports.get()`. */
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

/** `list.forEach(async …)`: forEach does not wait. */
function asyncForEach(node: AnyNode & { type: 'CallExpression' }): boolean {
  const [first] = node.arguments
  return propertyName(node.callee as AnyNode) === 'forEach' && !!first && isAsync(first as AnyNode)
}

/** A promise that is put into a variable which nobody reads. */
function unread(analysis: Analysis, reference: Reference, byNode: Map<Node, Reference>): FoundAt[] {
  const { resolved, writeExpr, init } = reference
  if (!init || !writeExpr || !isInFunction(analysis, nodeOf(reference.identifier))) return []
  if (!isPromise(analysis, nodeOf(writeExpr), byNode)) return []
  const isRead = (resolved as Variable | null)?.references.some((other) => other.isRead())
  return isRead ? [] : [floating(nodeOf(writeExpr), ADVICE)]
}
