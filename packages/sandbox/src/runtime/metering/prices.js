/**
 * The price list. One unit of fuel is about one turn of an ordinary loop (2 ns where it was measured); a built-in whose work or memory
 * grows with its input pays before it runs. The rates were measured (`bench/prices.ts`) and lie between what the operation takes at
 * best and at worst. `price-table.js` says which built-in pays which rate. Both are part of the semantics number: a change of any figure
 * needs a new one.
 */

import { freeze, hasOwn, uncurry } from '../core/primordials.js'
import { priceTable } from './price-table.js'

const split = uncurry(String.prototype.split)

/** Units per item, character or byte, whatever the name of the rate says. Frozen, so that the compiler knows every figure. */
export const rate = freeze({
  /** An item of an array moved or copied: slice, splice, concat, shift, fill, with … */
  moveItem: 2,
  /** An item compared with another: indexOf, includes. */
  searchItem: 1,
  /** An item handed to a callback, besides what the callback itself costs. */
  visitItem: 3,
  /** An item put into an order, per level of the sort. */
  sortItem: 8,
  /** A primitive item made into text: join, toString. */
  textItem: 24,
  /** A key of an object listed, from a cached list or a hash table. */
  key: 8,
  /** A key listed for a `for…in` loop, which the engine looks up along the whole prototype chain. */
  listedKey: 32,
  /** An entry of an object, a Map or a Set copied or hashed. */
  entry: 32,
  /** An item spread into a list. */
  spreadItem: 1,
  /** An item that a pattern's rest element takes, by a step of an iterator. */
  restItem: 6,
  /** An item of a Map or a Set iterated, besides the use of the item. */
  tableItem: 8,
  /** A step of an iterator that runs in the engine. */
  step: 24,
  /** A step of a proxy, before its trap runs. */
  trap: 16,

  /** A byte of a buffer made, copied or filled. */
  byte: 1 / 5,
  /** An element of a typed array searched, reversed or converted. */
  element: 1,
  /** An item of a list that becomes an element of a typed array: an object is converted to a number. */
  convertItem: 8,
  /** An element of a typed array put into an order without a comparator, per level of the sort. */
  sortElement: 1,

  /** A UTF-16 unit copied. */
  copyUnit: 1 / 4,
  /** A UTF-16 unit searched. */
  searchUnit: 1 / 16,
  /** A UTF-16 unit looked at one by one: escapes, numbers, case, well-formedness. */
  readUnit: 1,
  /** A UTF-16 unit normalised or escaped. */
  convertUnit: 8,
  /** A part of a text that becomes a string of its own: split, replace. */
  part: 4,
  /** A piece of a text that is put together: replace. */
  piece: 16,
  /** A UTF-16 unit of JSON read or written. */
  jsonUnit: 4,
  /** A value within JSON written. */
  jsonValue: 48,

  /** A 64-bit digit of a BigInt looked at or copied. */
  digit: 1,
  /** A product of two 64-bit digits, in BigInt arithmetic and in conversions from and to text. */
  product: 1 / 2,

  /** A byte or a UTF-16 unit converted into the other. */
  encodedUnit: 4,

  /** A UTF-16 unit of a list that the host makes: names of files, their history. */
  listedUnit: 8,
  /** A UTF-16 unit of the function in which the engine raised an error, which it may read again for the message. */
  raisedUnit: 8,

  /** A byte of a file read or written, with its hash and its copies. */
  fileByte: 1,
})

/** Units per call. */
export const flat = freeze({
  /** Any priced built-in. */
  call: 8,
  /** A text put together of two by `+`. */
  rope: 8,
  /** A promise made or waited for by a built-in. */
  promise: 96,
  /** An operation on a file. */
  file: 2_000,
  /** A function given to `queueMicrotask`. */
  microtask: 128,
  /** An error made, with what the engine keeps of its stack. */
  error: 200,
  /** Anything thrown, where it is caught or on its way through a function. */
  caught: 64,
  /** An error that the engine raised: its source position, its message, and their normalisation. */
  raised: 1_024,
  /** A date, a view of a buffer or a small buffer made. */
  object: 48,
  /** A date made text. */
  dateText: 128,
  /** A function bound. */
  bond: 384,
  /** A number made text in another base than ten. */
  numberText: 128,
  /** A number made text with more than 20 digits of its own. */
  digits: 1_024,
  /** A regular expression used for the first time. */
  expression: 256,
  /** A match looked for. */
  match: 48,
  /** A symbol registered for good. */
  symbol: 128,
  /** A timer. */
  timer: 192,
  /** A function of Math that is ours, or one number of `hypot`. */
  math: 64,
  /** One that computes with twice the bits: the hyperbolic ones. */
  wideMath: 512,
  /** A power that is no square, root or inverse. */
  power: 256,
  /** An angle that is reduced with all the bits of π. */
  reduction: 768,
  /** A line on the console. */
  line: 1_000,
  /** An error shown on the console, with the lines of its stack. */
  shownError: 1_000,
  /** A set of characters in a pattern that is named by a property (`\p{L}`): the engine puts it together of its tables. */
  property: 4_096,
  /** An object given another prototype: code that was compiled for it is thrown away. */
  prototype: 128,
  /** A Map's or a Set's entry made. */
  entryMade: 24,
})

/** Sizes past which there is an error that a script can catch. */
export const bound = freeze({
  /** UTF-16 units of a string. */
  textUnits: 0x1000000,
  /** Bits of a BigInt. */
  bigintBits: 0x20000,
  /** Arguments of one call. */
  callArguments: 32_768,
  /** Items of an array that is made with its length: the engine takes memory for all of them, used or not. */
  arrayItems: 0x400000,
  /** Items that an array may be given at once for nothing. */
  freeItems: 32,
  /** Nested proxies, bound functions and flattened arrays: the engine walks them on its own stack. */
  nested: 100,
  /** Length of a prototype chain: the engine walks all of it for a missing property. */
  chain: 16,
})

/**
 * What the built-ins of one object pay by the price table: name → size → units. The compiler takes the properties of these objects for
 * constants, because they are frozen copies: an object that was filled name by name stays a hash table.
 */
export function pricesOf(object) {
  const prices = {}
  for (let i = 0; i < priceTable.length; i++) {
    const row = priceTable[i]
    if (row.of !== object) continue
    const names = split(row.what, ' ')
    for (let j = 0; j < names.length; j++) {
      const known = hasOwn(prices, names[j]) ? prices[names[j]] : undefined
      prices[names[j]] = freeze({ ...known, [row.size]: rate[row.rate] ?? flat[row.rate] })
    }
  }
  return freeze({ ...prices })
}
