/**
 * The one way out: a function of the host, and memory that both sides see. Neither ever reaches the script.
 *
 * Layout: 16 words (0 status, 1 length of the bytes, 2 number of timers, 3 left, 8 to 15 seed), 8 doubles (0 time, 1 size, 2 mtime,
 * 3 position), then bytes.
 */
import { Bytes, copyBytes, Doubles, typedArrayLength, Words } from './primordials.js'

const wordCount = 16
const doublesOffset = 64
const doubleCount = 8
const bytesOffset = 128

/** `host(operation, a, b, c)` returns a number, a string, or new shared memory. */
export let host
/** The host function itself, called without a source position. The search for a source position uses it. */
export let plainHost
export let words
export let doubles
let bytes
let room
let memory

export const status = { __proto__: null, running: 0, returned: 1, thrown: 2 }

/** `placeInScript` gives the source position of a question; null in a machine without tracing. */
export function connect(hostFunction, sharedMemory, placeInScript) {
  plainHost = hostFunction
  host =
    placeInScript === null
      ? hostFunction
      : (operation, a, b, c) => hostFunction(operation, a, b, c, placeInScript())
  share(sharedMemory)
}

/** Takes over the larger memory that the host has made. */
export function share(sharedMemory) {
  memory = sharedMemory
  words = new Words(memory, 0, wordCount)
  doubles = new Doubles(memory, doublesOffset, doubleCount)
  bytes = new Bytes(memory, bytesOffset)
  room = typedArrayLength(bytes)
}

/** Up to this many bytes, a loop copies faster than a view. */
const fewBytes = 64

/** A copy of the first bytes, in memory that the script may hold. */
export function takeBytes(length) {
  const copy = new Bytes(length)
  if (length <= fewBytes) for (let i = 0; i < length; i++) copy[i] = bytes[i]
  else copyBytes(copy, new Bytes(memory, bytesOffset, length))
  return copy
}

/** Writes bytes for the host. */
export function putBytes(source, length) {
  makeRoom(length)
  copyBytes(bytes, source)
}

/** Makes room for `length` bytes. Returns whether the memory had to grow. */
export function makeRoom(length) {
  if (length <= room) return false
  share(host('grow', length))
  return true
}
