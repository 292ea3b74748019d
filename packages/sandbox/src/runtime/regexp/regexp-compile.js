/**
 * Turns a pattern into a program for our matcher: a list of numbers, an operation and its operands each. Lookbehinds run from right to
 * left, as in the specification, so every operation that reads comes in two directions.
 */

import { Words } from '../core/primordials.js'
import { refusePattern } from './regexp-parse.js'

/** Operations, with their operands. Constants of their own, because properties of an object are slower to read. */
/** set, direction */
export const charOp = 0
/** Takes as many as it can: set, min, max, direction */
export const runOp = 1
/** Takes as few as it can: set, min, max, direction */
export const lazyRunOp = 2
/** first, second */
export const splitOp = 3
/** target */
export const jumpOp = 4
/** register */
export const saveOp = 5
/** isEnd, multiline */
export const edgeOp = 6
/** set, not */
export const wordOp = 7
/** not, end of its program */
export const lookOp = 8
/** The lookaround, or the whole pattern, has matched. */
export const doneOp = 9
/** number of the list of captures, ignoreCase, direction */
export const refOp = 10
/** register, value */
export const setOp = 11
/** counter, min, max, lazy, exit */
export const loopOp = 12
/** counter, min, position, start */
export const againOp = 13
/** from, to: captures that each iteration resets */
export const clearOp = 14

const forwards = 1
const backwards = -1
/** Maximum length of a program. Counted repetitions do not multiply, so only a long pattern makes it long. */
const longest = 1_000_000
export const endless = 0x7fffffff

/**
 * `{ code, registers, references }`: registers 2n and 2n + 1 hold the start and the end of capture n. Other registers hold counters and
 * positions.
 */
export function compilePattern({ body, groups }) {
  const code = []
  const references = []
  let registers = 2 * (groups + 1)

  const emit = (...numbers) => {
    const at = code.length
    if (at > longest) refusePattern('is too long')
    for (let i = 0; i < numbers.length; i++) code[at + i] = numbers[i]
    return at
  }

  function visit(node, direction) {
    switch (node.type) {
      case 'char':
        emit(charOp, node.set, direction)
        return
      case 'seq':
        for (let i = 0; i < node.list.length; i++)
          visit(node.list[direction === forwards ? i : node.list.length - 1 - i], direction)
        return
      case 'alt':
        alternatives(node.list, direction)
        return
      case 'group':
        if (node.index > 0) emit(saveOp, 2 * node.index + (direction === forwards ? 0 : 1))
        visit(node.body, direction)
        if (node.index > 0) emit(saveOp, 2 * node.index + (direction === forwards ? 1 : 0))
        return
      case 'edge':
        emit(edgeOp, +node.end, +node.multiline)
        return
      case 'word':
        emit(wordOp, node.set, +node.not)
        return
      case 'look': {
        const at = emit(lookOp, +node.not, 0)
        visit(node.body, node.behind ? backwards : forwards)
        emit(doneOp)
        code[at + 2] = code.length
        return
      }
      case 'ref':
        references[references.length] = node.indices
        emit(refOp, references.length - 1, +node.ignoreCase, direction)
        return
      default:
        loop(node, direction)
    }
  }

  function alternatives(list, direction) {
    const ends = []
    for (let i = 0; i < list.length; i++) {
      if (i === list.length - 1) visit(list[i], direction)
      else {
        const at = emit(splitOp, code.length + 3, 0)
        visit(list[i], direction)
        ends[i] = emit(jumpOp, 0)
        code[at + 2] = code.length
      }
    }
    for (let i = 0; i < ends.length; i++) code[ends[i] + 1] = code.length
  }

  function loop({ min, max, lazy, body, from, to }, direction) {
    const least = min < endless ? min : endless
    const most = max < endless ? max : endless
    if (most === 0) return
    if (body.type === 'char') {
      emit(lazy ? lazyRunOp : runOp, body.set, least, most, direction)
      return
    }
    const counter = registers
    const position = registers + 1
    registers += 2
    emit(setOp, counter, 0)
    const start = emit(loopOp, counter, least, most, +lazy, 0)
    emit(saveOp, position)
    if (to > from) emit(clearOp, 2 * from, 2 * to)
    visit(body, direction)
    emit(againOp, counter, least, position, start)
    code[start + 5] = code.length
  }

  emit(saveOp, 0)
  visit(body, forwards)
  emit(saveOp, 1)
  emit(doneOp)
  const program = new Words(code.length)
  for (let i = 0; i < code.length; i++) program[i] = code[i]
  return { __proto__: null, code: program, registers, references }
}
