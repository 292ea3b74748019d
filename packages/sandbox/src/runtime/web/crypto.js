/**
 * `crypto`: random values from the call's seed, and digests, which the host computes. The values are public, as everything in a ledger.
 * There are no keys and signatures, because everybody can read a secret in a script.
 */
import { host, putBytes, takeBytes } from '../core/bridge.js'
import { bytesOf } from '../core/bytes-of.js'
import {
  Bytes,
  defineProperty,
  give,
  lowerCase,
  tagSymbol,
  typedArrayLength,
  typedArrayName,
  viewMemory,
} from '../core/primordials.js'
import { textOf } from '../metering/conversions.js'
import { makeError } from '../metering/errors.js'
import { charge } from '../metering/meter.js'
import { nextWord } from './random.js'

/** The Web Crypto API's own limit. */
const mostBytes = 65_536
/** Units of fuel of a digest, in addition to its bytes. */
const digestPrice = 500
/** Units of a UUID. */
const uuidPrice = 64
const hexDigits = '0123456789abcdef'
const algorithms = {
  __proto__: null,
  'sha-1': 'sha1',
  'sha-256': 'sha256',
  'sha-384': 'sha384',
  'sha-512': 'sha512',
}
const integers = {
  __proto__: null,
  Int8Array: true,
  Uint8Array: true,
  Uint8ClampedArray: true,
  Int16Array: true,
  Uint16Array: true,
  Int32Array: true,
  Uint32Array: true,
  BigInt64Array: true,
  BigUint64Array: true,
}

function fill(bytes) {
  const length = typedArrayLength(bytes)
  for (let i = 0; i < length; i += 4) {
    const word = nextWord()
    for (let j = 0; j < 4 && i + j < length; j++) bytes[i + j] = word >>> (8 * j)
  }
}

const methods = {
  getRandomValues(array) {
    if (integers[typedArrayName(array)] !== true) {
      throw makeError(
        'TypeError',
        'random values go into typed arrays of integers',
        'ERR_INVALID_ARG_TYPE',
      )
    }
    const bytes = bytesOf(array)
    const length = typedArrayLength(bytes)
    if (length > mostBytes) {
      throw makeError(
        'QuotaExceededError',
        `at most ${mostBytes} random bytes at a time`,
        'ERR_VMS_QUOTA',
      )
    }
    charge(2 * length)
    fill(bytes)
    return array
  },
  randomUUID() {
    charge(uuidPrice)
    const bytes = new Bytes(16)
    fill(bytes)
    bytes[6] = (bytes[6] & 0x0f) | 0x40
    bytes[8] = (bytes[8] & 0x3f) | 0x80
    let text = ''
    for (let i = 0; i < 16; i++) {
      if (i === 4 || i === 6 || i === 8 || i === 10) text += '-'
      text += hexDigits[bytes[i] >> 4] + hexDigits[bytes[i] & 15]
    }
    return text
  },
}

const subtle = {
  async digest(algorithm, data) {
    const name = typeof algorithm === 'object' && algorithm !== null ? algorithm.name : algorithm
    const known = algorithms[lowerCase(textOf(name))]
    if (known === undefined) {
      throw makeError(
        'NotSupportedError',
        `the digest ${textOf(name)} is not here; use SHA-1, SHA-256, SHA-384 or SHA-512`,
        'ERR_VMS_DIGEST',
      )
    }
    const bytes = bytesOf(data)
    if (bytes === null)
      throw makeError('TypeError', 'a digest is made of bytes', 'ERR_INVALID_ARG_TYPE')
    const length = typedArrayLength(bytes)
    charge(digestPrice + (length >> 1))
    putBytes(bytes, length)
    return viewMemory(takeBytes(host('digest', known, length)))
  },
}

const secretless = ['decrypt', 'encrypt', 'exportKey', 'generateKey', 'importKey', 'sign', 'verify']

/** An operation of `crypto.subtle` that uses keys. It throws an error with the reason. */
function refuseKeys(name) {
  return {
    async [name]() {
      throw makeError(
        'NotSupportedError',
        `crypto.subtle.${name} is refused: whatever a script knows, everybody can read; sign and encrypt in the client`,
        'ERR_VMS_REFUSED_GLOBAL',
      )
    },
  }[name]
}

export function installCrypto() {
  const crypto = {}
  const operations = {}
  give(operations, 'digest', subtle.digest)
  for (let i = 0; i < secretless.length; i++) {
    give(operations, secretless[i], refuseKeys(secretless[i]))
  }
  defineProperty(operations, tagSymbol, { __proto__: null, value: 'SubtleCrypto' })
  give(crypto, 'getRandomValues', methods.getRandomValues)
  give(crypto, 'randomUUID', methods.randomUUID)
  give(crypto, 'subtle', operations)
  defineProperty(crypto, tagSymbol, { __proto__: null, value: 'Crypto' })
  give(globalThis, 'crypto', crypto)
}
