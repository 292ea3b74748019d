import { expect, test } from 'vitest'
import { safeJson, safeLines, safeOrder, safeText } from '../src/terminal-text.ts'

const hostile = 'a\u001b[31m\u009b\u0000\n\tb\u2028\u202e\u200f\u2066日本'

test('one line that moves nothing', () => {
  expect(safeText(hostile)).toBe(
    'a\\u{1b}[31m\\u{9b}\\u{0}\\n\\tb\\u{2028}\\u{202e}\\u{200f}\\u{2066}日本',
  )
})

test('lines and columns stay where those count', () => {
  expect(safeLines(hostile)).toBe('a\ufffd[31m\ufffd\ufffd\n\tb\u2028\ufffd\ufffd\ufffd日本')
})

test('JSON means the same and shows nothing', () => {
  const json = safeJson({ [hostile]: hostile })
  expect(JSON.parse(json)).toEqual({ [hostile]: hostile })
  expect(json).toMatch(/^[^\p{Cc}\u2028\u202e\u200f\u2066]*$/u)
  expect(json).toContain('日本')
})

test('our own colours stay, what reorders a line does not', () => {
  expect(safeOrder('\u001b[32mx\u202ey\u001b[39m\n')).toBe('\u001b[32mx\\u{202e}y\u001b[39m\n')
})
