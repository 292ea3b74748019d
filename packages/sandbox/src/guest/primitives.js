/** What an object is as a primitive value: ToPrimitive of the specification, in words that let the result be looked at before it is used. */

import { isObject } from './pricing.js'
import { apply } from './primordials.js'

const { toPrimitive } = Symbol

export function numberPrimitive(object) {
  return primitive(object, 'number')
}

export function textPrimitive(object) {
  return primitive(object, 'string')
}

/** `hint` as an operator gives it. */
export function primitive(object, hint) {
  const convert = object[toPrimitive]
  if (convert !== undefined && convert !== null) {
    const value = apply(convert, object, [hint])
    if (!isObject(value)) return value
  } else {
    for (let i = 0; i < 2; i++) {
      const method = (i === 0) === (hint !== 'string') ? object.valueOf : object.toString
      if (typeof method !== 'function') continue
      const value = apply(method, object, [])
      if (!isObject(value)) return value
    }
  }
  throw new TypeError('Cannot convert object to primitive value')
}
