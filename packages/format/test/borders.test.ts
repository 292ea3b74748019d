/** Encoded entries in parts: borders put in later, and the tail that a reply carries. */
import { readFileSync } from 'node:fs'
import {
  decodeEntry,
  encodeEntry,
  entryWithTail,
  fromHex,
  tailOf,
  toHex,
  unborderedBytes,
  withBorders,
} from '@vms/format'
import { expect, test } from 'vitest'

const url = new URL('../../../vectors/entries.json', import.meta.url)
const { valid } = JSON.parse(readFileSync(url, 'utf8')) as {
  valid: { name: string; bytes: string }[]
}
const entries = valid.map(({ name, bytes }) => ({
  name,
  bytes: fromHex(bytes),
  entry: decodeEntry(fromHex(bytes)),
}))
const bordered = entries.filter(({ entry }) => entry.type !== 'genesis')

test.each(bordered)('$name: the borders come last', ({ bytes, entry }) => {
  const bare = encodeEntry({ ...entry, root: null, files: null } as typeof entry)
  const { root, files } = entry
  expect(toHex(withBorders(bare, { root, files }))).toBe(toHex(bytes))
  expect(unborderedBytes(bytes.length, entry)).toBe(bare.length)
  if (root || files) expect(() => withBorders(bytes, { root, files })).toThrow(TypeError)
})

test.each(entries)('$name: a tail is that of calls', ({ bytes, entry }) => {
  if (entry.type !== 'calls') {
    expect(() => tailOf(bytes)).toThrow(TypeError)
    return
  }
  const { request, signature } = entry
  expect(toHex(entryWithTail(request, signature, tailOf(bytes)))).toBe(toHex(bytes))
})

test.each([0, 1, 255, 256, 65_535, 65_536, 100_000])(
  'a request of %i bytes has the head that the encoding has',
  (length) => {
    const { entry } = entries.find(({ entry: { type } }) => type === 'calls') as (typeof entries)[0]
    if (entry.type !== 'calls') throw new Error('no calls')
    for (const signature of [null, new Uint8Array(64).fill(0xc0)]) {
      const request = new Uint8Array(length).fill(0xc0)
      const bytes = encodeEntry({ ...entry, request, signature })
      expect(toHex(entryWithTail(request, signature, tailOf(bytes)))).toBe(toHex(bytes))
    }
  },
)
