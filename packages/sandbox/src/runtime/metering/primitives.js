/** ToPrimitive of the specification, in JavaScript, so that the runtime can check the result before it is used. */

import { apply } from '../core/primordials.js'
import { enter, leave } from './meter.js'
import { isObject } from './pricing.js'

const { toPrimitive } = Symbol
/** Units of depth of one conversion. An object may convert itself while it is converted. */
const stepDepth = 2

export function numberPrimitive(object) {
  return primitive(object, 'number')
}

export function textPrimitive(object) {
  return primitive(object, 'string')
}

/** `hint`: as the operator gives it. */
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
