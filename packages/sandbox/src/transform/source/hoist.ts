/**
 * Hoists declarations. The instrumentation moves a function's body into a `try` block. There, two declarations of one name clash that are
 * legal directly inside a function. Of several functions with one name, only the last one counts, so the others are removed. A function
 * that shares its name with a `var` becomes the variable's first value.
 */
import type { AnyNode, BlockStatement, FunctionDeclaration, Program, StaticBlock } from 'acorn'
import type { Frame, Pass } from './pass.ts'

type Body = BlockStatement | Program | StaticBlock

/** Removes functions that a later one of the same name replaces before any code runs. Returns them. */
export function removeRepeated({ text }: Pass, { body }: Body): ReadonlySet<AnyNode> {
  const dead = new Set<AnyNode>()
  const names = new Set<string>()
  for (const statement of body.toReversed()) {
    if (!isFunction(statement)) continue
    if (names.has(statement.id.name)) {
      dead.add(statement)
      text.overwrite(statement.start, statement.end, ';')
    }
    names.add(statement.id.name)
  }
  return dead
}

/** Makes functions that share their names with variables the first values of these variables, before all other statements. */
export function hoistShared({ text }: Pass, { body }: Body, frame: Frame): void {
  const [first] = body
  const names = new Set<string>()
  for (const statement of body.toReversed()) {
    if (!isFunction(statement) || first === undefined) continue
    const { name } = statement.id
    if (names.has(name) || !frame.variables.has(name)) continue
    names.add(name)
    text.remove(statement.id.start, statement.id.end)
    text.prependRight(statement.start, `var ${name}=`)
    text.appendLeft(statement.end, ';')
    if (statement !== first) text.move(statement.start, statement.end, first.start)
  }
}

function isFunction(node: AnyNode): node is FunctionDeclaration {
  return node.type === 'FunctionDeclaration'
}
