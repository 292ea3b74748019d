/** The reader and writer of browsers and those of Node agree on every frame. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as browser from '../src/message-pack.browser.ts'
import * as node from '../src/message-pack.node.ts'
import { plainFault } from '../src/plain.ts'

const part = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.integer({ min: -40_000, max: 70_000 }),
    fc.double({ noNaN: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('any'), { maxLength: 20 }),
    fc.dictionary(
      fc.string({ maxLength: 8 }).filter((key) => key !== '__proto__'),
      tie('any'),
      { maxKeys: 20, noNullPrototype: true },
    ),
  ),
})).any

describe.each([
  ['Node', 'a browser', node, browser],
  ['a browser', 'Node', browser, node],
  ['a browser', 'a browser', browser, browser],
])('what %s writes', (_, reader, from, to) => {
  test(`is what ${reader} reads`, () => {
    fc.assert(
      fc.property(part, (frame) => {
        const bytes = Uint8Array.from(from.pack(frame))
        expect(plainFault(bytes, 8)).toBeNull()
        expect(to.unpack(bytes)).toEqual(frame)
      }),
      { numRuns: 500 },
    )
  })
})

test('the long forms are read', () => {
  const long = Uint8Array.of(
    0xdc,
    0,
    8,
    0xcd,
    0,
    5,
    0xcf,
    0,
    0,
    0,
    0,
    0,
    0,
    1,
    0,
    0xd3,
    255,
    255,
    255,
    255,
    255,
    255,
    255,
    254,
    0xd0,
    0x80,
    0xca,
    0x3f,
    0x80,
    0,
    0,
    0xc6,
    0,
    0,
    0,
    1,
    7,
    0xda,
    0,
    1,
    0x61,
    0xdf,
    0,
    0,
    0,
    1,
    0xd9,
    1,
    0x62,
    0xe0,
  )
  expect(plainFault(long, 8)).toBeNull()
  const read = [5, 256, -2, -128, 1, Uint8Array.of(7), 'a', { b: -32 }]
  expect(browser.unpack(long)).toEqual(read)
  expect(node.unpack(long)).toEqual(read)
})
