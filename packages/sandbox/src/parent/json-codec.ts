/** A codec for stand-alone use: plain JSON in UTF-8. A service uses the codec of its ledger's format. */

/** Expression for the option `codec`. It encodes what JSON can represent; `undefined` becomes null. */
export const jsonCodec = `(() => {
  const { stringify, parse } = JSON
  const fromUnit = String.fromCharCode
  const uncurry = Function.prototype.bind.bind(Function.prototype.call)
  const unitAt = uncurry(String.prototype.charCodeAt)
  const PlainError = Error
  const Bytes = Uint8Array
  const escape = encodeURIComponent
  const unescape = decodeURIComponent
  return {
    encode(value, limits) {
      const text = escape(stringify(value === undefined ? null : value) ?? 'null')
      let length = 0
      for (let i = 0; i < text.length; i++, length++) if (unitAt(text, i) === 37) i += 2
      if (limits !== undefined && length > limits.maxBytes) {
        const error = new PlainError('more than ' + limits.maxBytes + ' bytes')
        error.code = 'ERR_VMS_VALUE_TOO_LARGE'
        throw error
      }
      const hex = (unit) => (unit < 58 ? unit - 48 : unit - 55)
      const bytes = new Bytes(length)
      for (let i = 0, at = 0; i < text.length; i++, at++) {
        const unit = unitAt(text, i)
        if (unit !== 37) bytes[at] = unit
        else {
          bytes[at] = hex(unitAt(text, i + 1)) * 16 + hex(unitAt(text, i + 2))
          i += 2
        }
      }
      return bytes
    },
    decode(bytes) {
      const digits = '0123456789abcdef'
      let text = ''
      let part = ''
      for (let i = 0; i < bytes.length; i++) {
        part += '%' + digits[bytes[i] >> 4] + digits[bytes[i] & 15]
        // A part ends where a character does. Asking for a unit makes one flat string of its many pieces.
        if (part.length >= 4096 && (bytes[i + 1] & 0xc0) !== 0x80) {
          unitAt(part, 0)
          text += unescape(part)
          part = ''
        }
      }
      return parse(text + unescape(part))
    },
  }
})()`

/** The same encoding, for the parent's side. */
export function encodeJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value === undefined ? null : value))
}

export function decodeJson(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes))
}
