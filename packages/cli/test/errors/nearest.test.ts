import { expect, test } from 'vitest'
import { didYouMean, nearest } from '../../src/errors/nearest.ts'

const METHODS = ['RSVP', 'list', 'addComment']

test.each([
  ['RSPV', 'RSVP'],
  ['rsvp', 'RSVP'],
  ['lst', 'list'],
  ['addcoment', 'addComment'],
  ['delete', null],
  ['', null],
  ['x'.repeat(100_000), null],
])('the method that %.20s is meant to be: %s', (name, meant) => {
  expect(nearest(name, METHODS)).toBe(meant)
})

test('of two that are alike, the nearer', () => {
  expect(nearest('lists', ['lots', 'list'])).toBe('list')
})

test('a question where there is an answer', () => {
  expect(didYouMean('RSPV', METHODS)).toBe('; did you mean RSVP?')
  expect(didYouMean('remove', METHODS)).toBe('')
})
