/** Parses a script and resolves its names. Does not run it. */
import { type AnyNode, type Node, parse } from 'acorn'
import { fullAncestor } from 'acorn-walk'
import { analyze, type Reference, type Scope, type ScopeManager, type Variable } from 'eslint-scope'

export interface Analysis {
  readonly source: string
  /** The scopes of top-level code: that of the script, and in a bundle those of the CommonJS modules inside. */
  readonly modules: readonly Scope[]
  /** Every use of a name. */
  readonly references: readonly Reference[]
  /** Every node, outer ones before inner ones of the same start. */
  readonly nodes: readonly AnyNode[]
  /** The parent of a node; null for the program. */
  parentOf(node: Node): AnyNode | null
  /** The ancestors of a node, the nearest first. */
  around(node: Node): Generator<AnyNode>
}

/** The language version for scopes. The engine itself decides what a machine runs. */
const ECMA_VERSION = 2024

/** @throws SyntaxError */
export function analyseScript(source: string): Analysis {
  const ast = parse(source, {
    ecmaVersion: 'latest',
    sourceType: 'commonjs',
    allowHashBang: true,
    ranges: true,
  })
  const parents = new Map<Node, AnyNode>()
  const nodes: AnyNode[] = []
  fullAncestor(ast, (node, _state, ancestors) => {
    nodes.push(node as AnyNode)
    const parent = ancestors.at(-2)
    if (parent) parents.set(node, parent as AnyNode)
  })
  // The two packages describe the same tree with types of their own.
  const tree = ast as unknown as Parameters<typeof analyze>[0]
  const scopes = analyze(tree, {
    ecmaVersion: ECMA_VERSION,
    sourceType: 'commonjs',
    impliedStrict: true,
    // A machine refuses eval.
    ignoreEval: true,
  })
  const parentOf = (node: Node): AnyNode | null => parents.get(node) ?? null
  return {
    source,
    modules: moduleScopes(scopes, parentOf),
    references: scopes.scopes.flatMap((scope) => scope.references),
    nodes,
    parentOf,
    *around(node) {
      for (let at = parentOf(node); at !== null; at = parentOf(at)) yield at
    },
  }
}

/** The function around the script, and those that the bundler put around CommonJS modules: `__commonJS({ "name"() {…} })`. */
function moduleScopes(
  scopes: ScopeManager,
  parentOf: (node: Node) => AnyNode | null,
): readonly Scope[] {
  return scopes.scopes.filter(({ type, upper, block }) => {
    if (type !== 'function') return false
    if (upper?.type === 'global') return (block as { type: string }).type === 'Program'
    const property = parentOf(nodeOf(block))
    const call = property && parentOf(parentOf(property) ?? property)
    return call?.type === 'CallExpression' && isNamed(call.callee, '__commonJS')
  })
}

/** A node of eslint-scope as acorn's type. The objects are the same. */
export const nodeOf = (node: object): AnyNode => node as AnyNode

export const isNamed = (node: Node, name: string): boolean =>
  node.type === 'Identifier' && (node as AnyNode & { name: string }).name === name

export const isInside = (inner: Node, outer: Node): boolean =>
  inner.start >= outer.start && inner.end <= outer.end

const FUNCTIONS = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']

export const isFunction = (node: Node): boolean => FUNCTIONS.includes(node.type)

/** The name of a property in `a.name` or `a['name']`; null if the script computes it. */
export function propertyName(node: AnyNode): string | null {
  if (node.type !== 'MemberExpression') return null
  const { property, computed } = node
  if (!computed) return property.type === 'Identifier' ? property.name : null
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : null
}

/** Whether the script itself declares a name. */
export const isDeclared = ({ resolved }: Reference): boolean =>
  ((resolved as Variable | null)?.defs.length ?? 0) > 0
