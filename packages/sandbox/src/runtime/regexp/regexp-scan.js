/** Scans a pattern's text for regexp-parse.js: counts, names, digits. */
import { methodsOf, ownKeys } from '../core/primordials.js'

const NativeRegExp = RegExp
const { exec } = methodsOf(RegExp.prototype)
const { slice, charCodeAt, indexOf } = methodsOf(String.prototype)

/** Number of captures, and `{ name, index }` of the named ones. `nests`: whether classes may contain classes. */
export function countGroups(source, nests) {
  const names = []
  let count = 0
  let inClass = 0
  for (let at = 0; at < source.length; at++) {
    switch (source[at]) {
      case '\\':
        at += 1
        break
      case '[':
        if (nests || inClass === 0) inClass += 1
        break
      case ']':
        if (inClass > 0) inClass -= 1
        break
      case '(':
        if (inClass > 0) break
        if (source[at + 1] !== '?') count += 1
        else if (source[at + 2] === '<' && source[at + 3] !== '=' && source[at + 3] !== '!') {
          count += 1
          const name = groupName(slice(source, at + 3, indexOf(source, '>', at)))
          names[names.length] = { __proto__: null, name, index: count }
        }
        break
      default:
    }
  }
  return { count, names }
}

/** A name with its escapes resolved, by the engine. */
export function groupName(raw) {
  if (indexOf(raw, '\\') === -1) return raw
  return ownKeys(exec(new NativeRegExp(`(?<${raw}>)`), '').groups)[0]
}

/** `n`, `n,` or `n,m`. */
export function countsOf(text) {
  const comma = indexOf(text, ',')
  const low = comma === -1 ? text : slice(text, 0, comma)
  const high = comma === -1 ? text : slice(text, comma + 1)
  if (!isDigits(low) || (high !== '' && !isDigits(high))) return null
  return { __proto__: null, min: +low, max: high === '' ? Infinity : +high }
}

function isDigits(text) {
  for (let i = 0; i < text.length; i++) if (!isDigit(text[i])) return false
  return text.length > 0
}

export const isDigit = (unit) => unit >= '0' && unit <= '9' && unit.length === 1
export const isOctal = (unit) => unit >= '0' && unit <= '7' && unit.length === 1
export const isLetter = (unit) => (unit >= 'a' && unit <= 'z') || (unit >= 'A' && unit <= 'Z')

export function isHex(source, from, length) {
  for (let i = from; i < from + length; i++) {
    const unit = i < source.length ? source[i] : ''
    if (!isDigit(unit) && !(unit >= 'a' && unit <= 'f') && !(unit >= 'A' && unit <= 'F'))
      return false
  }
  return true
}

export function isHexIn(source, from, low, high) {
  const code = +`0x${slice(source, from, from + 4)}`
  return code >= low && code <= high
}

/** Whether a surrogate pair begins at `at`. */
export function isPair(text, at) {
  const lead = charCodeAt(text, at)
  if (!(lead >= 0xd800 && lead <= 0xdbff)) return false
  const trail = charCodeAt(text, at + 1)
  return trail >= 0xdc00 && trail <= 0xdfff
}
