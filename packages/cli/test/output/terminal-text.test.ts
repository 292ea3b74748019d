import { expect, test } from 'vitest'
import {
  safeJson,
  safeLines,
  safeOrder,
  safeScreen,
  safeSource,
  safeText,
} from '../../src/output/terminal-text.ts'

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

test('a file on a terminal cannot write over a line', () => {
  expect(safeScreen('paid: 100\rpaid: 1\r\nnext')).toBe('paid: 100\ufffdpaid: 1\r\nnext')
})

test('source for an editor ends its lines in one way and instructs no editor', () => {
  expect(safeSource('// a\u2028steal()\r// b\r\nc')).toBe('// a\nsteal()\n// b\nc')
  expect(safeSource('/** \u001b[2J\u202e */')).toBe('/** \ufffd[2J\ufffd */')
  const instructions = [
    '// vim: set fdm=expr fde=system("id"):',
    '/* vi:noai */',
    '// Vim>=700: set ts=4:',
    '// ex: set ts=4',
    '// -*- eval: (shell-command "id") -*-',
    '// Local Variables:',
  ]
  // What vim and Emacs look for, in the lines where they look.
  const obeyed = /(^|\s)(vi|vim([<=>]+\d+)?|ex):|-\*-|local variables:/i
  for (const line of instructions) {
    expect(line).toMatch(obeyed)
    expect(safeSource(line)).not.toMatch(obeyed)
  }
})
