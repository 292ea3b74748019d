import { expect, test } from 'vitest'
import { codeFrame } from '../../src/output/code-frame.ts'

test('the lines around a place, with a caret under it', () => {
  expect(codeFrame('one\ntwo\nthree', 2, 2, false)).toBe(
    '  1 | one\n> 2 | two\n    |  ^\n  3 | three',
  )
})

test('a line that is too long is shown around the place', () => {
  const frame = codeFrame(`${'a'.repeat(5_000)}HERE${'b'.repeat(5_000)}`, 1, 5_001, false)
  const [line = '', carets = ''] = frame.split('\n')
  expect(line.length).toBeLessThan(140)
  expect(line.slice(carets.indexOf('^')).startsWith('HERE')).toBe(true)
})

test('characters that move the cursor are replaced, one for one', () => {
  const [line = '', carets = ''] = codeFrame('"\u001b[31m\u009b\u202e" )', 1, 11, false).split('\n')
  expect(line).toBe('> 1 | "\ufffd[31m\ufffd\ufffd" )')
  expect(line[carets.indexOf('^')]).toBe(')')
})

test('colour only where it is wanted', () => {
  expect(codeFrame('let a', 1, 1, false)).not.toContain('\u001b')
  expect(codeFrame('let a', 1, 1, true)).toContain('\u001b[')
})
