/** Buffers and typed arrays. */

import {
  apply,
  getPrototypeOf,
  hasOwn,
  keys,
  memoryLength,
  methodsOf,
  typedArrayLength,
  typedArrayName,
  viewLength,
} from '../core/primordials.js'
import { charge } from '../metering/meter.js'
import { metered, sizeOf } from '../metering/metered-iterables.js'
import { wrapConstructor } from '../metering/priced-constructors.js'
import { flat, pricesOf } from '../metering/prices.js'
import { isObject, itemsOf, levels, pay, payForLength, wrap, wrapOne } from '../metering/pricing.js'

const TypedArray = getPrototypeOf(Uint8Array)
const price = pricesOf('%TypedArray%.prototype')
const bufferPrice = pricesOf('ArrayBuffer.prototype')
const globalPrice = pricesOf('globalThis')
const fromPrice = pricesOf('%TypedArray%').from.iterated
const t = methodsOf(TypedArray.prototype)
const b = methodsOf(ArrayBuffer.prototype)
const statics = methodsOf(TypedArray)
const { transfer, transferToFixedLength } = ArrayBuffer.prototype

export function installBytePrices() {
  const names = keys(globalPrice)
  for (let i = 0; i < names.length; i++)
    if (globalPrice[names[i]].elements !== undefined) installKind(names[i], globalPrice[names[i]])
  wrapConstructor('ArrayBuffer', (given) => {
    const options = given[1]
    let bytes = +given[0]
    given[0] = bytes
    if (isObject(options)) {
      const maxByteLength = options.maxByteLength
      given[1] = { __proto__: null, maxByteLength }
      if (+maxByteLength > bytes) bytes = +maxByteLength
    }
    payForLength(bytes, globalPrice.ArrayBuffer.bytes)
  })
  wrapConstructor('DataView', () => charge(flat.object))
  wrap(ArrayBuffer.prototype, buffers)
  wrap(TypedArray, {
    from(items, visit, self) {
      const counted = items === undefined || items === null ? items : meteredList(items, fromPrice)
      return statics.from(this, counted, visit, self)
    },
  })
  wrap(TypedArray.prototype, typed)
  perElement()
}

/** Units for looking what an object is that a typed array is made of. */
const fromObject = 192

function installKind(name, price) {
  const Kind = globalThis[name]
  if (Kind === undefined) return
  const width = Kind.BYTES_PER_ELEMENT
  wrapConstructor(name, (given) => {
    const first = given[0]
    charge(flat.object)
    if (!isObject(first)) {
      const count = +first
      payForLength(count * width, price.bytes)
      given[0] = count
    } else if (isBuffer(first)) charge(flat.call)
    else if (typedArrayName(first) !== undefined) pay(typedArrayLength(first), price.elements)
    else {
      charge(fromObject)
      given[0] = meteredList(first, price.iterated)
    }
  })
}

/** An iterable or a list, paid for by its items. */
function meteredList(items, price) {
  const counted = metered(items, price)
  if (counted === items && sizeOf(items) < 0) pay(itemsOf(items), price)
  return counted
}

function isBuffer(value) {
  try {
    memoryLength(value)
    return true
  } catch {
    return false
  }
}

const buffers = {
  slice(start, end) {
    pay(memoryLength(this), bufferPrice.slice.bytes)
    return b.slice(this, start, end)
  },
  resize(length) {
    const bytes = +length
    payForLength(bytes, bufferPrice.resize.bytes)
    return b.resize(this, bytes)
  },
  transfer(...given) {
    return transferred(transfer, this, given, bufferPrice.transfer)
  },
  transferToFixedLength(...given) {
    return transferred(transferToFixedLength, this, given, bufferPrice.transferToFixedLength)
  },
}

function transferred(native, buffer, given, price) {
  let bytes = memoryLength(buffer)
  if (given.length > 0 && given[0] !== undefined) {
    given[0] = +given[0]
    if (given[0] > bytes) bytes = given[0]
  }
  payForLength(bytes, price.bytes)
  return apply(native, buffer, given)
}

const typed = {
  set(source, offset) {
    const { items, elements } = price.set
    pay(itemsOf(source), typedArrayName(source) === undefined ? items : elements)
    return t.set(this, source, offset)
  },
  includes(item, from) {
    pay(typedArrayLength(this), price.includes.items)
    return t.includes(this, item, from)
  },
  indexOf(item, from) {
    pay(typedArrayLength(this), price.indexOf.items)
    return t.indexOf(this, item, from)
  },
  sort(compare) {
    const items = typedArrayLength(this)
    pay(items, levels(items) * price.sort.sortedItems)
    return t.sort(this, compare)
  },
  toSorted(compare) {
    const items = typedArrayLength(this)
    pay(items, levels(items) * price.toSorted.sortedItems)
    return t.toSorted(this, compare)
  },
}

/** Wraps the methods of the price table that `typed` leaves out: each pays for all elements or bytes, whose number is at hand. */
function perElement() {
  const names = keys(price)
  for (let i = 0; i < names.length; i++) {
    const name = names[i]
    if (hasOwn(typed, name)) continue
    const native = TypedArray.prototype[name]
    const { bytes, items } = price[name]
    const sizeOf = bytes === undefined ? typedArrayLength : viewLength
    const units = bytes ?? items
    wrapOne(
      TypedArray.prototype,
      name,
      {
        [name](...given) {
          pay(sizeOf(this), units)
          return apply(native, this, given)
        },
      }[name],
    )
  }
}
