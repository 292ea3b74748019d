/** Converts text to bytes and back, for `Buffer`. Invalid UTF-8 becomes U+FFFD, as the Encoding Standard defines. */

import { Bytes, fromCharCode, lowerCase, typedArrayLength, unitAt } from '../core/primordials.js'
import { charge } from '../metering/meter.js'
import { pricesOf } from '../metering/prices.js'

const { units: perUnit } = pricesOf('TextEncoder.prototype').encode
const { bytes: perByte } = pricesOf('TextDecoder.prototype').decode
const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const base64UrlDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const hexDigits = '0123456789abcdef'

/** UTF-16 units of the longest name of an encoding. */
const longestName = 9

/** The encoding of a name; null if there is none. */
export function encodingNamed(name) {
  if (name === undefined || name === null) return 'utf8'
  if (typeof name !== 'string' || name.length > longestName) return null
  switch (lowerCase(name)) {
    case 'utf8':
    case 'utf-8':
      return 'utf8'
    case 'hex':
      return 'hex'
    case 'base64':
      return 'base64'
    case 'base64url':
      return 'base64url'
    case 'latin1':
    case 'binary':
      return 'latin1'
    case 'ascii':
      return 'ascii'
    case 'ucs2':
    case 'ucs-2':
    case 'utf16le':
    case 'utf-16le':
      return 'utf16le'
    default:
      return null
  }
}

export function bytesOfText(text, encoding) {
  charge(text.length * perUnit)
  switch (encoding) {
    case 'utf8':
      return utf8Bytes(text)
    case 'hex':
      return hexBytes(text)
    case 'base64':
    case 'base64url':
      return base64Bytes(text)
    case 'utf16le': {
      const bytes = new Bytes(2 * text.length)
      for (let i = 0; i < text.length; i++) {
        bytes[2 * i] = unitAt(text, i)
        bytes[2 * i + 1] = unitAt(text, i) >> 8
      }
      return bytes
    }
    default: {
      const bytes = new Bytes(text.length)
      for (let i = 0; i < text.length; i++) bytes[i] = unitAt(text, i)
      return bytes
    }
  }
}

/** Bytes that are converted to text at a time. It is a multiple of each encoding's unit, except in UTF-8. */
const partBytes = 6_144
const partUnits = 4_096

export function textOfBytes(bytes, encoding, start, end) {
  charge(end > start ? (end - start) * perByte : 0)
  if (encoding === 'utf8') return utf8Text(bytes, start, end)
  let text = ''
  for (let i = start; i < end; i += partBytes) {
    text += flat(partOfBytes(bytes, encoding, i, i + partBytes < end ? i + partBytes : end))
  }
  return text
}

/** Flattens a concatenated text: until code reads one of its units, the engine keeps its many pieces, which take many times its size. */
function flat(text) {
  unitAt(text, 0)
  return text
}

function partOfBytes(bytes, encoding, start, end) {
  let text = ''
  switch (encoding) {
    case 'hex':
      for (let i = start; i < end; i++) text += hexDigits[bytes[i] >> 4] + hexDigits[bytes[i] & 15]
      return text
    case 'base64':
      return base64Text(bytes, start, end, base64Digits, '=')
    case 'base64url':
      return base64Text(bytes, start, end, base64UrlDigits, '')
    case 'utf16le':
      for (let i = start; i + 1 < end; i += 2) text += fromCharCode(bytes[i] | (bytes[i + 1] << 8))
      return text
    default: {
      const mask = encoding === 'ascii' ? 0x7f : 0xff
      for (let i = start; i < end; i++) text += fromCharCode(bytes[i] & mask)
      return text
    }
  }
}

function utf8Bytes(text) {
  let length = 0
  for (let i = 0; i < text.length; i++) {
    const point = pointAt(text, i)
    if (point > 0xffff) i += 1
    length += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
  }
  const bytes = new Bytes(length)
  for (let i = 0, at = 0; i < text.length; i++) {
    const point = pointAt(text, i)
    if (point < 0x80) bytes[at++] = point
    else if (point < 0x800) {
      bytes[at++] = 0xc0 | (point >> 6)
      bytes[at++] = 0x80 | (point & 0x3f)
    } else {
      if (point < 0x10000) bytes[at++] = 0xe0 | (point >> 12)
      else {
        bytes[at++] = 0xf0 | (point >> 18)
        bytes[at++] = 0x80 | ((point >> 12) & 0x3f)
        i += 1
      }
      bytes[at++] = 0x80 | ((point >> 6) & 0x3f)
      bytes[at++] = 0x80 | (point & 0x3f)
    }
  }
  return bytes
}

