/** TextEncoder, TextDecoder, atob and btoa. Decoders support UTF-8 and UTF-16LE, and refuse other labels by name. */
import { bytesOf } from '../core/bytes-of.js'
import {
  Bytes,
  copyBytes,
  fromCharCode,
  give,
  lowerCase,
  partOfBytes,
  sliceText,
  typedArrayLength,
  typedArrayName,
  unitAt,
} from '../core/primordials.js'
import { textOf } from '../metering/conversions.js'
import { makeError } from '../metering/errors.js'
import { charge } from '../metering/meter.js'
import { bytesOfText, textOfBytes } from './text.js'

export class TextEncoder {
  get encoding() {
    return 'utf-8'
  }

  encode(text = '') {
    const source = textOf(text)
    charge(source.length)
    return bytesOfText(source, 'utf8')
  }

  encodeInto(text, target) {
    if (typedArrayName(target) !== 'Uint8Array') {
      throw makeError('TypeError', 'text is encoded into a Uint8Array', 'ERR_INVALID_ARG_TYPE')
    }
    const source = textOf(text)
    const room = typedArrayLength(target)
    charge(source.length < room ? source.length : room)
    let read = 0
    let written = 0
    while (read < source.length) {
      const unit = unitAt(source, read)
      const isPair =
        unit >= 0xd800 &&
        unit < 0xdc00 &&
        read + 1 < source.length &&
        isLow(unitAt(source, read + 1))
      const bytes = unit < 0x80 ? 1 : unit < 0x800 ? 2 : isPair ? 4 : 3
      if (written + bytes > room) break
      copyBytes(
        target,
        bytesOfText(sliceText(source, read, read + (isPair ? 2 : 1)), 'utf8'),
        written,
      )
      written += bytes
      read += isPair ? 2 : 1
    }
    return { read, written }
  }
}

function isLow(unit) {
  return unit >= 0xdc00 && unit < 0xe000
}

const labels = {
  __proto__: null,
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'unicode-1-1-utf-8': 'utf-8',
  'utf-16le': 'utf-16le',
  'utf-16': 'utf-16le',
  'ucs-2': 'utf-16le',
  unicode: 'utf-16le',
}

export class TextDecoder {
  #encoding
  #fatal
  #ignoreBOM
  #held = new Bytes(0)
  #isBeginning = true

  constructor(label = 'utf-8', options = undefined) {
    const encoding = labels[lowerCase(textOf(label))]
    if (encoding === undefined) {
      throw makeError(
        'RangeError',
        `the encoding ${textOf(label)} is refused: its tables are not part of the machine; use utf-8 or utf-16le`,
        'ERR_ENCODING_NOT_SUPPORTED',
      )
    }
    this.#encoding = encoding
    this.#fatal = Boolean(options?.fatal)
    this.#ignoreBOM = Boolean(options?.ignoreBOM)
  }

  get encoding() {
    return this.#encoding
  }

  get fatal() {
    return this.#fatal
  }

  get ignoreBOM() {
    return this.#ignoreBOM
  }

