/**
 * Constructors that pay. Our constructor replaces the engine's: it takes over its prototype and static properties, and the prototype names
 * it as `constructor`. `Array` stays the engine's, because V8's optimizations for arrays depend on it (see operators.js).
 */
import {
  apply,
  construct,
  defineProperty,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  give,
  ownKeys,
  setPrototypeOf,
} from '../core/primordials.js'

/** `prepare` pays for the arguments, and may replace them. */
export function wrapConstructor(name, prepare) {
  const Native = globalThis[name]
  if (Native === undefined) return
  const holder = {
    [name]: function (...given) {
      if (new.target === undefined) return apply(Native, this, given)
      prepare(given)
      return construct(Native, given, new.target)
    },
  }
  adopt(Native, holder[name])
  give(globalThis, name, holder[name])
}

/** Makes `ours` look like the engine's constructor. */
export function adopt(Native, ours) {
  const names = ownKeys(Native)
  for (let i = 0; i < names.length; i++) {
    const property = getOwnPropertyDescriptor(Native, names[i])
    if (names[i] === 'prototype') property.writable = false
    defineProperty(ours, names[i], property)
  }
  setPrototypeOf(ours, getPrototypeOf(Native))
  if (Native.prototype !== undefined) give(Native.prototype, 'constructor', ours)
}
