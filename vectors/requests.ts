/** Requests: bytes, id, signature, seeds; and bytes that are no request. See `docs/spec/format.md`, "Requests". */
import {
  callerId,
  encodeRequest,
  encodeValue,
  type Request,
  requestId,
  signRequest,
  toHex,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { alice, bob, filled, ledger, requestOf, seedOf, seeds } from './example.ts'
import { recordNotationOf } from './notation.ts'
import { encodePositional } from './positional.ts'

const one = requestOf(alice.publicKey, [['RSVP', [true]]], 1)
const bytes = encodeRequest(one)
const signature = signRequest(crypto, bytes, alice.secretKey)

const valid: readonly (readonly [string, Request])[] = [
  ['one call', one],
  [
    'three calls in one request',
    requestOf(
      alice.publicKey,
      [
        ['RSVP', [true]],
        ['list', []],
        ['RSVP', [null, { a: 1 }]],
      ],
      2,
    ),
  ],
  ['a debug caller', requestOf('bob', [['list', []]], 3)],
  ['the longest debug name', requestOf('B'.repeat(64), [['list', []]], 3)],
  ['the largest numbers', { ...one, expires: 8.64e15, head: { ...one.head, length: 2 ** 53 - 1 } }],
  ['a method with any name', { ...one, calls: [['constructor 😀', encodeValue([])]] }],
]

/** The request with one field changed; the order of the fields stays. */
const changed = (field: string, value: unknown): Uint8Array =>
  encodePositional({ ...one, [field]: value })
const { nonce: _nonce, ...withoutNonce } = one
const { calls: _calls, ...withoutCalls } = one
const args = encodeValue([])

const invalid: readonly (readonly [string, Uint8Array])[] = [
  ['an unknown field', encodePositional({ ...one, extra: 1 })],
  ['a missing field', encodePositional(withoutNonce)],
  ['fields in another order', encodePositional({ calls: one.calls, ...withoutCalls })],
  ['another version', changed('version', 2)],
  ['a version that is a bigint', changed('version', 1n)],
  ['a ledger of 31 bytes', changed('ledger', filled(1, 31))],
  ['a ledger in hexadecimal', changed('ledger', toHex(ledger))],
  ['a caller of 33 bytes', changed('caller', filled(1, 33))],
  ['a caller that is null', changed('caller', null)],
  ['an empty debug name', changed('caller', '')],
  ['a debug name with a space', changed('caller', 'bob b')],
  ['a debug name of 65 characters', changed('caller', 'b'.repeat(65))],
  ['a head that is null', changed('head', null)],
  ['a head with a third field', changed('head', { ...one.head, fork: 0 })],
  [
    'a head whose fields are in another order',
    changed('head', { treeHash: one.head.treeHash, length: 3 }),
  ],
  ['a head that is a Map', changed('head', new Map(Object.entries(one.head)))],
  ['a negative length', changed('head', { ...one.head, length: -1 })],
  ['a length that is −0', changed('head', { ...one.head, length: -0 })],
  ['a fraction of a millisecond', changed('expires', 1.5)],
  ['an expiry that is a Date', changed('expires', new Date(1))],
  ['an expiry beyond what a Date holds', changed('expires', 8.64e15 + 1)],
  ['a nonce of 15 bytes', changed('nonce', filled(1, 15))],
  ['no calls', changed('calls', [])],
  ['calls that are a Set', changed('calls', new Set([['RSVP', args]]))],
  ['a call without arguments', changed('calls', [['RSVP']])],
  ['a call of three parts', changed('calls', [['RSVP', args, null]])],
  ['a method that is bytes', changed('calls', [[args, args]])],
  ['a method of 257 characters', changed('calls', [['m'.repeat(257), args]])],
  ['arguments that are not encoded', changed('calls', [['RSVP', []]])],
  ['bytes after the request', Uint8Array.of(...bytes, 0)],
  ['the request cut short', bytes.subarray(0, -1)],
  ['a map of the fields', encodeValue(one)],
  ['the version in a longer form', withLongVersion(bytes)],
  ['a value that is no array', encodeValue('request')],
]

/** The same request, not canonical: its version 1 written as uint8. */
function withLongVersion(canonical: Uint8Array): Uint8Array {
  const at = 1
  return Uint8Array.of(...canonical.subarray(0, at), 0xcc, ...canonical.subarray(at))
}

const flip = (given: Uint8Array, at: number): Uint8Array =>
  given.map((byte, i) => (i === at ? byte ^ 1 : byte))

const signatures: readonly (readonly [string, Uint8Array, Uint8Array, Uint8Array, boolean])[] = [
  ["the caller's signature", bytes, signature, alice.publicKey, true],
  ['without the domain tag', bytes, crypto.sign(bytes, alice.secretKey), alice.publicKey, false],
  [
    'over the id',
    bytes,
    crypto.sign(requestId(crypto, bytes), alice.secretKey),
    alice.publicKey,
    false,
  ],
  ['by another key', bytes, signRequest(crypto, bytes, bob.secretKey), alice.publicKey, false],
  ['checked with another key', bytes, signature, bob.publicKey, false],
  ['of a changed request', flip(bytes, bytes.length - 1), signature, alice.publicKey, false],
  ['changed', bytes, flip(signature, 63), alice.publicKey, false],
]

export const requestVectors = (): object => ({
  about:
    'Requests. fields: a record (vectors/notation.ts). bytes, id, signature, callSeeds: hex; the signature is by the key of seed `callerSeed`. invalid: bytes that are refused.',
  callerSeed: toHex(seeds.alice),
  ledger: toHex(ledger),
  valid: valid.map(([name, request]) => {
    const encoded = encodeRequest(request)
    return {
      name,
      fields: recordNotationOf(request),
      bytes: toHex(encoded),
      id: toHex(requestId(crypto, encoded)),
      callerId: callerId(request.caller),
      signature:
        typeof request.caller === 'string'
          ? null
          : toHex(signRequest(crypto, encoded, alice.secretKey)),
      callSeeds: request.calls.map((_, call) => toHex(seedOf(encoded, call))),
    }
  }),
  invalid: invalid.map(([name, given]) => ({ name, bytes: toHex(given) })),
  signatures: signatures.map(([name, given, signed, publicKey, holds]) => ({
    name,
    bytes: toHex(given),
    signature: toHex(signed),
    publicKey: toHex(publicKey),
    valid: holds,
  })),
})