  decode(input = new Bytes(0), options = undefined) {
    const isStream = Boolean(options?.stream)
    const given = bytesOf(input)
    if (given === null)
      throw makeError('TypeError', 'only bytes are decoded', 'ERR_INVALID_ARG_TYPE')
    charge(typedArrayLength(given))
    const bytes = joined(this.#held, given)
    const length = typedArrayLength(bytes)
    const isWide = this.#encoding === 'utf-16le'
    const held = isStream ? (isWide ? heldUnits(bytes, length) : heldUtf8(bytes, length)) : 0
    const end = length - held
    this.#held = partOfBytes(bytes, end)
    let text = isWide ? wideText(bytes, end) : textOfBytes(bytes, 'utf8', 0, end)
    if (this.#fatal && !isFaithful(text, bytes, end, isWide)) {
      this.#held = new Bytes(0)
      this.#isBeginning = true
      throw makeError('TypeError', 'the bytes are no text', 'ERR_ENCODING_INVALID_ENCODED_DATA')
    }
    if (this.#isBeginning && text.length > 0) {
      if (!this.#ignoreBOM && unitAt(text, 0) === 0xfeff) text = sliceText(text, 1)
      this.#isBeginning = false
    }
    if (!isStream) this.#isBeginning = true
    return text
  }
}

function joined(first, second) {
  const length = typedArrayLength(first)
  if (length === 0) return second
  const all = new Bytes(length + typedArrayLength(second))
  copyBytes(all, first)
  copyBytes(all, second, length)
  return all
}

/** Number of bytes at the end that may begin an incomplete character. */
function heldUtf8(bytes, length) {
  for (let count = 1; count <= 3 && count <= length; count++) {
    const byte = bytes[length - count]
    if ((byte & 0xc0) === 0x80) continue
    const needed = byte >= 0xf0 && byte < 0xf5 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1
    if (needed <= count || byte >= 0xf5) return 0
    // An invalid second byte ends the character here.
    const text = textOfBytes(bytes, 'utf8', length - count, length)
    return text === '\ufffd' ? count : 0
  }
  return 0
}

function heldUnits(bytes, length) {
  const odd = length % 2
  const last = length - odd - 1
  const isHigh = last > 0 && (bytes[last] & 0xfc) === 0xd8
  return odd + (isHigh ? 2 : 0)
}

/** Replaces lone surrogates, and a byte that is left over, by U+FFFD. */
function wideText(bytes, end) {
  const even = end - (end % 2)
  let text = ''
  for (let i = 0; i < even; i += 2) {
    const unit = bytes[i] | (bytes[i + 1] << 8)
    const next = i + 3 < even ? bytes[i + 2] | (bytes[i + 3] << 8) : 0
    if (unit >= 0xd800 && unit < 0xdc00 && isLow(next)) {
      text += fromCharCode(unit, next)
      i += 2
    } else text += unit >= 0xd800 && unit < 0xe000 ? '\ufffd' : fromCharCode(unit)
  }
  return even === end ? text : `${text}\ufffd`
}

/** Whether the text encodes to exactly these bytes, so that nothing was replaced. */
function isFaithful(text, bytes, end, isWide) {
  const again = bytesOfText(text, isWide ? 'utf16le' : 'utf8')
  if (typedArrayLength(again) !== end) return false
  for (let i = 0; i < end; i++) if (again[i] !== bytes[i]) return false
  return true
}

const base64 = {
  atob(text) {
    let source = ''
    const given = textOf(text)
    charge(given.length)
    for (let i = 0; i < given.length; i++) {
      const unit = unitAt(given, i)
      if (unit !== 0x20 && (unit < 9 || unit > 13 || unit === 11)) source += given[i]
    }
    let end = source.length
    if (end % 4 === 0) {
      if (end > 0 && unitAt(source, end - 1) === 0x3d) end -= 1
      if (end > 0 && end !== source.length && unitAt(source, end - 1) === 0x3d) end -= 1
    }
    let isGood = end % 4 !== 1
    for (let i = 0; i < end && isGood; i++) isGood = isDigit(unitAt(source, i))
    if (!isGood) {
      throw makeError('InvalidCharacterError', 'the text is no base64', 'ERR_VMS_INVALID_CHARACTER')
    }
    const bytes = bytesOfText(sliceText(source, 0, end), 'base64')
    return textOfBytes(bytes, 'latin1', 0, typedArrayLength(bytes))
  },
  btoa(text) {
    const source = textOf(text)
    charge(source.length)
    for (let i = 0; i < source.length; i++) {
      if (unitAt(source, i) < 0x100) continue
      throw makeError(
        'InvalidCharacterError',
        'btoa takes characters up to U+00FF; encode others with TextEncoder first',
        'ERR_VMS_INVALID_CHARACTER',
      )
    }
    const bytes = bytesOfText(source, 'latin1')
    return textOfBytes(bytes, 'base64', 0, typedArrayLength(bytes))
  },
}

function isDigit(unit) {
  const letter = unit | 0x20
  return (
    (letter >= 0x61 && letter <= 0x7a) ||
    (unit >= 0x30 && unit <= 0x39) ||
    unit === 0x2b ||
    unit === 0x2f
  )
}

export function installTextCoding() {
  give(globalThis, 'TextEncoder', TextEncoder)
  give(globalThis, 'TextDecoder', TextDecoder)
  give(globalThis, 'atob', base64.atob)
  give(globalThis, 'btoa', base64.btoa)
}
