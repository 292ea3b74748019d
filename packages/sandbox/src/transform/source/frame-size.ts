/**
 * The maximum stack of one call, in values: the function's variables, and the values that it holds while it computes others. V8's
 * interpreter has a register for each. Compiled code keeps about as many.
 */
import type { AnyNode } from 'acorn'
import { slotsPerDepth } from './limits.ts'
import { childrenOf } from './parse.ts'

/** Values that a node needs in addition to its children's: iterators, completions, class descriptions. */
const own = 4
const ownOfStatements = 12

/** Units of depth of a call. */
export function depthOf(slots: number): number {
  return 1 + Math.floor(slots / slotsPerDepth)
}

/** Values in the frame of the code directly inside these nodes, without that of inner functions. */
export function slotsOf(nodes: readonly AnyNode[]): number {
  let variables = 0
  let held = 0
  for (const node of nodes) {
    const needs = needsOf(node)
    variables += needs.variables
    held = Math.max(held, needs.held)
  }
  return variables + held
}

interface Needs {
  /** Bindings. Each has its slot during the whole call. */
  variables: number
  /** Values that are held at once while the code runs. */
  held: number
}

function needsOf(node: AnyNode): Needs {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return { variables: node.id ? 1 : 0, held: 1 }
    case 'Identifier':
      // Counts every occurrence, so never fewer names than are declared.
      return { variables: 0, held: 1 }
    case 'AssignmentExpression':
    case 'UpdateExpression': {
      const needs = gather(node)
      const target = node.type === 'UpdateExpression' ? node.argument : node.left
      // The object last written to, its paid bound, the current object and the value.
      needs.variables += 4 * placesIn(target)
      return needs
    }
    case 'VariableDeclarator':
    case 'CatchClause':
    case 'ClassDeclaration':
    case 'ClassExpression': {
      const needs = gather(node)
      needs.variables += namesIn(node) + 2
      return needs
    }
    default:
      return gather(node)
  }
}

function namesIn(node: AnyNode): number {
  if (node.type === 'VariableDeclarator') return bindingNames(node.id)
  if (node.type === 'CatchClause') return node.param ? bindingNames(node.param) : 0
  return 1
}

/** An upper bound of the computed properties that a target writes to. */
function placesIn(target: AnyNode): number {
  if (target.type === 'MemberExpression') return target.computed ? 1 : 0
  return childrenOf(target).reduce((sum, child) => sum + placesIn(child), 0)
}

/** An upper bound of the names that a pattern binds. */
export function bindingNames(pattern: AnyNode): number {
  if (pattern.type === 'Identifier') return 1
  return childrenOf(pattern).reduce((sum, child) => sum + bindingNames(child), 0)
}

function gather(node: AnyNode): Needs {
  const keeps = keepsValues(node)
  let variables = 0
  let held = 0
  let before = 0
  for (const child of childrenOf(node)) {
    const needs = needsOf(child)
    variables += needs.variables
    held = Math.max(held, before + needs.held)
    if (keeps) before += 1
  }
  return { variables, held: Math.max(held, before) + (keeps ? own : ownOf(node)) }
}

function ownOf(node: AnyNode): number {
  return /^(?:For|Try|Switch|Class|Static)/.test(node.type) ? ownOfStatements : own
}

/** Whether the values of all children stay until the last one is computed. Elements of literals are stored one by one. */
function keepsValues(node: AnyNode): boolean {
  switch (node.type) {
    case 'ArrayExpression':
    case 'ObjectExpression':
    case 'SequenceExpression':
    case 'BlockStatement':
    case 'Program':
    case 'StaticBlock':
    case 'SwitchStatement':
    case 'SwitchCase':
    case 'VariableDeclaration':
      return false
    default:
      return true
  }
}
