/** Addresses: whatever a person types gives an address or an error that says so. */
import {
  AddressError,
  encodeKey,
  filesUrl,
  ledgerUrl,
  parseAddress,
  parseKey,
  toHex,
} from '@vms/format'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const key = fc.uint8Array({ minLength: 32, maxLength: 32 })

describe('keys', () => {
  test('any key has one text in z-base-32, and one in lower-case hexadecimal', () => {
    fc.assert(
      fc.property(key, (bytes) => {
        expect(parseKey(encodeKey(bytes))).toStrictEqual(bytes)
        expect(parseKey(toHex(bytes))).toStrictEqual(bytes)
        expect(parseAddress(ledgerUrl(bytes))).toMatchObject({ kind: 'ledger', key: bytes })
        expect(parseAddress(filesUrl(bytes))).toMatchObject({
          kind: 'files',
          key: bytes,
          path: '/',
        })
      }),
    )
  })

  test('no two texts of z-base-32 are one key', () => {
    fc.assert(
      fc.property(key, fc.constantFrom(...'ybndrfg8ejkmcpqxot1uwisza345h769'), (bytes, letter) => {
        const text = encodeKey(bytes).slice(0, -1) + letter
        const read = parseKey(text)
        if (read) expect(encodeKey(read)).toBe(text)
      }),
    )
  })
})

describe('any text', () => {
  const parses = (text: string): void => {
    try {
      expect(parseAddress(parseAddress(text).url).url).toBe(parseAddress(text).url)
    } catch (error) {
      if (!(error instanceof AddressError)) throw error
      expect(error.code).toBe('ERR_VMS_BAD_ADDRESS')
      expect(error.address).toBe(text)
    }
  }

  test('is an address with a normal form, or refused by name', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), parses), { numRuns: 2_000 })
    fc.assert(fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), parses))
  })

  test('made of the parts of addresses', () => {
    const part = fc.constantFrom(
      'vms://',
      'hyper://',
      'ws://',
      'https://',
      'localhost',
      ':',
      '5555',
      '/',
      '//',
      '@',
      '%',
      '%zz',
      '%c3',
      '?',
      '#',
      '[::1]',
      '[',
      ' ',
      '\n',
      '.',
      '..',
      encodeKey(new Uint8Array(32)),
      toHex(new Uint8Array(32)),
      'example.org',
      '-',
      '_',
      'é',
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => parses(parts.join(''))),
      { numRuns: 5_000 },
    )
  })
})
