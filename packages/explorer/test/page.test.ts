/** The parts of the page that need no browser. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lineDiff } from '../src/page/model/line-diff.ts'
import { valueLine, valueLines } from '../src/page/model/value-text.ts'
import { visibleLine, visibleText } from '../src/page/model/visible.ts'

const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 })

describe('the difference of two texts', () => {
  test('leads from the one to the other', () => {
    fc.assert(
      fc.property(lines, lines, (older, newer) => {
        const diff = lineDiff(`${older.join('\n')}\n`, `${newer.join('\n')}\n`)
        const side = (kind: string): string[] =>
          diff.filter((line) => line.kind === 'same' || line.kind === kind).map(({ text }) => text)
        expect(side('gone')).toEqual(older.length === 0 ? [''] : older)
        expect(side('new')).toEqual(newer.length === 0 ? [''] : newer)
      }),
    )
  })

  test('keeps as much as it can', () => {
    const diff = lineDiff('one\ntwo\nthree\n', 'one\n2\nthree\nfour\n')
    expect(diff.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'same one',
      'gone two',
      'new 2',
      'same three',
      'new four',
    ])
  })
})

describe('values', () => {
  test.each([
    [undefined, 'undefined'],
    [-0, '-0'],
    [10n, '10n'],
    ['a"\n', '"a\\"\\n"'],
    [new Date(0), 'Date(1970-01-01T00:00:00.000Z)'],
    [new Date(Number.NaN), 'Date(invalid)'],
    [Uint8Array.of(1, 255), 'bytes(2: 01ff)'],
    [[1, [2]], '[1, [2]]'],
    [{ a: 1, 'b c': null }, '{a: 1, "b c": null}'],
    [new Map([[1, new Set(['x'])]]), 'Map(1 → Set("x"))'],
  ])('%o on one line', (value, text) => {
    expect(valueLine(value)).toBe(text)
  })

  test('are cut off where it is too much, however deep they are', () => {
    let deep: unknown = 1
    for (let i = 0; i < 1_000; i++) deep = [deep]
    expect(valueLine(deep, 50)).toBe(`${'['.repeat(50)}…`)
    expect(valueLine('x'.repeat(1_000_000), 20).length).toBeLessThan(25)
    expect(valueLines({ a: [1] })).toBe('{\n  a: [\n    1\n  ]\n}')
  })
})

test('what shows nothing, or turns the text around, is shown by its number', () => {
  expect(visibleLine('a\u202Eb\u0000\nc')).toBe('a⟨202E⟩b⟨0000⟩⟨000A⟩c')
  expect(visibleText('a\n\tb\u200B')).toBe('a\n\tb⟨200B⟩')
  expect(visibleLine('zażółć 日本語 👍')).toBe('zażółć 日本語 👍')
})
