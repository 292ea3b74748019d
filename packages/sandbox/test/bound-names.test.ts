/** A machine starts only if the names that the transformation uses are exactly those that the runtime exports. */
import { createContext, runInContext } from 'node:vm'
import { expect, test } from 'vitest'
import { bindingText } from '../src/child/engine.ts'

const NAMES = { charge: 'a', enter: 'b' }

const bind = (instruments: Record<string, unknown>): unknown =>
  runInContext(`${bindingText(NAMES)};[a,b]`, createContext({ instruments }))

test('equal names are bound', () => {
  expect(bind({ enter: 2, charge: 1 })).toEqual([1, 2])
})

test.each([
  ['is missing', { charge: 1 }],
  ['is too many', { charge: 1, enter: 2, leave: 3 }],
  ['is another', { charge: 1, leave: 2 }],
])('a machine refuses to start if one %s', (_, instruments) => {
  expect(() => bind(instruments)).toThrow('the runtime binds other names')
})
