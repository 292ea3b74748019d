/**
 * The part of `Buffer` that scripts of 2017 use: bytes with text conversions, comparison, search, and numbers at offsets. Instances are
 * Uint8Arrays with another prototype, so every function that takes bytes accepts them.
 */

import {
  apply,
  Bytes,
  create,
  defineProperty,
  fix,
  getPrototypeOf,
  give,
  isArray,
  isNaNumber,
  memoryLength,
  put,
  setPrototypeOf,
  trunc,
  typedArrayLength,
  typedArrayName,
  uncurry,
  viewMemory,
  viewStart,
} from '../core/primordials.js'
import { charge } from '../metering/meter.js'
import { flat, pricesOf } from '../metering/prices.js'
import { isObject } from '../metering/pricing.js'
import { addNumbers } from './buffer-numbers.js'
import { bytesOfText, encodingNamed, textOfBytes } from './text.js'

const price = pricesOf('Buffer')
const methodPrice = pricesOf('Buffer.prototype')
const fillBytes = uncurry(Bytes.prototype.fill)
const maxBytes = 0x7fffffff
/** Units for determining the type of a buffer's source. */
const fromAnything = 128
/** Units for testing whether an object is an ArrayBuffer. */
const askedPrice = 512

export function createBuffer(makeError) {
  const fail = (message, code) => {
    throw makeError('TypeError', message, code)
  }
  const makeBuffer = (bytes) => {
    setPrototypeOf(bytes, prototype)
    return bytes
  }
  const requireEncoding = (name) =>
    encodingNamed(name) ?? fail(`Unknown encoding: ${name}`, 'ERR_UNKNOWN_ENCODING')
  const isBytes = (value) =>
    typeof value === 'object' && value !== null && typedArrayName(value) === 'Uint8Array'
  const requireBytes = (value) =>
    isBytes(value)
      ? value
      : fail('The argument must be a Buffer or Uint8Array', 'ERR_INVALID_ARG_TYPE')
  const bytesOf = (value, encoding) =>
    typeof value === 'string' ? bytesOfText(value, requireEncoding(encoding)) : requireBytes(value)
  const requireSize = (size) => {
    if (typeof size !== 'number' || !(size >= 0 && size <= maxBytes))
      fail('The size must be a number of bytes', 'ERR_INVALID_ARG_VALUE')
  }
  const alloc = (size) => {
    charge(flat.object)
    requireSize(size)
    charge(size * price.alloc.bytes)
    return makeBuffer(new Bytes(size))
  }

  function Buffer(value, encodingOrOffset, length) {
    charge(fromAnything)
    return typeof value === 'number' ? alloc(value) : from(value, encodingOrOffset, length)
  }

  function from(value, encodingOrOffset, length) {
    if (typeof value === 'string')
      return makeBuffer(bytesOfText(value, requireEncoding(encodingOrOffset)))
    if (typeof value !== 'object' || value === null)
      fail('The first argument must be a string, bytes or an array', 'ERR_INVALID_ARG_TYPE')
    if (isMemory(value))
      return makeBuffer(
        length === undefined
          ? new Bytes(value, encodingOrOffset ?? 0)
          : new Bytes(value, encodingOrOffset, length),
      )
    if (typedArrayName(value) !== undefined) return copyOf(value, typedArrayLength(value))
    const list = value.type === 'Buffer' && isArray(value.data) ? value.data : value
    return copyOf(list, typeof list.length === 'number' ? list.length : 0)
  }

  function copyOf(list, length) {
    requireSize(length)
    charge(length * price.from.items)
    const buffer = alloc(length)
    for (let i = 0; i < length; i++) buffer[i] = list[i]
    return buffer
  }

  /** Start and end of a range, as `slice` reads them. */
  const clamp = (value, length, byDefault) => {
    if (value === undefined) return byDefault
    const at = trunc(+value)
    const whole = isNaNumber(at) ? 0 : at
    return whole < 0 ? (whole + length > 0 ? whole + length : 0) : whole < length ? whole : length
  }

  const compare = (left, right) => {
    const leftLength = typedArrayLength(requireBytes(left))
    const rightLength = typedArrayLength(requireBytes(right))
    charge(leftLength < rightLength ? leftLength : rightLength)
    for (let i = 0; i < leftLength && i < rightLength; i++)
      if (left[i] !== right[i]) return left[i] < right[i] ? -1 : 1
    return leftLength === rightLength ? 0 : leftLength < rightLength ? -1 : 1
  }

  const find = (buffer, value, from, encoding, step) => {
    const length = typedArrayLength(requireBytes(buffer))
    const wanted =
      typeof value === 'number'
        ? oneByte(value)
        : bytesOf(value, typeof from === 'string' ? from : encoding)
    const wantedLength = typedArrayLength(wanted)
    const start = typeof from === 'string' ? undefined : from
    let at = clamp(start, length, step > 0 ? 0 : length)
    if (at > length - wantedLength && step < 0) at = length - wantedLength
    for (; at >= 0 && at + wantedLength <= length; at += step) {
      let i = 0
      while (i < wantedLength && buffer[at + i] === wanted[i]) i += 1
      charge(i + 1)
      if (i === wantedLength) return at
    }
    return -1
  }

  const statics = {
    from: (value, encodingOrOffset, length) => from(value, encodingOrOffset, length),
    alloc(size, fill, encoding) {
      const buffer = alloc(size)
      return fill === undefined || fill === 0
        ? buffer
        : apply(methods.fill, buffer, [fill, 0, size, encoding])
    },
    allocUnsafe: (size) => alloc(size),
    allocUnsafeSlow: (size) => alloc(size),
    isBuffer: (value) => isBytes(value) && isOurs(value),
    isEncoding: (name) => typeof name === 'string' && encodingNamed(name) !== null,
    byteLength: (value, encoding) =>
      isObject(value) && isMemory(value)
        ? memoryLength(value)
        : typedArrayLength(bytesOf(value, encoding)),
    compare,
    concat(list, totalLength) {
      if (!isArray(list)) fail('The list must be an array', 'ERR_INVALID_ARG_TYPE')
      let length = 0
      for (let i = 0; i < list.length; i++) length += typedArrayLength(requireBytes(list[i]))
      const whole = alloc(totalLength ?? length)
      charge(length * price.concat.elements)
      for (let i = 0, at = 0; i < list.length; i++) {
        const part = list[i]
        for (let j = 0; j < typedArrayLength(part) && at < typedArrayLength(whole); j++)
          whole[at++] = part[j]
      }
      return whole
    },
  }

  const methods = {
    toString(encoding, start, end) {
      const length = typedArrayLength(requireBytes(this))
      const from = clamp(start, length, 0)
      return textOfBytes(this, requireEncoding(encoding), from, clamp(end, length, length))
    },
    toLocaleString(encoding, start, end) {
      return apply(methods.toString, this, [encoding, start, end])
    },
    toJSON() {
      const data = []
      charge(typedArrayLength(requireBytes(this)) * methodPrice.toJSON.items)
      for (let i = 0; i < typedArrayLength(requireBytes(this)); i++) put(data, i, this[i])
      return { type: 'Buffer', data }
    },
    equals(other) {
      return compare(this, other) === 0
    },
    compare(other) {
      return compare(this, other)
    },
    slice(start, end) {
      const length = typedArrayLength(requireBytes(this))
      const from = clamp(start, length, 0)
      const to = clamp(end, length, length)
      return makeBuffer(
        new Bytes(viewMemory(this), viewStart(this) + from, to > from ? to - from : 0),
      )
    },
    copy(target, targetStart, start, end) {
      const length = typedArrayLength(requireBytes(this))
      const at = targetStart ?? 0
      const from = clamp(start, length, 0)
      let count = clamp(end, length, length) - from
      if (count > typedArrayLength(requireBytes(target)) - at) count = typedArrayLength(target) - at
      if (count <= 0) return 0
      const part = copyOf(apply(methods.slice, this, [from, from + count]), count)
      for (let i = 0; i < count; i++) target[at + i] = part[i]
      return count
    },
    write(text, offset, length, encoding) {
      const name =
        typeof offset === 'string' ? offset : typeof length === 'string' ? length : encoding
      const at = typeof offset === 'number' ? offset : 0
      const bytes = bytesOfText(`${text}`, requireEncoding(name))
      const room = typedArrayLength(requireBytes(this)) - at
      let count = typedArrayLength(bytes)
      if (count > room) count = room
      if (typeof length === 'number' && count > length) count = length
      for (let i = 0; i < count; i++) this[at + i] = bytes[i]
      return count > 0 ? count : 0
    },
    fill(value, start, end, encoding) {
      charge(typedArrayLength(requireBytes(this)) * methodPrice.fill.elements)
      if (typeof value !== 'string') return fillBytes(this, value, start, end)
      const pattern = bytesOfText(
        value,
        requireEncoding(typeof start === 'string' ? start : encoding),
      )
      const length = typedArrayLength(requireBytes(this))
      const from = typeof start === 'string' ? 0 : clamp(start, length, 0)
      const size = typedArrayLength(pattern)
      for (let i = from; i < clamp(end, length, length); i++)
        this[i] = size === 0 ? 0 : pattern[(i - from) % size]
      return this
    },
    indexOf(value, from, encoding) {
      return find(this, value, from, encoding, 1)
    },
    lastIndexOf(value, from, encoding) {
      return find(this, value, from, encoding, -1)
    },
    includes(value, from, encoding) {
      return find(this, value, from, encoding, 1) !== -1
    },
  }
  addNumbers(methods, requireBytes)

  const prototype = create(Bytes.prototype)
  for (const name in methods) give(prototype, name, methods[name])
  for (const name in statics) give(Buffer, name, statics[name])
  give(prototype, 'constructor', Buffer)
  defineProperty(Buffer, 'prototype', { __proto__: null, value: prototype, writable: false })
  fix(Buffer, 'poolSize', 0)
  setPrototypeOf(Buffer, Bytes)
  return { Buffer, makeBuffer }

  function isOurs(value) {
    for (let p = getPrototypeOf(value); p !== null; p = getPrototypeOf(p))
      if (p === prototype) return true
    return false
  }
}

function oneByte(value) {
  const bytes = new Bytes(1)
  bytes[0] = value
  return bytes
}

/** The engine throws for anything but an ArrayBuffer. */
function isMemory(value) {
  if (isArray(value) || typedArrayName(value) !== undefined) return false
  charge(askedPrice)
  try {
    memoryLength(value)
    return true
  } catch {
    return false
  }
}
