/** What a drive that somebody else wrote says of a file. */
import { expect, test } from 'vitest'
import { type EntryValue, valueStat } from '../src/files/file-entry.ts'

const value = (byteLength: unknown, metadata: unknown): EntryValue =>
  ({ executable: false, linkname: null, blob: { byteLength }, metadata }) as EntryValue

test.each(['\u001b[2J', -1, 1.5, 2 ** 60, null, undefined, {}])(
  'no size and no time: %o',
  (odd) => {
    const { size, mtime } = valueStat(value(odd, { mtime: odd }))
    expect({ size, mtime }).toEqual({ size: 0, mtime: 0 })
  },
)

test('the last time that a Date can hold', () => {
  const { mtime } = valueStat(value(1, { mtime: 8_640_000_000_000_000 }))
  expect(new Date(mtime).toISOString()).toBe('+275760-09-13T00:00:00.000Z')
  expect(valueStat(value(1, { mtime: 8_640_000_000_000_001 })).mtime).toBe(0)
})
