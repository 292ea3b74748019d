/**
 * How much stack a call of a function takes at most, in values: its variables, and the values that it holds while it computes others.
 * V8's interpreter has a register for each; compiled code keeps about as many.
 */
import type { AnyNode } from 'acorn'
import { slotsPerDepth } from './limits.ts'
import { childrenOf } from './parse.ts'

/** Values of one's own that a kind of node needs besides those of its children: iterators, completions, class descriptions. */
const own = 4
const ownOfStatements = 12

/** Units of depth of a call. */
export function depthOf(slots: number): number {
  return 1 + Math.floor(slots / slotsPerDepth)
}

/** Values in the frame of the code right inside these nodes, without functions in it. */
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
  /** Bindings: each has its place for as long as the call lasts. */
  variables: number
  /** Values held at once while it runs. */
  held: number
}

function needsOf(node: AnyNode): Needs {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return { variables: node.id ? 1 : 0, held: 1 }
    case 'Identifier':
      // Wherever it stands; more than is declared, never less.
      return { variables: 0, held: 1 }
    case 'AssignmentExpression':
    case 'UpdateExpression': {
      const needs = gather(node)
      const target = node.type === 'UpdateExpression' ? node.argument : node.left
      // What they were written to last, up to where it has paid, and what is written to or given now.
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

/** Places with computed names that are written to, or more. */
function placesIn(target: AnyNode): number {
  if (target.type === 'MemberExpression') return target.computed ? 1 : 0
  return childrenOf(target).reduce((sum, child) => sum + placesIn(child), 0)
}

/** Names that a pattern binds, or more. */
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

/** Whether the value of each child is kept until the last one is there. Elements of literals are stored one by one. */
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
