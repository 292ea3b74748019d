/**
 * Our matcher: the specification's backtracking, with its choices on a stack of its own and a price for every step. A pattern with which
 * the engine's matcher could run for ever makes the call run out of fuel here.
 */
import { methodsOf, Words } from '../core/primordials.js'
import { choice, greedyRun, lazyRun, open, push, register } from './regexp-choices.js'
import {
  againOp,
  charOp,
  clearOp,
  edgeOp,
  endless,
  jumpOp,
  lazyRunOp,
  lookOp,
  loopOp,
  refOp,
  runOp,
  saveOp,
  setOp,
  splitOp,
  wordOp,
} from './regexp-compile.js'
import { isPair } from './regexp-scan.js'
import { settle, step } from './regexp-steps.js'
import { after, afterCapture, before, hold, isEdge, read } from './regexp-text.js'

const { charCodeAt } = methodsOf(String.prototype)

/** Starts and ends of captures, and counters of loops; −1 if unset. */
let registers = new Words(64)

/** The text of the current match. */
let text = ''
let code
let sets
let isUnicode = false
let references

/**
 * Searches for a match that begins at `from` or, unless `onlyThere`, after it. Returns the registers, valid until the next call, or null.
 */
export function findMatch(program, input, from, onlyThere) {
  text = input
  hold(input, program.sets.list, program.isUnicode)
  code = program.code
  sets = program.sets.list
  isUnicode = program.isUnicode
  references = program.references
  if (registers.length < program.registers) registers = new Words(2 * program.registers)
  const { first } = program
  let start = from
  if (isUnicode && start > 0 && isPair(text, start - 1)) start -= 1
  try {
    for (; start <= text.length; start += isUnicode && isPair(text, start) ? 2 : 1) {
      step(1)
      if (first === null || (start < text.length && sets[first].has(read(start)))) {
        open.height = 0
        for (let i = 0; i < program.registers; i++) registers[i] = -1
        step(program.registers >> 2)
        if (run(0, start, 0) >= 0) return registers
      }
      if (onlyThere) break
    }
    return null
  } finally {
    settle()
    text = ''
    hold('', null, false)
  }
}

function save(index, value) {
  push(register, index, registers[index], 0)
  registers[index] = value
}

/**
 * Runs from an operation and a position. Returns the position where the program is done, or −1. The run owns the choices from `base` on.
 */
