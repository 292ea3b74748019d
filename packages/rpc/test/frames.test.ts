/** Frames round-trip exactly, and everything else is refused with what was wrong. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodePositional } from '../../../vectors/positional.ts'
import {
  type ClientFrame,
  clientFrameBytes,
  decodeClientFrame,
  decodeHostFrame,
  encodeClientFrame,
  encodeHostFrame,
  FrameError,
  type HostFrame,
} from '../src/index.ts'

const hash = new Uint8Array(32).fill(7)
const signature = new Uint8Array(64).fill(9)
const node = { index: 5, size: 2 ** 40, hash }
const clientFrames: ClientFrame[] = [
  ['call', 1, Uint8Array.of(1, 2, 3), signature],
  ['call', Number.MAX_SAFE_INTEGER, new Uint8Array(), null],
  ['entry', 2, 0],
  ['consistency', 3, 2 ** 35, 2 ** 36],
  ['blocks', 4, 'db', 3, 9, 2 ** 40],
  ['follow'],
]

const hello: Extract<HostFrame, readonly ['hello', unknown]>[1] = {
  ledger: hash,
  manifest: { signer: hash, filesKey: hash, genesisHash: hash },
  methods: ['RSVP', '__proto__', ''],
  authentication: 'signed',
  limits: { requestBytes: 1_048_576, requestCalls: 1_000, requestLifetimeMs: 600_000 },
  time: 1_800_000_000_000,
  head: { length: 3, roots: [node, node], signature },
}
const reply: Extract<HostFrame, readonly ['reply', ...unknown[]]>[2] = {
  index: 6,
  length: 7,
  tail: new Uint8Array(100).fill(5),
  path: [node],
}
const refusal: Extract<HostFrame, readonly ['refused', ...unknown[]]>[2] = {
  code: 'ERR_VMS_BUSY',
  message: 'é',
  covers: false,
  length: 7,
  treeHash: hash,
  time: 1_760_000_000_000,
  signature,
}
const hostFrames: HostFrame[] = [
  ['hello', hello],
  ['head', { from: 3, length: 7, nodes: [node], signature }],
  ['reply', 1, reply],
  ['reply', 2, { ...reply, tail: new Uint8Array(), path: [] }],
  ['refused', 4, refusal],
  ['entry', 5, new Uint8Array(100_000)],
  ['consistency', 6, []],
  ['blocks', 6, { blocks: [new Uint8Array(10)], before: [node], after: [] }],
  ['error', null, { code: 'ERR_VMS_BAD_FRAME', message: 'no' }],
  ['error', 7, { code: 'ERR_VMS_NOT_FOUND', message: 'no' }],
]

describe('round trip', () => {
  test.each(clientFrames.map((frame) => [frame[0], frame] as const))(
    'client %s',
    (_kind, frame) => {
      expect(decodeClientFrame(encodeClientFrame(frame))).toEqual(frame)
    },
  )
  test.each(hostFrames.map((frame) => [frame[0], frame] as const))('host %s', (_kind, frame) => {
    expect(decodeHostFrame(encodeHostFrame(frame))).toEqual(frame)
  })
  test('the bytes are MessagePack that any reader reads', () => {
    expect(Buffer.from(encodeClientFrame(['consistency', 3, 0, 300])).toString('hex')).toBe(
      '94ab636f6e73697374656e63790300cd012c',
    )
  })
})

describe('what is no frame is refused and named', () => {
  const refused = (value: unknown, decode: (bytes: Uint8Array) => unknown): FrameError => {
    const bytes = encodePositional(value)
    try {
      decode(bytes)
    } catch (error) {
      if (error instanceof FrameError) return error
      throw error
    }
    throw new Error('it was accepted')
  }

  test.each<[string, unknown, string]>([
    ['a number', 7, '$: expected an array, got another number'],
    ['an empty array', [], 'the bytes end here'],
    ['another kind', ['hello', 1], 'expected call or entry or consistency'],
    ['a kind that the host sends', ['reply', 1], ', got string reply'],
    ['a kind of every object', ['constructor', 1], ', got string constructor'],
    ['a long kind', ['x'.repeat(1_000)], 'got 1000 bytes of text'],
    ['too few parts', ['call', 1, hash], '$: call has 3 parts, got 2'],
    ['too many parts', ['entry', 1, 0, 0], '$: entry has 2 parts, got 3'],
    ['a negative id', ['entry', -1, 0], '$.entry.id: expected a whole number'],
    ['a fraction', ['entry', 1, 0.5], '$.entry.index: expected a whole number'],
    ['a string for bytes', ['call', 1, 'abc', null], '$.call.request: expected at most'],
    [
      'a short signature',
      ['call', 1, hash, hash],
      '$.call.signature: expected 64 bytes, got 32 bytes',
    ],
  ])('from a client: %s', (_name, value, message) => {
    const error = refused(value, decodeClientFrame)
    expect(error).toMatchObject({ code: 'ERR_VMS_BAD_FRAME', name: 'FrameError' })
    expect(error.message).toMatch(/^bad frame: /)
    expect(error.message).toContain(message)
    expect(error.shouldRetry()).toBe(false)
  })

  const without = (object: object, key: string) =>
    Object.fromEntries(Object.entries(object).filter(([name]) => name !== key))
  test.each<[string, unknown, string]>([
    [
      'an unknown field',
      ['hello', { ...hello, more: 1 }],
      '$.hello.hello: expected a record of 7 fields, got 8',
    ],
    [
      'a missing field',
      ['hello', without(hello, 'time')],
      '$.hello.hello: expected a record of 7 fields, got 6',
    ],
    [
      'another order',
      ['hello', { ...without(hello, 'ledger'), ledger: hash }],
      '$.hello.hello.ledger: expected 32 bytes, got an array',
    ],
    [
      'another authentication',
      ['hello', { ...hello, authentication: 'none' }],
      'expected signed or debug',
    ],
    [
      'an unknown refusal',
      ['refused', 1, { ...refusal, code: 'ERR_VMS_NO' }],
      'refused.refusal.code',
    ],
    [
      'an unsigned refusal',
      ['refused', 1, { ...refusal, signature: null }],
      'refused.refusal.signature',
    ],
    [
      'a refusal that leaves open what it covers',
      ['refused', 1, { ...refusal, covers: 1 }],
      'refused.refusal.covers',
    ],
    ['a tail that is text', ['reply', 1, { ...reply, tail: 'x' }], '$.reply.reply.tail'],
    [
      'a path without end',
      ['reply', 1, { ...reply, path: Array(105).fill(node) }],
      'expected an array of 0 to 104 items, got 105 items',
    ],
    [
      'a length beyond counting',
      ['head', { from: 3, length: 2 ** 53, nodes: [], signature }],
      'head.head.length',
    ],
  ])('from a host: %s', (_name, value, message) => {
    expect(refused(value, decodeHostFrame).message).toContain(message)
  })

  test('a map whose key is an array', () => {
    const bytes = Uint8Array.of(130, 144, 0, 0, 0)
    for (const decode of [decodeClientFrame, decodeHostFrame]) {
      expect(() => decode(bytes)).toThrow(FrameError)
    }
  })

  test('any bytes at all are a frame or a FrameError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        for (const decode of [decodeClientFrame, decodeHostFrame]) {
          try {
            decode(bytes)
          } catch (error) {
            expect(error).toBeInstanceOf(FrameError)
          }
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('every frame with one byte altered is a frame or a FrameError', () => {
    const encoded = [
      ...clientFrames.map(encodeClientFrame),
      ...hostFrames.filter(([kind]) => kind !== 'entry').map(encodeHostFrame),
    ]
    for (const bytes of encoded) {
      for (let at = 0; at < bytes.length; at++) {
        const altered = Uint8Array.from(bytes)
        altered[at] = (altered[at] as number) ^ 0xff
        try {
          decodeHostFrame(altered)
          decodeClientFrame(altered)
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError)
        }
      }
    }
  })
})

describe('size', () => {
  test('a frame of exactly the limit passes, one byte more is refused', () => {
    const frame = encodeClientFrame(['entry', 1, 0])
    expect(decodeClientFrame(frame, frame.length)).toEqual(['entry', 1, 0])
    expect(() => decodeClientFrame(frame, frame.length - 1)).toThrow(
      `bad frame: ${frame.length} bytes are more than the ${frame.length - 1} allowed`,
    )
  })

  test('the largest request that a genesis allows fits into the largest frame', () => {
    for (const requestBytes of [0, 255, 65_536, 1_048_576]) {
      const frame = encodeClientFrame([
        'call',
        Number.MAX_SAFE_INTEGER,
        new Uint8Array(requestBytes),
        signature,
      ])
      expect(frame.length).toBeLessThanOrEqual(clientFrameBytes(requestBytes))
    }
  })
})
