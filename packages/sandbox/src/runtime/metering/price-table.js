/**
 * The sizes by which built-ins pay, and the rate of each. This file holds data only: built-ins take their rates from it (`pricesOf` in
 * prices.js), and `scripts/price-list.ts` writes the specification's list from it. A built-in with several sizes pays for each of them.
 */

/** What each size counts. */
export const sizes = {
  items: 'items of the list that the built-in gets, and items that it adds',
  takenItems: 'items of a proxy, or of a list with a class of its own, one by one',
  soughtUnits: 'items × UTF-16 units of the text that is searched for',
  sortedItems: 'items × levels of a merge sort',
  comparedItems: 'items × levels of a merge sort with a comparator',
  iterated:
    'items of an iterable; `tableItem` more for an item of a Map or a Set, `step` more for a step of another iterator',
  bothItems: 'items of both sets',
  steps: 'steps of the iterator; `step` more for each',
  traps: 'steps of the proxy, besides what its traps cost',
  numbers: 'numbers among the arguments',
  bytes: 'bytes',
  elements: 'elements of a typed array',
  keys: 'own keys that the built-in lists: a quarter up to 16 of them, six times as much from 4,097 on',
  otherKeys:
    'own keys that the built-in goes over without listing them, a symbol as four: like `keys`',
  properties: 'own properties, a symbol as four: like `keys`',
  allowedKeys: 'keys in a list of those that are written',
  units: 'UTF-16 units of the text, and of the text that is searched for',
  comparedUnits:
    'UTF-16 units of the text × (1 + UTF-16 units of the text that is searched for ÷ 4)',
  argumentUnits: '6 × UTF-16 units of the argument',
  innerUnits: 'UTF-16 units of the texts within the value',
  madeUnits: 'UTF-16 units of the text that is made',
  parts:
    'parts of the text, or as many as there could be: its UTF-16 units ÷ those of the separator',
  pieces: 'pieces that are put together',
  values: 'values, with all that are within them',
  revivedValues: '2 × values, if a function revives them',
  revivedKeys: 'own keys of those values',
  digits: 'digits of 64 bits',
  products: 'digits + digits × digits, where a BigInt has as many digits as the next power of two',
}

const typedArrays =
  'Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array BigInt64Array BigUint64Array Float16Array Float32Array Float64Array'

