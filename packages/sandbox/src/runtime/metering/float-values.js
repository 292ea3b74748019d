/**
 * Cleans values for arrays of floats. A NaN gets the bit pattern of the language's own constant. An object could convert to any other NaN,
 * so it is converted before the write, once and when the engine would do it.
 */

import { hasOwn, trunc, typedArrayLength, typedArrayName } from '../core/primordials.js'
import { isObject } from './pricing.js'
import { primitive } from './primitives.js'

const { isView } = ArrayBuffer
export const isFloats = {
  __proto__: null,
  Float16Array: true,
  Float32Array: true,
  Float64Array: true,
}

/** A value for memory: unchanged, except that a NaN gets its one pattern. */
export function cleanNumber(value) {
  // biome-ignore lint/suspicious/noSelfCompare: it is the shortest test for a NaN that lets anything else through
  return value === value ? value : NaN
}

/** The same for a value that the engine converts to a number in any case. */
export function cleanValue(value) {
  return cleanNumber(isObject(value) ? primitive(value, 'number') : value)
}

export function isFloatArray(value) {
  return isView(value) && isFloats[typedArrayName(value)] === true
}

/** Converts a value for a write at a number, if the target is an array of floats. */
export function received(value, target) {
  return isObject(value) && isFloatArray(target) ? cleanValue(value) : value
}

/** The target of a write by a text, a symbol or a number. */
export function writtenTo(target, name, value) {
  return isObject(value) && isFloatArray(target) && isPlace(name)
    ? cleanValue(value)
    : cleanNumber(value)
}

/** Whether a name of a property is a number's text, as the language means it. */
function isPlace(name) {
  if (typeof name === 'number') return true
  return typeof name === 'string' && (name === '-0' || `${+name}` === name)
}

const fields = ['enumerable', 'configurable', 'value', 'writable', 'get', 'set']

/** The descriptor of a property that is about to be defined in an array of floats by a text or a symbol, with a clean value. */
export function described(target, name, property) {
  if (!isObject(property)) return property
  const copy = { __proto__: null }
  for (let i = 0; i < fields.length; i++) {
    if (fields[i] in property) copy[fields[i]] = property[fields[i]]
  }
  if (hasOwn(copy, 'value') && isDefinable(target, name, copy)) copy.value = cleanValue(copy.value)
  return copy
}

/** Whether the engine would convert the value. */
function isDefinable(target, name, { configurable, enumerable, writable }) {
  if (!isPlace(name) || name === '-0') return false
  const place = +name
  if (!(place >= 0 && place < typedArrayLength(target)) || trunc(place) !== place) return false
  return configurable !== false && enumerable !== false && writable !== false
}
