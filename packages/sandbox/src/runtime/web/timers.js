/** Timers on virtual time. They fire in the order of their due times, then of their creation, and waiting takes no real time. */

import { words } from '../core/bridge.js'
import { apply, give } from '../core/primordials.js'
import { charge } from '../metering/meter.js'
import { flat } from '../metering/prices.js'

const timerWord = 2
const longestDelayMs = 0x7fffffff

/** A linked list in the order of firing: `{ id, due, every, run, args, next }`. */
let first = null
let count = 0
let nextId = 1
/** Virtual milliseconds since the call began. */
let now = 0

export function installTimers(makeError) {
  const start = (run, due, every, args) => {
    if (typeof run !== 'function')
      throw makeError('TypeError', 'a timer needs a function', 'ERR_INVALID_ARG_TYPE')
    const id = nextId
    nextId += 1
    insert({ __proto__: null, id, due, every, run, args, next: null })
    return id
  }
  const later = (delay) => {
    const ms = +delay
    return ms >= 1 && ms <= longestDelayMs ? ms - (ms % 1) : 1
  }
  const clear = (id) => {
    for (let before = null, timer = first; timer !== null; before = timer, timer = timer.next) {
      if (timer.id !== id) continue
      if (before === null) first = timer.next
      else before.next = timer.next
      timer.every = 0
      setCount(count - 1)
      return
    }
    if (running !== null && running.id === id) running.every = 0
  }
  const functions = {
    setTimeout: (run, delay, ...args) => start(run, now + later(delay), 0, args),
    setInterval: (run, delay, ...args) => start(run, now + later(delay), later(delay), args),
    setImmediate: (run, ...args) => start(run, now, 0, args),
    clearTimeout: (id) => clear(id),
    clearInterval: (id) => clear(id),
    clearImmediate: (id) => clear(id),
  }
  for (const name in functions) give(globalThis, name, functions[name])
}

/** Drops all timers when a call begins or ends. */
export function dropTimers() {
  first = null
  now = 0
  setCount(0)
}

let running = null

/** Fires the next timer; its exceptions propagate. */
export function fireTimer() {
  const timer = first
  first = timer.next
  setCount(count - 1)
  now = timer.due
  running = timer
  try {
    apply(timer.run, undefined, timer.args)
  } finally {
    running = null
    if (timer.every !== 0) {
      timer.due = now + timer.every
      insert(timer)
    }
  }
}

function insert(timer) {
  setCount(count + 1)
  let before = null
  let steps = 0
  for (let other = first; other !== null && other.due <= timer.due; other = other.next) {
    before = other
    steps += 1
  }
  charge(flat.timer + steps)
  timer.next = before === null ? first : before.next
  if (before === null) first = timer
  else before.next = timer
}

function setCount(value) {
  count = value
  words[timerWord] = value
}
