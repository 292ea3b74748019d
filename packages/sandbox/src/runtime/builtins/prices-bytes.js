/** Buffers and typed arrays. */

import {
  apply,
  getPrototypeOf,
  memoryLength,
  methodsOf,
  typedArrayLength,
  typedArrayName,
  viewLength,
} from '../core/primordials.js'
import { charge } from '../metering/meter.js'
import { metered, sizeOf } from '../metering/metered-iterables.js'
import { wrapConstructor } from '../metering/priced-constructors.js'
import { flat, rate } from '../metering/prices.js'
import {
  isObject,
  itemsOf,
  levels,
  pay,
  payForLength,
  payForSearch,
  wrap,
  wrapOne,
} from '../metering/pricing.js'

const TypedArray = getPrototypeOf(Uint8Array)
const t = methodsOf(TypedArray.prototype)
const b = methodsOf(ArrayBuffer.prototype)
const statics = methodsOf(TypedArray)
const { transfer, transferToFixedLength } = ArrayBuffer.prototype

const kinds = [
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'BigInt64Array',
  'BigUint64Array',
  'Float16Array',
  'Float32Array',
  'Float64Array',
]

export function installBytePrices() {
  for (let i = 0; i < kinds.length; i++) installKind(kinds[i])
  wrapConstructor('ArrayBuffer', (given) => {
    const options = given[1]
    let bytes = +given[0]
    given[0] = bytes
    if (isObject(options)) {
      const maxByteLength = options.maxByteLength
      given[1] = { __proto__: null, maxByteLength }
      if (+maxByteLength > bytes) bytes = +maxByteLength
    }
    payForLength(bytes, rate.byte)
  })
  wrapConstructor('DataView', () => charge(flat.object))
  wrap(ArrayBuffer.prototype, buffers)
  wrap(TypedArray, {
    from(items, visit, self) {
      const counted = items === undefined || items === null ? items : meteredList(items)
      return statics.from(this, counted, visit, self)
    },
  })
  wrap(TypedArray.prototype, typed)
  perElement(
    ['copyWithin', 'fill', 'slice', 'toReversed', 'reverse', 'with'],
    rate.byte,
    viewLength,
  )
  perElement(['lastIndexOf'], rate.element)
  perElement(['every', 'filter', 'find', 'findIndex', 'findLast', 'findLastIndex'], rate.visitItem)
  perElement(['forEach', 'map', 'reduce', 'reduceRight', 'some'], rate.visitItem)
  perElement(['join', 'toLocaleString'], rate.textItem)
}

/** Units for looking what an object is that a typed array is made of. */
const fromObject = 192

function installKind(name) {
  const Kind = globalThis[name]
  if (Kind === undefined) return
  const bytes = Kind.BYTES_PER_ELEMENT
  wrapConstructor(name, (given) => {
    const first = given[0]
    charge(flat.object)
    if (!isObject(first)) {
      const count = +first
      payForLength(count * bytes, rate.byte)
      given[0] = count
    } else if (isBuffer(first)) charge(flat.call)
    else if (typedArrayName(first) !== undefined) pay(typedArrayLength(first), rate.element)
    else {
      charge(fromObject)
      given[0] = meteredList(first)
    }
  })
}

/** An iterable or a list, paid for by its items. */
function meteredList(items) {
  const counted = metered(items, rate.convertItem)
  if (counted === items && sizeOf(items) < 0) pay(itemsOf(items), rate.convertItem)
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
    pay(memoryLength(this), rate.byte)
    return b.slice(this, start, end)
  },
  resize(length) {
    const bytes = +length
    payForLength(bytes, rate.byte)
    return b.resize(this, bytes)
  },
  transfer(...given) {
    return transferred(transfer, this, given)
  },
  transferToFixedLength(...given) {
    return transferred(transferToFixedLength, this, given)
  },
}

function transferred(native, buffer, given) {
  let bytes = memoryLength(buffer)
  if (given.length > 0 && given[0] !== undefined) {
    given[0] = +given[0]
    if (given[0] > bytes) bytes = given[0]
  }
  payForLength(bytes, rate.byte)
  return apply(native, buffer, given)
}

const typed = {
  set(source, offset) {
    pay(itemsOf(source), typedArrayName(source) === undefined ? rate.convertItem : rate.element)
    return t.set(this, source, offset)
  },
  includes(item, from) {
    payForSearch(typedArrayLength(this), 0)
    return t.includes(this, item, from)
  },
  indexOf(item, from) {
    payForSearch(typedArrayLength(this), 0)
    return t.indexOf(this, item, from)
  },
  sort(compare) {
    const items = typedArrayLength(this)
    pay(items, levels(items) * (compare === undefined ? rate.sortElement : rate.sortItem))
    return t.sort(this, compare)
  },
  toSorted(compare) {
    const items = typedArrayLength(this)
    pay(items, levels(items) * (compare === undefined ? rate.sortElement : rate.sortItem))
    return t.toSorted(this, compare)
  },
}

/** A buffer's elements are at hand, so their number is the price of all of these. */
function perElement(names, price, sizeOf = typedArrayLength) {
  for (let i = 0; i < names.length; i++) {
    const native = TypedArray.prototype[names[i]]
    if (native === undefined) continue
    wrapOne(
      TypedArray.prototype,
      names[i],
      {
        [names[i]](...given) {
          pay(sizeOf(this), price)
          return apply(native, this, given)
        },
      }[names[i]],
    )
  }
}