/** `of` and `what` name built-ins as the list of the world does; `rate` is the name of a price in prices.js. */
export const priceTable = [
  {
    of: 'Array.prototype',
    what: 'concat copyWithin fill reverse shift slice splice toReversed toSpliced unshift with',
    size: 'items',
    rate: 'moveItem',
  },
  {
    of: 'Array.prototype',
    what: 'every filter find findIndex findLast findLastIndex flat flatMap forEach map reduce reduceRight some',
    size: 'items',
    rate: 'visitItem',
  },
  {
    of: 'Array.prototype',
    what: 'concat filter flatMap map slice splice',
    size: 'takenItems',
    rate: 'visitItem',
  },
  {
    of: 'Array.prototype',
    what: 'includes indexOf lastIndexOf',
    size: 'items',
    rate: 'searchItem',
  },
  {
    of: 'Array.prototype',
    what: 'includes indexOf lastIndexOf',
    size: 'soughtUnits',
    rate: 'searchUnit',
  },
  { of: 'Array.prototype', what: 'sort toSorted', size: 'sortedItems', rate: 'sortItem' },
  { of: 'Array.prototype', what: 'join toLocaleString', size: 'items', rate: 'textItem' },
  { of: 'Array.prototype', what: 'join toLocaleString', size: 'madeUnits', rate: 'copyUnit' },
  { of: 'Array', what: 'of', size: 'items', rate: 'moveItem' },
  { of: 'Array', what: 'from', size: 'iterated', rate: 'visitItem' },
  { of: 'Array', what: 'from', size: 'items', rate: 'visitItem' },
  { of: 'Array', what: 'fromAsync', size: 'iterated', rate: 'promise' },

  { of: 'globalThis', what: 'ArrayBuffer', size: 'bytes', rate: 'byte' },
  {
    of: 'globalThis',
    what: typedArrays,
    size: 'bytes',
    rate: 'byte',
  },
  {
    of: 'globalThis',
    what: typedArrays,
    size: 'elements',
    rate: 'element',
  },
  {
    of: 'globalThis',
    what: typedArrays,
    size: 'iterated',
    rate: 'convertItem',
  },
  {
    of: 'ArrayBuffer.prototype',
    what: 'resize slice transfer transferToFixedLength',
    size: 'bytes',
    rate: 'byte',
  },
  { of: '%TypedArray%', what: 'from', size: 'iterated', rate: 'convertItem' },
  {
    of: '%TypedArray%.prototype',
    what: 'copyWithin fill reverse slice toReversed with',
    size: 'bytes',
    rate: 'byte',
  },
  {
    of: '%TypedArray%.prototype',
    what: 'every filter find findIndex findLast findLastIndex forEach map reduce reduceRight some',
    size: 'items',
    rate: 'visitItem',
  },
  { of: '%TypedArray%.prototype', what: 'includes indexOf', size: 'items', rate: 'searchItem' },
  { of: '%TypedArray%.prototype', what: 'lastIndexOf', size: 'items', rate: 'element' },
  { of: '%TypedArray%.prototype', what: 'join toLocaleString', size: 'items', rate: 'textItem' },
  { of: '%TypedArray%.prototype', what: 'set', size: 'items', rate: 'convertItem' },
  { of: '%TypedArray%.prototype', what: 'set', size: 'elements', rate: 'element' },
  { of: '%TypedArray%.prototype', what: 'sort toSorted', size: 'sortedItems', rate: 'sortElement' },
  { of: '%TypedArray%.prototype', what: 'sort toSorted', size: 'comparedItems', rate: 'sortItem' },

  {
    of: 'Object',
    what: 'getOwnPropertyNames getOwnPropertySymbols keys',
    size: 'keys',
    rate: 'key',
  },
  { of: 'Object', what: 'entries values', size: 'keys', rate: 'entry' },
  {
    of: 'Object',
    what: 'entries getOwnPropertyNames getOwnPropertySymbols keys values',
    size: 'otherKeys',
    rate: 'key',
  },
  {
    of: 'Object',
    what: 'assign create defineProperties freeze getOwnPropertyDescriptors isFrozen isSealed seal',
    size: 'properties',
    rate: 'entry',
  },
  { of: 'Object', what: 'fromEntries groupBy', size: 'iterated', rate: 'entry' },
  { of: 'Reflect', what: 'ownKeys', size: 'keys', rate: 'key' },
  { of: 'Reflect', what: 'ownKeys', size: 'otherKeys', rate: 'key' },

  { of: 'globalThis', what: 'Map Set WeakMap WeakSet', size: 'iterated', rate: 'entry' },
  { of: 'Map', what: 'groupBy', size: 'iterated', rate: 'entry' },
  { of: 'Map.prototype', what: 'forEach', size: 'items', rate: 'visitItem' },
  { of: 'Set.prototype', what: 'forEach', size: 'items', rate: 'visitItem' },
  {
    of: 'Set.prototype',
    what: 'difference intersection isDisjointFrom isSubsetOf isSupersetOf symmetricDifference union',
    size: 'bothItems',
    rate: 'entry',
  },
  {
    of: 'Iterator.prototype',
    what: 'drop every filter find flatMap forEach map reduce some take toArray',
    size: 'steps',
    rate: 'step',
  },
  { of: 'Promise', what: 'all allSettled any race', size: 'iterated', rate: 'promise' },
  { of: 'globalThis', what: 'AggregateError', size: 'iterated', rate: 'step' },

  {
    of: 'String.prototype',
    what: 'concat padEnd padStart repeat',
    size: 'madeUnits',
    rate: 'copyUnit',
  },
  {
    of: 'String.prototype',
    what: 'anchor big blink bold fixed fontcolor fontsize isWellFormed italics link small strike sub sup toLocaleLowerCase toLocaleUpperCase toLowerCase toUpperCase toWellFormed trim trimEnd trimStart',
    size: 'units',
    rate: 'readUnit',
  },
  {
    of: 'String.prototype',
    what: 'codePointAt endsWith includes indexOf localeCompare replace replaceAll split startsWith',
    size: 'units',
    rate: 'searchUnit',
  },
  { of: 'String.prototype', what: 'normalize', size: 'units', rate: 'convertUnit' },
  {
    of: 'String.prototype',
    what: 'anchor big blink bold codePointAt endsWith fixed fontcolor fontsize isWellFormed italics link localeCompare normalize small startsWith strike sub sup toLocaleLowerCase toLocaleUpperCase toLowerCase toUpperCase toWellFormed trim trimEnd trimStart',
    size: 'argumentUnits',
    rate: 'copyUnit',
  },
  { of: 'String.prototype', what: 'lastIndexOf', size: 'comparedUnits', rate: 'searchUnit' },
  { of: 'String.prototype', what: 'split', size: 'parts', rate: 'part' },
  { of: 'String.prototype', what: 'replace replaceAll', size: 'pieces', rate: 'piece' },
  { of: 'String.prototype', what: 'replace replaceAll', size: 'madeUnits', rate: 'copyUnit' },
  { of: 'String', what: 'raw', size: 'pieces', rate: 'piece' },
  { of: 'String', what: 'raw', size: 'madeUnits', rate: 'copyUnit' },
  { of: 'RegExp', what: 'escape', size: 'units', rate: 'readUnit' },
  { of: 'RegExp.prototype', what: '@@split', size: 'parts', rate: 'part' },
  { of: 'RegExp.prototype', what: '@@replace', size: 'pieces', rate: 'piece' },
  { of: 'RegExp.prototype', what: '@@replace', size: 'madeUnits', rate: 'copyUnit' },
  { of: 'globalThis', what: 'parseFloat parseInt', size: 'units', rate: 'readUnit' },
  {
    of: 'globalThis',
    what: 'decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape',
    size: 'units',
    rate: 'convertUnit',
  },

  { of: 'JSON', what: 'parse rawJSON', size: 'units', rate: 'jsonUnit' },
  { of: 'JSON', what: 'parse', size: 'revivedValues', rate: 'jsonValue' },
  { of: 'JSON', what: 'parse', size: 'revivedKeys', rate: 'key' },
  { of: 'JSON', what: 'stringify', size: 'values', rate: 'jsonValue' },
  { of: 'JSON', what: 'stringify', size: 'innerUnits', rate: 'readUnit' },
  { of: 'JSON', what: 'stringify', size: 'madeUnits', rate: 'copyUnit' },
  { of: 'JSON', what: 'stringify', size: 'allowedKeys', rate: 'entry' },

  { of: 'globalThis', what: 'BigInt', size: 'products', rate: 'product' },
  { of: 'BigInt', what: 'asIntN asUintN', size: 'digits', rate: 'digit' },
  { of: 'BigInt', what: 'asIntN asUintN', size: 'products', rate: 'product' },
  { of: 'BigInt.prototype', what: 'toLocaleString toString', size: 'products', rate: 'product' },
  { of: 'globalThis', what: 'Proxy', size: 'traps', rate: 'trap' },
  { of: 'Math', what: 'hypot', size: 'numbers', rate: 'math' },
  { of: 'Math', what: 'sumPrecise', size: 'iterated', rate: 'math' },
]
