import { expect, test } from 'vitest'
import { parseArguments } from '../../src/calls/arguments.ts'
import { ArgumentError } from '../../src/errors/errors.ts'

test('each argument is one JSON value', () => {
  expect(parseArguments(['true', '"busy"', '-1.5', 'null', '{"a":[1]}'])).toEqual([
    true,
    'busy',
    -1.5,
    null,
    { a: [1] },
  ])
  expect(parseArguments([])).toEqual([])
})

test('a bare word gets an error that shows how to quote it', () => {
  expect(() => parseArguments(['true', 'busy'])).toThrow(
    expect.objectContaining({
      code: 'ERR_VMS_BAD_ARGUMENT',
      exit: 2,
      message: expect.stringContaining('argument 2'),
      hint: expect.stringContaining(`'"busy"'`),
    }),
  )
})

test('the suggested quoting survives a shell', () => {
  const hint = (() => {
    try {
      parseArguments([`it's`])
    } catch (error) {
      return (error as ArgumentError).hint
    }
    return undefined
  })()
  expect(hint).toContain(`'"it'\\''s"'`)
})

test('broken JSON is told apart from a bare word', () => {
  expect(() => parseArguments(['{a:1}'])).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('single quotes') }),
  )
  expect(() => parseArguments(['{"$bytes":"***"}'])).toThrow(ArgumentError)
})
