/**
 * Converts text to and from a file's bytes. It is strict where Node is lenient, so that no Node version's leniency becomes part of a
 * ledger.
 */
import { FileError } from './file-error.ts'

/** @throws FileError InvalidEncodingError */
export function bytesOfText(text: string, encoding: string): Uint8Array {
  switch (encoding) {
    case 'utf8':
      return Buffer.from(text, 'utf8')
    case 'latin1':
      for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return refuse()
      return Buffer.from(text, 'latin1')
    case 'hex':
      if (text.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(text)) return refuse()
      return Buffer.from(text, 'hex')
    case 'base64': {
      // Both alphabets, optional padding, no line breaks.
      const body = text.replace(/={1,2}$/, '')
      if (body.length % 4 === 1 || !/^[0-9A-Za-z+/_-]*$/.test(body)) return refuse()
      return Buffer.from(body, 'base64')
    }
    default:
      return refuse()
  }
}

/** @throws FileError InvalidEncodingError */
export function textOfBytes(bytes: Uint8Array, encoding: string): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (encoding) {
    case 'utf8':
    case 'base64':
    case 'hex':
    case 'latin1':
      return buffer.toString(encoding)
    default:
      return refuse()
  }
}

function refuse(): never {
  throw FileError.named('InvalidEncodingError')
}
