/**
 * Shows values as text, for the console and for thrown values that are no errors. It runs no getter, is bounded in depth and size, and pays
 * for what it visits.
 */

import {
  bigintText,
  dateIso,
  eachOfMap,
  eachOfSet,
  functionText,
  getOwnPropertyDescriptor,
  hasOwn,
  isArray,
  isError,
  mapSize,
  NativeDate,
  ownKeys,
  setSize,
  sliceText,
  stringify,
  symbolText,
  typedArrayLength,
  typedArrayName,
} from '../core/primordials.js'
import { payForBigText } from '../metering/conversions.js'
import { charge } from '../metering/meter.js'
import { flat, rate } from '../metering/prices.js'
import { payForTable } from '../metering/pricing.js'

const depthShown = 4
const itemsShown = 100
/** Maximum number of indexes that are visited in a sparse array. */
const itemsLooked = 1_000
/** Units for determining an object's type. The engine throws once for each type that it is not. */
const objectPrice = 1_024
/** Units per shown item. */
const shownPrice = 64
const unitsShown = 4_096

/** Describes a thrown value. */
export function describeThing(value) {
  switch (typeof value) {
    case 'string':
      return value
    case 'object':
      return value === null ? 'null' : isArray(value) ? 'an array' : 'an object'
    case 'function':
      return 'a function'
    case 'symbol':
      return symbolText(value)
    case 'bigint':
      payForBigText(value)
      return `${bigintText(value)}n`
    default:
      return `${value}`
  }
}

export function inspect(value, reportOf) {
  let room = unitsShown
  const show = (value, depth) => {
    if (room <= 0) return '…'
    const text = showAny(value, depth)
    room -= text.length
    return text
  }
  const showAny = (value, depth) => {
    switch (typeof value) {
      case 'string':
        return stringify(value.length > unitsShown ? `${sliceText(value, 0, unitsShown)}…` : value)
      case 'function':
        return sliceText(functionText(value), 0, 5) === 'class' ? '[class]' : '[function]'
      case 'object':
        return value === null ? 'null' : showObject(value, depth)
      case 'number':
        return value === 0 && 1 / value < 0 ? '-0' : `${value}`
      default:
        return describeThing(value)
    }
  }
  const showObject = (object, depth) => {
    charge(objectPrice)
    if (isError(object)) {
      charge(flat.shownError)
      return `[${reportOf(object)}]`
    }
    const bytes = typedArrayName(object)
    if (bytes !== undefined) return `${bytes}(${typedArrayLength(object)})`
    const time = attempt(dateIso, object)
    if (time !== null) return time
    if (depth === depthShown) return isArray(object) ? '[…]' : '{…}'
    if (attempt(mapSize, object) !== null) {
      charge(mapSize(object) * rate.visitItem)
      return list('Map {', '}', (item) =>
        eachOfMap(object, (value, key) =>
          item(() => `${show(key, depth + 1)} => ${show(value, depth + 1)}`),
        ),
      )
    }
    if (attempt(setSize, object) !== null) {
      charge(setSize(object) * rate.visitItem)
      return list('Set {', '}', (item) =>
        eachOfSet(object, (value) => item(() => show(value, depth + 1))),
      )
    }
    const shown = (property) =>
      hasOwn(property, 'value') ? show(property.value, depth + 1) : '[accessor]'
    if (isArray(object)) return list('[', ']', (item) => eachItem(object, shown, item))
    return list('{', '}', (item) => {
      const names = ownKeys(object)
      payForTable(names.length, rate.key)
      for (let i = 0; i < names.length; i++) {
        const name = names[i]
        const property = getOwnPropertyDescriptor(object, name)
        if (property === undefined || !property.enumerable) continue
        const isFull = item(
          () => `${typeof name === 'symbol' ? `[${symbolText(name)}]` : name}: ${shown(property)}`,
        )
        if (isFull) return names.length - 1 - i
      }
      return 0
    })
  }
  /** Visits the existing items. Returns how many more there may be. */
  const eachItem = (array, shown, item) => {
    const { length } = array
    for (let i = 0; i < length; i++) {
      charge(rate.key)
      const property = getOwnPropertyDescriptor(array, i)
      if (property !== undefined && item(() => shown(property))) return length - 1 - i
      if (i >= itemsLooked) return length - 1 - i
    }
    return 0
  }
  const list = (open, close, each) => {
    let text = ''
    let count = 0
    const more = each((make) => {
      count += 1
      if (count > itemsShown || room <= 0) return true
      charge(shownPrice)
      text += text === '' ? make() : `, ${make()}`
      return false
    })
    if (more > 0) count += more
    if (count > itemsShown) text += `, and ${count - itemsShown} more`
    return `${open}${text === '' || open === '[' ? '' : ' '}${text}${text === '' || open === '[' ? '' : ' '}${close}`
  }
  return show(value, 0)
}

function attempt(method, object) {
  try {
    return method(object)
  } catch {
    return null
  }
}

/** Kept so that the runtime recognises a script's Date whatever its prototype is. */
export const datePrototype = NativeDate.prototype