function run(startAt, startPos, base) {
  let at = startAt
  let pos = startPos
  for (;;) {
    step(1)
    let failed = false
    switch (code[at]) {
      case charOp: {
        const next = after(code[at + 1], pos, code[at + 2])
        if (next >= 0) {
          pos = next
          at += 3
        } else failed = true
        break
      }
      case runOp: {
        const end = runEnd(at, pos)
        if (end >= 0) {
          pos = end
          at += 5
        } else failed = true
        break
      }
      case lazyRunOp: {
        const min = code[at + 2]
        let next = pos
        let count = 0
        for (; count < min && next >= 0; count++) next = after(code[at + 1], next, code[at + 4])
        step(count)
        if (next >= 0) {
          if (count < code[at + 3]) push(lazyRun, at, next, count)
          pos = next
          at += 5
        } else failed = true
        break
      }
      case splitOp:
        push(choice, code[at + 2], pos, 0)
        at = code[at + 1]
        break
      case jumpOp:
        at = code[at + 1]
        break
      case saveOp:
        save(code[at + 1], pos)
        at += 2
        break
      case setOp:
        save(code[at + 1], code[at + 2])
        at += 3
        break
      case clearOp:
        for (let i = code[at + 1]; i < code[at + 2]; i++) if (registers[i] >= 0) save(i, -1)
        step((code[at + 2] - code[at + 1]) >> 2)
        at += 3
        break
      case edgeOp:
        if (isEdge(code[at + 1] === 1, code[at + 2] === 1, pos)) at += 3
        else failed = true
        break
      case wordOp: {
        const set = sets[code[at + 1]]
        const left = pos > 0 && set.has(charCodeAt(text, pos - 1))
        const right = pos < text.length && set.has(charCodeAt(text, pos))
        if ((left !== right) === (code[at + 2] === 0)) at += 3
        else failed = true
        break
      }
      case lookOp:
        if (look(at, pos)) at = code[at + 2]
        else failed = true
        break
      case refOp: {
        const captures = references[code[at + 1]]
        const next = afterCapture(registers, captures, pos, code[at + 2] === 1, code[at + 3])
        if (next >= 0) {
          pos = next
          at += 4
        } else failed = true
        break
      }
      case loopOp: {
        const count = registers[code[at + 1]]
        if (count < code[at + 2]) at += 6
        else if (count >= code[at + 3]) at = code[at + 5]
        else if (code[at + 4] === 1) {
          push(choice, at + 6, pos, 0)
          at = code[at + 5]
        } else {
          push(choice, code[at + 5], pos, 0)
          at += 6
        }
        break
      }
      case againOp: {
        const count = registers[code[at + 1]]
        // An optional iteration that matches nothing does not count.
        if (count >= code[at + 2] && registers[code[at + 3]] === pos) failed = true
        else {
          save(code[at + 1], count < endless ? count + 1 : count)
          at = code[at + 4]
        }
        break
      }
      default:
        return pos
    }
    if (!failed) continue
    for (;;) {
      if (open.height === base) return -1
      step(1)
      open.height -= 4
      const kind = open.words[open.height]
      if (kind === register) {
        registers[open.words[open.height + 1]] = open.words[open.height + 2]
        continue
      }
      if (kind === choice) {
        at = open.words[open.height + 1]
        pos = open.words[open.height + 2]
        break
      }
      if (kind === greedyRun ? shorter() : longer()) {
        at = resumeAt
        pos = resumePos
        break
      }
    }
  }
}

let resumeAt = 0
let resumePos = 0

/** Makes a greedy run one character shorter. */
function shorter() {
  const at = open.words[open.height + 1]
  const least = open.words[open.height + 2]
  const direction = code[at + 4]
  const pos = before(open.words[open.height + 3], direction)
  if (pos !== least) {
    open.words[open.height + 3] = pos
    open.height += 4
  }
  resumeAt = at + 5
  resumePos = pos
  return true
}

/** Makes a lazy run one character longer. */
function longer() {
  const at = open.words[open.height + 1]
  const pos = after(code[at + 1], open.words[open.height + 2], code[at + 4])
  if (pos < 0) return false
  const count = open.words[open.height + 3] + 1
  if (count < code[at + 3]) {
    open.words[open.height + 2] = pos
    open.words[open.height + 3] = count
    open.height += 4
  }
  resumeAt = at + 5
  resumePos = pos
  return true
}

/** The end of a run that takes all it can; −1 if that is too little. */
function runEnd(at, start) {
  const set = code[at + 1]
  const min = code[at + 2]
  const max = code[at + 3]
  const direction = code[at + 4]
  let count = 0
  let pos = start
  let least = start
  while (count < max) {
    const next = after(set, pos, direction)
    if (next < 0) break
    pos = next
    count += 1
    if (count === min) least = pos
    if ((count & 63) === 0) step(32)
  }
  step((count & 63) >> 1)
  if (count < min) return -1
  if (count > min) push(greedyRun, at, least, pos)
  return pos
}

/** Keeps the captures of a lookaround, and drops its choices. */
function look(at, pos) {
  const base = open.height
  const found = run(at + 3, pos, base) >= 0
  const isNegative = code[at + 1] === 1
  if (found && isNegative) {
    while (open.height > base) {
      open.height -= 4
      if (open.words[open.height] === register)
        registers[open.words[open.height + 1]] = open.words[open.height + 2]
    }
  } else if (found) {
    let kept = base
    for (let entry = base; entry < open.height; entry += 4) {
      step(1)
      if (open.words[entry] !== register) continue
      for (let i = 0; i < 4; i++) open.words[kept + i] = open.words[entry + i]
      kept += 4
    }
    open.height = kept
  }
  return found !== isNegative
}
