/**
 * Heads of `for…in` and `for…of`. The engine lists the keys of an object before the first turn: they are paid for before. A pattern
 * with a rest element is moved to the start of the body, where what it takes apart can be metered:
 *
 *   for (const { a, ...b } of list) body
 *   for (const each of list) { const { a, ...b } = metered(each); body }
 */
import type { AnyNode, ForInStatement, ForOfStatement, Pattern } from 'acorn'
import { cleanTargets } from './expressions/floats.ts'
import { meteredName, refuseLengths, takesRest } from './expressions/patterns.ts'
import { bindingNames } from './source/frame-size.ts'
import { type Frame, type Pass, wrap } from './source/pass.ts'

export interface Head {
  /** The node before which the first statements of a turn are inserted. */
  readonly first: AnyNode
  /** Words that the head takes in each turn. */
  readonly words: number
  /** Variables of the head that each turn has of its own. */
  readonly bindings: number
}

export function visitEachHead(
  pass: Pass,
  node: ForInStatement | ForOfStatement,
  frame: Frame,
): Head {
  const { left, right, body } = node
  refuseLengths(left)
  const words = frame.wordsOf(() => {
    pass.visit(left, frame)
    cleanTargets(pass, left, frame)
  })
  pass.visit(right, frame)
  if (node.type === 'ForInStatement') wrap(pass, right, `${pass.names.listed}((`, '))')
  const pattern = left.type === 'VariableDeclaration' ? left.declarations[0]?.id : left
  const isMoved = pattern !== undefined && takesRest(pattern)
  if (isMoved) moveIntoBody(pass, left, pattern, body)
  return { first: isMoved ? left : body, words, bindings: bindingNames(left) }
}

/** Moves a pattern into the body. The body stays a block of its own, because it may declare the names that the head declares. */
function moveIntoBody(pass: Pass, left: AnyNode, pattern: Pattern, body: AnyNode): void {
  const { text, names } = pass
  const { each } = names
  const source = meteredName(pass, pattern, each)
  const isDeclared = left.type === 'VariableDeclaration'
  text.appendLeft(left.start, `const ${each}`)
  text.prependRight(left.start, isDeclared ? '{' : '{(')
  text.appendLeft(left.end, isDeclared ? `=${source};` : `=${source});`)
  text.move(left.start, left.end, body.start)
  text.appendLeft(body.end, '}')
}
