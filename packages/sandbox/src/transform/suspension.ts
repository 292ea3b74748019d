/**
 * Suspension. A suspended function leaves the stack, so it gives its depth back. When it resumes, on whatever stack that is, it takes the
 * depth again and pays for an entry. A local variable holds the depth that the function has at the moment, so the function gives it back
 * only once.
 */
import type {
  AnyNode,
  AwaitExpression,
  Expression,
  ForOfStatement,
  ReturnStatement,
  YieldExpression,
} from 'acorn'
import { bracket } from './expressions/operators.ts'
import { visitLoopBody } from './functions.ts'
import { visitEachHead } from './heads.ts'
import { type Frame, giving, type Pass, taking } from './source/pass.ts'
import { isAnonymous, isInert } from './source/purity.ts'

const wordsOfAwait = 20
const wordsOfYield = 6

export function visitSuspension(
  pass: Pass,
  node: AwaitExpression | YieldExpression,
  frame: Frame,
): void {
  const { text, names } = pass
  frame.words += node.type === 'AwaitExpression' ? wordsOfAwait : wordsOfYield
  const { argument } = node
  const isDelegation = node.type === 'YieldExpression' && node.delegate
  if (argument) {
    pass.visit(argument, frame)
    handOver(pass, argument, frame, isDelegation)
  } else text.appendLeft(node.end, `(${giving(names)},void 0)`)
  const after = `,${taking(names, frame.depth)},${names.value})`
  bracket(pass, node, `(${names.value}=`, after)
}

/** An operand: the function evaluates it while it still holds its depth, and passes it on after giving the depth back. */
function handOver(pass: Pass, operand: Expression, frame: Frame, isDelegation: boolean): void {
  const { names } = pass
  const before = isDelegation ? `${names.delegate}(` : ''
  const after = isDelegation ? `,${frame.depth},${frame.isAsync})` : ''
  if (isInert(operand)) wrapOperand(pass, operand, `${before}(${giving(names)},`, `)${after}`)
  else {
    const unnamed = isAnonymous(operand) ? '0,' : ''
    const { value } = names
    wrapOperand(
      pass,
      operand,
      `${before}(${value}=(${unnamed}`,
      `),${giving(names)},${value})${after}`,
    )
  }
}

function wrapOperand({ text }: Pass, { start, end }: AnyNode, before: string, after: string): void {
  text.prependRight(start, before)
  text.appendLeft(end, after)
}

/** In an async generator, `return` awaits its operand. */
export function visitReturn(pass: Pass, node: ReturnStatement, frame: Frame): void {
  if (!node.argument) return
  pass.visit(node.argument, frame)
  if (!frame.isAsync || !frame.isGenerator) return
  handOver(pass, node.argument, frame, false)
}

/** The loop awaits before every turn and at the end. `whole`: the loop with its labels. */
export function visitForAwait(
  pass: Pass,
  node: ForOfStatement,
  frame: Frame,
  whole: AnyNode,
): void {
  const { text, names } = pass
  frame.words += wordsOfAwait
  const { first, words, bindings } = visitEachHead(pass, node, frame)
  handOver(pass, node.right, frame, true)
  const { body } = node
  visitLoopBody(pass, body, frame, { words: words + wordsOfAwait, bindings })
  const take = `${names.held}||${taking(names, frame.depth)};`
  text.prependRight(first.start, `{${take}try{`)
  text.appendLeft(body.end, `}finally{${giving(names)}}}`)
  text.prependRight(whole.start, '{')
  text.appendLeft(whole.end, `;${take}}`)
}

/** Statements for the start of a handler. The exception may have come while the function was suspended. */
export function resuming({ names }: Pass, frame: Frame): string {
  return frame.isAsync || frame.isGenerator ? `${names.held}||${taking(names, frame.depth)};` : ''
}
