/**
 * The body of a function becomes that of a `try`, and there two declarations of one name clash where right inside a function they do
 * not. Of several functions only the last one counts: the others go. One that shares its name with a `var` becomes its first value.
 */
import type { AnyNode, BlockStatement, FunctionDeclaration, Program, StaticBlock } from 'acorn'
import type { Frame, Pass } from './pass.ts'

export function hoistRepeated(
  { text }: Pass,
  { body }: BlockStatement | Program | StaticBlock,
  frame: Frame,
): void {
  const last = new Map<string, FunctionDeclaration>()
  for (const statement of body) {
    if (!isFunction(statement)) continue
    const earlier = last.get(statement.id.name)
    if (earlier !== undefined) text.overwrite(earlier.start, earlier.end, ';')
    last.set(statement.id.name, statement)
  }
  const [first] = body
  for (const [name, statement] of last) {
    if (!frame.variables.has(name) || first === undefined) continue
    text.remove(statement.id.start, statement.id.end)
    text.prependRight(statement.start, `var ${name}=`)
    text.appendLeft(statement.end, ';')
    if (statement !== first) text.move(statement.start, statement.end, first.start)
  }
}

function isFunction(node: AnyNode): node is FunctionDeclaration {
  return node.type === 'FunctionDeclaration'
}
