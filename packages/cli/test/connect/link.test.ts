import { expect, test } from 'vitest'
import { type Link, whileLinked } from '../../src/connect/link.ts'

const close = (): void => {}

/** A link that the other side ends when asked to. */
function link(): Link & { end(): void } {
  const lost = new AbortController()
  return { close, lost: lost.signal, end: () => lost.abort(new Error('gone')) }
}

const never = new Promise<never>(() => {})

test('what needs the other side ends soon after it', async () => {
  const connected = link()
  const waiting = whileLinked(never, connected)
  connected.end()
  await expect(waiting).rejects.toThrow('gone')
  await expect(whileLinked(never, connected)).rejects.toThrow('gone')
})

test('what is here already still comes', async () => {
  const connected = link()
  connected.end()
  expect(await whileLinked(Promise.resolve(1), connected)).toBe(1)
})

test('a link of many peers never ends, and errors pass', async () => {
  expect(await whileLinked(Promise.resolve(1), { close })).toBe(1)
  await expect(whileLinked(Promise.reject(new RangeError('no')), link())).rejects.toThrow(
    RangeError,
  )
})