/** The code point at an index; U+FFFD for a lone surrogate. */
function pointAt(text, i) {
  const unit = unitAt(text, i)
  if (unit < 0xd800 || unit > 0xdfff) return unit
  const low = i + 1 < text.length ? unitAt(text, i + 1) : 0
  if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff) return 0xfffd
  return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
}

function utf8Text(bytes, start, end) {
  let whole = ''
  let text = ''
  for (let i = start; i < end; ) {
    if (text.length >= partUnits) {
      whole += flat(text)
      text = ''
    }
    const lead = bytes[i++]
    if (lead < 0x80) {
      text += fromCharCode(lead)
      continue
    }
    let more =
      lead >= 0xc2 && lead < 0xe0
        ? 1
        : lead >= 0xe0 && lead < 0xf0
          ? 2
          : lead >= 0xf0 && lead < 0xf5
            ? 3
            : 0
    // Bounds of the second byte, so that no character is overlong, a surrogate, or past U+10FFFF.
    let low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
    let high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
    let point = more === 1 ? lead & 0x1f : more === 2 ? lead & 0x0f : lead & 0x07
    let good = more !== 0
    for (; more > 0; more--) {
      const next = i < end ? bytes[i] : 0
      if (next < low || next > high) {
        good = false
        break
      }
      point = (point << 6) | (next & 0x3f)
      low = 0x80
      high = 0xbf
      i += 1
    }
    if (!good) text += '\ufffd'
    else if (point < 0x10000) text += fromCharCode(point)
    else
      text += fromCharCode(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 0x3ff))
  }
  return whole + text
}

/** As in Node, the conversion stops at the first character that is not hexadecimal. */
function hexBytes(text) {
  const all = new Bytes(text.length >> 1)
  let length = 0
  for (; length < typedArrayLength(all); length++) {
    const high = hexValue(unitAt(text, 2 * length))
    const low = hexValue(unitAt(text, 2 * length + 1))
    if (high < 0 || low < 0) break
    all[length] = 16 * high + low
  }
  return firstBytes(all, length)
}

function hexValue(unit) {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30
  const letter = unit | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

/** Accepts both alphabets, skips other characters, stops at `=`. */
function base64Bytes(text) {
  const all = new Bytes(((3 * text.length) >> 2) + 3)
  let length = 0
  let bits = 0
  let held = 0
  for (let i = 0; i < text.length; i++) {
    const unit = unitAt(text, i)
    if (unit === 0x3d) break
    const value = base64Value(unit)
    if (value < 0) continue
    held = ((held << 6) | value) & 0xfff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      all[length++] = held >> bits
    }
  }
  return firstBytes(all, length)
}

function base64Value(unit) {
  if (unit >= 0x41 && unit <= 0x5a) return unit - 0x41
  if (unit >= 0x61 && unit <= 0x7a) return unit - 0x61 + 26
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30 + 52
  if (unit === 0x2b || unit === 0x2d) return 62
  return unit === 0x2f || unit === 0x5f ? 63 : -1
}

function base64Text(bytes, start, end, digits, padding) {
  let text = ''
  for (let i = start; i < end; i += 3) {
    const left = end - i
    const group =
      (bytes[i] << 16) | ((left > 1 ? bytes[i + 1] : 0) << 8) | (left > 2 ? bytes[i + 2] : 0)
    text += digits[group >> 18] + digits[(group >> 12) & 63]
    text += left > 1 ? digits[(group >> 6) & 63] : padding
    text += left > 2 ? digits[group & 63] : padding
  }
  return text
}

function firstBytes(all, length) {
  const bytes = new Bytes(length)
  for (let i = 0; i < length; i++) bytes[i] = all[i]
  return bytes
}
