/**
 * State in variables: variables outside of the methods that the methods change. A new boot of the machine (after a restart, an
 * abort, the end of an epoch) resets them, so the service forgets.
 */
import type { AnyNode, Node } from 'acorn'
import type { Reference, Scope, Variable } from 'eslint-scope'
import {
  type Analysis,
  isDeclared,
  isFunction,
  isInside,
  isNamed,
  nodeOf,
  propertyName,
} from './analysis.ts'
import type { FoundAt } from './finding.ts'

const ADVICE = 'put state into files with System.files.writeFile; a variable is a cache at best'

/** Methods that change their object, for the kinds of object that {@link isCollection} knows. */
const MUTATORS = new Set(
  'push pop shift unshift splice sort reverse fill copyWithin set add delete clear'.split(' '),
)

const COLLECTIONS = new Set(
  'Map Set WeakMap WeakSet Array Uint8Array Int8Array Uint8ClampedArray Uint16Array Int16Array Uint32Array Int32Array Float32Array Float64Array BigInt64Array BigUint64Array'.split(
    ' ',
  ),
)

/** Functions of `Object` and `Reflect` that change their first argument. */
const CHANGES_ARGUMENT = new Set(
  'assign defineProperty defineProperties setPrototypeOf set deleteProperty'.split(' '),
)

/** The first change of each module-level variable in a function that a call can reach. */
export function findModuleState(analysis: Analysis): FoundAt[] {
  const reachable = reachableNodes(analysis)
  const first = new Map<unknown, FoundAt>()
  for (const reference of analysis.references) {
    const node = nodeOf(reference.identifier)
    const target = stateOf(analysis, reference)
    if (target === null || first.has(target.key) || !isChanged(analysis, reference)) continue
    if (!isInFunctionOf(analysis, node, target.scope)) continue
    if (!reachable.some((outer) => isInside(node, outer))) continue
    const message = `${target.name} outlives the call that changes it, but a restart resets it`
    first.set(target.key, {
      code: 'MODULE_STATE',
      severity: 'warning',
      message,
      advice: ADVICE,
      start: node.start,
    })
  }
  return [...first.values()].sort((a, b) => a.start - b.start)
}

interface State {
  readonly key: unknown
  readonly name: string
  readonly scope: Scope
}

/** The module-level variable of a name, or the exports; null for other names. */
function stateOf({ modules, source, parentOf }: Analysis, reference: Reference): State | null {
  const { resolved, identifier } = reference
  const [script] = modules
  if (!isDeclared(reference)) {
    const node = nodeOf(identifier)
    if (!script || (identifier.name !== 'exports' && identifier.name !== 'module')) return null
    let end = parentOf(node)
    if (end && isNamed(node, 'module') && propertyName(end) === 'exports') end = parentOf(end)
    if (end?.type !== 'MemberExpression') return null
    const name = source.slice(node.start, end.end)
    return { key: name, name, scope: script }
  }
  const { scope, name } = resolved as Variable
  return modules.includes(scope) ? { key: resolved, name, scope } : null
}

/** Whether a node is in a function of its module, not in top-level code. */
function isInFunctionOf({ around }: Analysis, node: AnyNode, { block }: Scope): boolean {
  for (const outer of around(node)) {
    if (outer === nodeOf(block)) return false
    if (isFunction(outer)) return true
  }
  return false
}

function isChanged({ parentOf }: Analysis, reference: Reference): boolean {
  const node = nodeOf(reference.identifier)
  if (reference.isWrite()) return !reference.init
  let end = node
  let parent = parentOf(end)
  for (; parent?.type === 'MemberExpression' && parent.object === end; parent = parentOf(end)) {
    end = parent
  }
  if (end === node) return parent !== null && changesArgument(parent, node)
  switch (parent?.type) {
    case 'AssignmentExpression':
      return parent.left === end
    case 'UpdateExpression':
      return true
    case 'UnaryExpression':
      return parent.operator === 'delete'
    case 'CallExpression':
      return parent.callee === end && isCollection(reference) && mutates(end)
    default:
      return false
  }
}

function mutates(method: AnyNode): boolean {
  return MUTATORS.has(propertyName(method) ?? '')
}

/** Whether a call changes its argument, such as `Object.assign(state, …)`. */
function changesArgument(call: AnyNode, argument: Node): boolean {
  if (call.type !== 'CallExpression' || call.arguments[0] !== argument) return false
  const callee = call.callee as AnyNode
  if (callee.type !== 'MemberExpression') return false
  const isKnown = isNamed(callee.object, 'Object') || isNamed(callee.object, 'Reflect')
  return isKnown && CHANGES_ARGUMENT.has(propertyName(callee) ?? '')
}

/** Whether a variable begins as an array, an object or a collection. For other objects, the meaning of `add` is unknown. */
function isCollection({ resolved }: Reference): boolean {
  return ((resolved as Variable | null)?.defs ?? []).some((definition) => {
    const node = nodeOf(definition.node)
    const init = node.type === 'VariableDeclarator' ? node.init : null
    if (init?.type === 'ArrayExpression' || init?.type === 'ObjectExpression') return true
    if (init?.type !== 'NewExpression' && init?.type !== 'CallExpression') return false
    return init.callee.type === 'Identifier' && COLLECTIONS.has(init.callee.name)
  })
}

/** The nodes that calls can reach: the exports, the declarations that they name, and so on. */
function reachableNodes(analysis: Analysis): Node[] {
  const reachable: Node[] = analysis.nodes.filter((node) => isExport(analysis, node))
  const seen = new Set<Variable>()
  for (let i = 0; i < reachable.length; i++) {
    const outer = reachable[i] as Node
    for (const { resolved, identifier } of analysis.references) {
      if (!resolved || seen.has(resolved) || !isInside(nodeOf(identifier), outer)) continue
      seen.add(resolved)
      if (!analysis.modules.includes(resolved.scope)) continue
      reachable.push(...resolved.defs.map(({ node }) => nodeOf(node)))
    }
  }
  return reachable
}

/** `exports.x = …`, `module.exports = …`, `Object.assign(exports, …)`, and the forms that the bundler writes for `export`. */
function isExport({ source }: Analysis, node: AnyNode): boolean {
  if (node.type === 'AssignmentExpression') {
    return /^(?:module\s*\.\s*)?exports\b/.test(source.slice(node.left.start, node.left.end))
  }
  if (node.type !== 'CallExpression') return false
  if (isNamed(node.callee, '__export')) return true
  const [first] = node.arguments
  return (
    first !== undefined &&
    changesArgument(node, first) &&
    /^(?:module\.)?exports$/.test(source.slice(first.start, first.end))
  )
}
