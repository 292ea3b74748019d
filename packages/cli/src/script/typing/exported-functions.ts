/** Reads the exported functions of a script, with the comments above them, from its text. Does not run it. */
import { type AnyNode, type Comment, type Pattern, parse } from 'acorn'

/** An exported function: the names of its parameters in order, and its JSDoc comment if it has one. */
export interface ExportedFunction {
  readonly name: string
  readonly parameters: readonly Parameter[]
  readonly comment: string | null
}

export interface Parameter {
  /** Null for a pattern, which has no name. */
  readonly name: string | null
  readonly optional: boolean
  readonly rest: boolean
}

export interface ScriptText {
  readonly functions: readonly ExportedFunction[]
  /** All JSDoc comments, for the types that they define. */
  readonly comments: readonly string[]
}

type FunctionNode = Extract<
  AnyNode,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
>

/** Reads a script. Does not see exports that the script computes. Throws SyntaxError. */
export function readExports(source: string): ScriptText {
  const comments: Comment[] = []
  const program = parse(source, {
    ecmaVersion: 'latest',
    sourceType: 'commonjs',
    allowHashBang: true,
    onComment: comments,
  })
  const docs = comments.filter(({ type, value }) => type === 'Block' && value.startsWith('*'))
  const above = (start: number): string | null =>
    docs.findLast(({ end }) => end <= start && source.slice(end, start).trim() === '')?.value ??
    null
  /** Functions by their names at the top level. */
  const named = new Map<string, { node: FunctionNode; comment: string | null }>()
  const functions = new Map<string, ExportedFunction>()
  const add = (name: string, value: AnyNode, comment: string | null): void => {
    const known = value.type === 'Identifier' ? named.get(value.name) : undefined
    const node = known?.node ?? (isFunction(value) ? value : null)
    if (node) functions.set(name, describe(name, node, comment ?? known?.comment ?? null))
  }
  for (const statement of program.body as AnyNode[]) {
    if (statement.type === 'FunctionDeclaration' && statement.id) {
      named.set(statement.id.name, { node: statement, comment: above(statement.start) })
    } else if (statement.type === 'VariableDeclaration') {
      for (const { id, init } of statement.declarations) {
        if (id.type === 'Identifier' && init && isFunction(init)) {
          named.set(id.name, { node: init, comment: above(statement.start) })
        }
      }
    }
  }
  for (const statement of program.body as AnyNode[]) {
    if (statement.type !== 'ExpressionStatement') continue
    const { expression } = statement
    if (expression.type !== 'AssignmentExpression') continue
    const name = exportName(expression.left)
    if (name !== null) add(name, expression.right, above(statement.start))
    if (isModuleExports(expression.left) && expression.right.type === 'ObjectExpression') {
      for (const property of expression.right.properties) {
        if (property.type !== 'Property' || property.computed) continue
        const { key, value, start } = property
        if (key.type === 'Identifier') add(key.name, value, above(start))
        else if (key.type === 'Literal') add(String(key.value), value, above(start))
      }
    }
  }
  return { functions: [...functions.values()], comments: docs.map(({ value }) => value) }
}

const isFunction = (node: AnyNode): node is FunctionNode =>
  node.type === 'FunctionExpression' ||
  node.type === 'ArrowFunctionExpression' ||
  node.type === 'FunctionDeclaration'

const isModuleExports = (node: AnyNode): boolean =>
  node.type === 'MemberExpression' &&
  node.object.type === 'Identifier' &&
  node.object.name === 'module' &&
  node.property.type === 'Identifier' &&
  node.property.name === 'exports'

/** The name in `exports.name`, `exports['name']` or `module.exports.name`; null for other nodes. */
function exportName(node: AnyNode): string | null {
  if (node.type !== 'MemberExpression') return null
  const { object, property, computed } = node
  const isExports = object.type === 'Identifier' && object.name === 'exports'
  if (!isExports && !isModuleExports(object)) return null
  if (!computed) return property.type === 'Identifier' ? property.name : null
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : null
}

const describe = (name: string, node: FunctionNode, comment: string | null): ExportedFunction => ({
  name,
  comment,
  parameters: node.params.map(parameterOf),
})

function parameterOf(pattern: Pattern): Parameter {
  const rest = pattern.type === 'RestElement'
  const optional = pattern.type === 'AssignmentPattern'
  const inner = rest ? pattern.argument : optional ? pattern.left : pattern
  return { name: inner.type === 'Identifier' ? inner.name : null, optional, rest }
}
