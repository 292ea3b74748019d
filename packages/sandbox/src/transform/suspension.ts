/**
 * Where a function is suspended, it gives its depth back, because it leaves the stack; where it goes on, it takes it again, on
 * whatever stack it is then, and pays for an entry. What it holds at the moment is in a local variable, so that it is given back once.
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

/** An operand that is computed while the function still holds its depth, and handed over after it has given it back. */
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

/** In an async generator, `return` waits for its operand. */
export function visitReturn(pass: Pass, node: ReturnStatement, frame: Frame): void {
  if (!node.argument) return
  pass.visit(node.argument, frame)
  if (!frame.isAsync || !frame.isGenerator) return
  handOver(pass, node.argument, frame, false)
}

/** Waits before every turn and at the end. `whole` is the loop with its labels. */
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

/** Statements for the start of a handler: an exception may have come while the function was suspended. */
export function resuming({ names }: Pass, frame: Frame): string {
  return frame.isAsync || frame.isGenerator ? `${names.held}||${taking(names, frame.depth)};` : ''
}
