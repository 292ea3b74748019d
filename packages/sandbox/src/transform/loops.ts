/**
 * Innermost loops, in strips. A check in every turn keeps V8 from making the best of a small loop, because what is rarely done there is
 * in the way of what is always done; so a strip of turns only counts, and ends where there is something to take from the meter:
 *
 *   for (init; test; update) body
 *   { init; do { if (turns >= n) take; for (; turns < n && (test); update) { turns += fuel; body } } while (turns >= n) }
 *
 * The evaluated expressions, and their number, stay the same.
 */
import type { AnyNode, ForStatement, WhileStatement } from 'acorn'
import { noteCounter } from './expressions/comparisons.ts'
import { visitLoopBody } from './functions.ts'
import { skipBlank } from './source/blank.ts'
import { bindingNames } from './source/frame-size.ts'
import { childrenOf } from './source/parse.ts'
import { type Frame, type Pass, takingTurns, wrap } from './source/pass.ts'

export function visitLoop(pass: Pass, node: ForStatement | WhileStatement, frame: Frame): void {
  const breaks: number[] = []
  const isPlain = childrenOf(node).every((child) => isPlainPart(child, breaks, false))
  const isInStrips = visitLoopBody(pass, node.body, frame, {
    mayOnlyCount: isPlain,
    ...visitHead(pass, node, frame),
  })
  if (!isInStrips) return
  const { text, names, source } = pass
  const { turns, label } = names
  const { turnsPerCharge } = frame
  for (const end of breaks) text.appendLeft(end, ` ${label}`)
  const open = breaks.length === 0 ? '{' : `${label}:{`
  const strip = `do{${takingTurns(names, frame)}`
  if (node.test) wrap(pass, node.test, `${turns}<${turnsPerCharge}&&(`, ')')
  if (node.type === 'WhileStatement') text.prependRight(node.start, open + strip)
  else {
    const { init } = node
    const inside = skipBlank(source, node.start + 'for'.length) + 1
    const end = skipBlank(source, init ? init.end : inside)
    const isExpression = init && init.type !== 'VariableDeclaration'
    // Replaces only the node's own text. Text inserted before and after it stays.
    text.update(node.start, inside, isExpression ? `${open}(` : open)
    const test = node.test ? '' : `${turns}<${turnsPerCharge}`
    text.update(end, end + 1, `${isExpression ? ')' : ''};${strip}for(;${test}`)
  }
  text.appendLeft(node.end, `}while(${turns}>${turnsPerCharge - 1})}`)
}

/** Words and variables of the expressions that run in each turn. */
function visitHead(
  pass: Pass,
  node: ForStatement | WhileStatement,
  frame: Frame,
): { words: number; bindings: number } {
  if (node.type === 'WhileStatement')
    return { words: frame.wordsOf(() => pass.visit(node.test, frame)), bindings: 0 }
  const { init, test, update } = node
  noteCounter(pass, node)
  if (init) pass.visit(init, frame)
  const words = frame.wordsOf(() => {
    for (const part of [test, update]) if (part) pass.visit(part, frame)
  })
  const isKept = init?.type === 'VariableDeclaration' && init.kind === 'let'
  return { words, bindings: isKept ? bindingNames(init) : 0 }
}

/**
 * Whether it may be in a strip: it makes no functions, which would keep the variables of a turn, is never suspended, has no loop of its
 * own and does not continue one by name. Ends of words `break` that leave the loop are added to `breaks`.
 */
function isPlainPart(node: AnyNode, breaks: number[], isInSwitch: boolean): boolean {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'ClassDeclaration':
    case 'ClassExpression':
    case 'AwaitExpression':
    case 'YieldExpression':
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
      return false
    case 'ContinueStatement':
      return !node.label
    case 'BreakStatement':
      if (!node.label && !isInSwitch) breaks.push(node.start + 'break'.length)
      return true
    case 'VariableDeclaration':
      if (node.kind === 'using' || node.kind === 'await using') return false
  }
  const isSwitch = isInSwitch || node.type === 'SwitchStatement'
  return childrenOf(node).every((child) => isPlainPart(child, breaks, isSwitch))
}
