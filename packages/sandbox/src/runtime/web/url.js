/** `URL` and `URLSearchParams`: this file converts the arguments, and url-library.js does the work. */

import {
  apply,
  arrayValues,
  defineProperty,
  getOwnPropertyDescriptor,
  give,
  iteratorSymbol,
  ownKeys,
  put,
  tagSymbol,
  wellFormed,
} from '../core/primordials.js'
import { textOf } from '../metering/conversions.js'
import { makeError } from '../metering/errors.js'
import { charge } from '../metering/meter.js'
import { rate } from '../metering/prices.js'
import { isProxy } from '../metering/pricing.js'
import { urlLibrary } from './url-library.js'

/** Units of fuel of one operation, and of each UTF-16 unit of its input. */
const operationPrice = 500
const unitPrice = 32
/** Units of each pair of a query that an operation visits. */
const pairPrice = 24
/** Units of a text made from the parts of a URL, in addition to its length. */
const textPrice = 64

/** A well-formed text, as the standard requires. */
function textFrom(value) {
  const text = wellFormed(textOf(value))
  charge(operationPrice + unitPrice * text.length)
  return text
}

/** A text that was concatenated. */
function shown(text) {
  charge(textPrice + text.length)
  return text
}

function invalid(message) {
  return makeError('TypeError', message, 'ERR_INVALID_URL')
}

/** A token that only this module has. With it, the constructor of URLSearchParams wraps an existing implementation. */
const inside = {}

export class URLSearchParams {
  #of

  constructor(init = '', known = undefined) {
    if (init === inside) this.#of = known
    else {
      const { URLSearchParams: Implementation } = urlLibrary()
      this.#of = new Implementation(undefined, [initFrom(init)], {})
    }
  }

  #payForPairs() {
    charge(pairPrice * this.#of.size)
  }

  get size() {
    return this.#of.size
  }

  append(name, value) {
    this.#payForPairs()
    this.#of.append(textFrom(name), textFrom(value))
  }

  delete(name, value = undefined) {
    this.#payForPairs()
    this.#of.delete(textFrom(name), value === undefined ? undefined : textFrom(value))
  }

  get(name) {
    this.#payForPairs()
    return this.#of.get(textFrom(name))
  }

  getAll(name) {
    this.#payForPairs()
    return this.#of.getAll(textFrom(name))
  }

  has(name, value = undefined) {
    this.#payForPairs()
    return this.#of.has(textFrom(name), value === undefined ? undefined : textFrom(value))
  }

  set(name, value) {
    this.#payForPairs()
    this.#of.set(textFrom(name), textFrom(value))
  }

  sort() {
    charge(operationPrice + unitPrice * this.#of.size)
    this.#of.sort()
  }

  forEach(run, self = undefined) {
    const pairs = this.#of._list
    this.#payForPairs()
    for (let i = 0; i < pairs.length; i++) apply(run, self, [pairs[i][1], pairs[i][0], this])
  }

  entries() {
    return listOf(this.#of, (pair) => [pair[0], pair[1]])
  }

  keys() {
    return listOf(this.#of, (pair) => pair[0])
  }

  values() {
    return listOf(this.#of, (pair) => pair[1])
  }

  toString() {
    const text = this.#of.toString()
    charge(operationPrice + text.length)
    return text
  }
}

/** An iterator over the current pairs. */
function listOf(params, part) {
  const pairs = params._list
  charge(operationPrice + pairPrice * pairs.length)
  const items = []
  for (let i = 0; i < pairs.length; i++) put(items, i, part(pairs[i]))
  return arrayValues(items)
}

/** A text, or a list of pairs. */
function initFrom(init) {
  if ((typeof init !== 'object' || init === null) && typeof init !== 'function') {
    return textFrom(init)
  }
  const pairs = []
  const add = (pair) => put(pairs, pairs.length, pair)
  const iterate = init[iteratorSymbol]
  if (iterate !== undefined && iterate !== null) {
    // The script provides the lists, possibly with their own iterators.
    for (const item of init) {
      const pair = []
      for (const part of item) put(pair, pair.length, textFrom(part))
      if (pair.length !== 2) throw invalid('each pair of a query has a name and a value')
      add(pair)
    }
    return pairs
  }
  const names = ownKeys(init)
  if (!isProxy(init)) charge(rate.key * names.length)
  for (let i = 0; i < names.length; i++) {
    const property = getOwnPropertyDescriptor(init, names[i])
    if (typeof names[i] !== 'string' || !property?.enumerable) continue
    add([textFrom(names[i]), textFrom(init[names[i]])])
  }
  return pairs
}

/** The implementation of a URL; null if the text is no URL. */
function parseUrl(url, base) {
  const text = textFrom(url)
  const baseText = base === undefined ? undefined : textFrom(base)
  const { URL: Implementation } = urlLibrary()
  if (!Implementation.canParse(text, baseText)) return null
  return new Implementation(undefined, [text, baseText])
}

export class URL {
  #of
  #params = null

  static canParse(url, base = undefined) {
    return parseUrl(url, base) !== null
  }

  static parse(url, base = undefined) {
    return URL.canParse(url, base) ? new URL(url, base) : null
  }

  constructor(url, base = undefined) {
    const of = parseUrl(url, base)
    if (of === null) throw invalid(`Invalid URL: ${textOf(url)}`)
    this.#of = of
  }

  get searchParams() {
    this.#params ??= new URLSearchParams(inside, this.#of.searchParams)
    return this.#params
  }

  get href() {
    return shown(this.#of.href)
  }

  set href(value) {
    const text = textFrom(value)
    const { URL: Implementation } = urlLibrary()
    if (!Implementation.canParse(text)) throw invalid(`Invalid URL: ${text}`)
    this.#of.href = text
  }

  get origin() {
    return shown(this.#of.origin)
  }

  toString() {
    return shown(this.#of.href)
  }

  toJSON() {
    return shown(this.#of.href)
  }

  static {
    const parts = [
      'protocol',
      'username',
      'password',
      'host',
      'hostname',
      'port',
      'pathname',
      'search',
      'hash',
    ]
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]
      const holder = {
        get [part]() {
          return shown(URL.#inner(this)[part])
        },
        set [part](value) {
          const of = URL.#inner(this)
          shown(of.href)
          of[part] = textFrom(value)
        },
      }
      const { get, set } = getOwnPropertyDescriptor(holder, part)
      defineProperty(URL.prototype, part, {
        __proto__: null,
        get,
        set,
        enumerable: false,
        configurable: true,
      })
    }
  }

  static #inner(url) {
    return url.#of
  }
}

export function installUrl() {
  install(URL, 'URL')
  install(URLSearchParams, 'URLSearchParams')
  give(URLSearchParams.prototype, iteratorSymbol, URLSearchParams.prototype.entries)
}

function install(Class, name) {
  defineProperty(Class.prototype, tagSymbol, { __proto__: null, value: name, configurable: true })
  give(globalThis, name, Class)
}
