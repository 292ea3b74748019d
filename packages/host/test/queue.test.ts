import { expect, test } from 'vitest'
import type { Pending } from '../src/service/pending.ts'
import { Queue } from '../src/service/queue.ts'

const pending = (calls: number, bytes = 10): Pending =>
  ({
    bytes: new Uint8Array(bytes),
    request: { calls: Array.from({ length: calls }, () => ['list', new Uint8Array()]) },
  }) as unknown as Pending

const queue = (limits = { queueRequests: 3, queueBytes: 100 }): Queue => new Queue(limits)

test('takes whole requests, in order, up to a number of calls', () => {
  const waiting = queue()
  const [first, second, third] = [pending(2), pending(2), pending(2)]
  for (const each of [first, second, third]) waiting.push(each as Pending)
  expect(waiting.take(5)).toEqual([first, second])
  expect(waiting.take(5)).toEqual([third])
  expect(waiting.length).toBe(0)
})

test('takes one request even if it has more calls than asked for: an epoch may overrun by one request', () => {
  const waiting = queue()
  waiting.push(pending(9))
  expect(waiting.take(1)).toHaveLength(1)
})

test('refuses as busy at its number of requests and at its bytes', () => {
  const byNumber = queue()
  for (let i = 0; i < 3; i++) byNumber.push(pending(1))
  expect(() => byNumber.push(pending(1))).toThrow(expect.objectContaining({ code: 'ERR_VMS_BUSY' }))
  const byBytes = queue()
  byBytes.push(pending(1, 100))
  expect(() => byBytes.push(pending(1, 1))).toThrow(
    expect.objectContaining({ code: 'ERR_VMS_BUSY' }),
  )
})

test('what is put back comes first, and counts again', () => {
  const waiting = queue()
  const [first, second] = [pending(1, 60), pending(1, 40)]
  waiting.push(first)
  waiting.push(second)
  waiting.putBack(waiting.take(1))
  expect(() => waiting.push(pending(1, 1))).toThrow(
    expect.objectContaining({ code: 'ERR_VMS_BUSY' }),
  )
  expect(waiting.drain()).toEqual([first, second])
  waiting.push(pending(1, 100))
})
