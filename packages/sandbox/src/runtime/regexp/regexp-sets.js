/**
 * Sets of characters in a regular expression. The engine decides about each character once. A table keeps the answers for the first 256
 * characters, a small cache the others.
 */
import { Bytes, methodsOf, Words } from '../core/primordials.js'

const NativeRegExp = RegExp
const { exec } = methodsOf(RegExp.prototype)
const { fromCodePoint } = String
const { charCodeAt } = methodsOf(String.prototype)
const tableSize = 256
const cacheSize = 256
const no = 1
const yes = 2

class CharacterSet {
  /** Its source in the pattern. */
  raw
  /** The only code in the set; −1 if there may be others. */
  only = -1
  #table = new Bytes(tableSize)
  /** Codes and, at the same index, answers. */
  #codes = null
  #answers = null
  #tester

  constructor(raw, only, flags) {
    this.raw = raw
    this.only = only
    this.#tester = new NativeRegExp(`^(?:${raw})$`, flags)
  }

  has(code) {
    if (this.only >= 0) return code === this.only
    if (code < tableSize) {
      const known = this.#table[code]
      if (known !== 0) return known === yes
      const is = this.#ask(code)
      this.#table[code] = is ? yes : no
      return is
    }
    if (this.#codes === null) {
      this.#codes = new Words(cacheSize)
      this.#answers = new Bytes(cacheSize)
    }
    const place = code % cacheSize
    if (this.#codes[place] !== code) {
      this.#answers[place] = this.#ask(code) ? yes : no
      this.#codes[place] = code
    }
    return this.#answers[place] === yes
  }

  #ask(code) {
    return exec(this.#tester, fromCodePoint(code)) !== null
  }
}

/** The sets of one pattern. `of` returns the number of a set. */
export function createSets(flags) {
  const known = { __proto__: null }
  const mode = (flags & 16) !== 0 ? 'v' : (flags & 8) !== 0 ? 'u' : ''
  const list = []
  return {
    __proto__: null,
    list,
    hasStrings: false,
    of(raw, modes) {
      const flagText = `${(modes & 1) !== 0 ? 'i' : ''}${(modes & 4) !== 0 ? 's' : ''}${mode}`
      const key = `${flagText}/${raw}`
      if (known[key] === undefined) {
        known[key] = list.length
        list[list.length] = new CharacterSet(raw, onlyCode(raw, modes), flagText)
      }
      return known[key]
    },
  }
}

/** A literal character that has no other case. */
function onlyCode(raw, modes) {
  return raw.length === 1 && raw !== '.' && (modes & 1) === 0 ? charCodeAt(raw, 0) : -1
}
