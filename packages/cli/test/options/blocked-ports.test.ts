import { expect, test } from 'vitest'
import { blockedPort } from '../../src/options/blocked-ports.ts'
import { port } from '../../src/options/options.ts'

/** The highest that is blocked is 10080. */
const ALL = Array.from({ length: 11_000 }, (_, i) => i + 1)

/** Takes no request: what gets as far as here was let through. */
const dispatcher = {
  dispatch() {
    throw new Error('let through')
  },
}

async function fetchRefuses(number: number): Promise<boolean> {
  const init = { dispatcher } as unknown as RequestInit
  const { cause } = await fetch(`http://localhost:${number}`, init).then(
    () => new Error('answered'),
    (error: Error) => error,
  )
  return (cause as Error).message === 'bad port'
}

test('are those that fetch refuses, and no others', async () => {
  const refused: number[] = []
  for (const number of ALL) if (await fetchRefuses(number)) refused.push(number)
  expect(refused.length).toBeGreaterThan(50)
  expect(ALL.filter((number) => blockedPort(number) !== null)).toEqual(refused)
})

test('are no ports to listen on', () => {
  expect(() => port('6000')).toThrow('x11')
  expect(port('5555')).toBe(5555)
  expect(port('0')).toBe(0)
})
