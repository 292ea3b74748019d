/** What an object is as a primitive value: ToPrimitive of the specification, in words that let the result be looked at before it is used. */

import { apply } from '../core/primordials.js'
import { enter, leave } from './meter.js'
import { isObject } from './pricing.js'

const { toPrimitive } = Symbol
/** Units of depth of asking an object, which may answer by asking itself. */
const stepDepth = 2

export function numberPrimitive(object) {
  return primitive(object, 'number')
}

export function textPrimitive(object) {
  return primitive(object, 'string')
}

/** `hint` as an operator gives it. */
export function primitive(object, hint) {
  enter(stepDepth)
  try {
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
  } finally {
    leave(stepDepth)
  }
  throw new TypeError('Cannot convert object to primitive value')
}
