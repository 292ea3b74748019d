/** The counter, as those use it who count together. */
import { expect, test } from 'vitest'
import { execHost } from '../harness/vms-host.ts'
import { type Example, newCaller, serveExample } from './example-service.ts'

type Counter = Example<'get' | 'increment'>

test('counts from zero, by one or more, up and down, each step for one caller only', async () => {
  const counter = await serveExample<Counter>('counter')
  const [alice, bob] = [await counter.caller(), await counter.caller()]
  expect(await alice.service.get()).toBe(0)
  const steps = await Promise.all(
    Array.from({ length: 50 }, (_, i) => (i % 2 ? alice : bob).service.increment()),
  )
  expect([...steps].sort((a, b) => Number(a) - Number(b))).toEqual(
    Array.from({ length: 50 }, (_, i) => i + 1),
  )
  expect(await alice.service.increment(10)).toBe(60)
  expect(await bob.service.increment(-60)).toBe(0)
})

test('what is no whole number, and a count that would be none, is refused', async () => {
  const counter = await serveExample<Counter>('counter')
  const { service } = await counter.caller()
  for (const by of ['1', 1.5, Number.NaN, null, 10n]) {
    await expect(service.increment(by)).rejects.toMatchObject({ name: 'TypeError' })
  }
  await service.increment(Number.MAX_SAFE_INTEGER)
  await expect(service.increment()).rejects.toMatchObject({
    name: 'RangeError',
    message: 'the count is full',
  })
  expect(await service.get()).toBe(Number.MAX_SAFE_INTEGER)
})

test('goes on counting after a restart', async () => {
  const counter = await serveExample<Counter>('counter')
  const before = await counter.caller()
  await before.service.increment(41)
  await counter.process.finished('SIGTERM')
  const again = await execHost(counter.place, 'counter.js')
  const { service } = await newCaller<Counter>(again.url)
  expect(await service.increment()).toBe(42)
})
