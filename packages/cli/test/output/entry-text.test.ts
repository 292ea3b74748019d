import { expect, test } from 'vitest'
import { entryLines } from '../../src/output/entry-text.ts'

const time = '2026-11-22T17:57:27.409Z'
const caller = '51uin3zd9jigciy9awbrwox8azj6ubbscxryfyb51r9g4s4gjcjo'

test('one line per call, with its outcome', () => {
  const lines = entryLines({
    index: 12,
    type: 'calls',
    time,
    caller,
    calls: [
      { method: 'RSVP', args: [true, 'x'], status: 'returned', value: { a: 1 } },
      { method: 'ping', args: [], status: 'returned' },
      {
        method: 'RSVP',
        args: [1],
        status: 'thrown',
        error: { name: 'TypeError', message: 'no', code: 'EINVAL' },
      },
      { method: 'loop', args: [], status: 'aborted', abort: 'resultBytes' },
      { method: 'ping', args: [], status: 'skipped' },
    ],
  })
  const start = '#12   2026-11-22 17:57:27  51uin3zd  '
  expect(lines).toEqual([
    `${start}RSVP(true, "x") → {"a":1}`,
    `${start}ping() → undefined`,
    `${start}RSVP(1) → ✘ TypeError: no [EINVAL]`,
    `${start}loop() → ✘ aborted: resultBytes`,
    `${start}ping() → skipped`,
  ])
})

test('debug callers by their whole name, long values cut, control characters shown', () => {
  const calls = [
    {
      method: 'say',
      args: ['\u001b[2J', 'x'.repeat(500)],
      status: 'returned',
      value: '\u0007',
    } as const,
  ]
  const [line] = entryLines({ index: 3, type: 'calls', time, caller: 'debug:bob', calls })
  expect(line).toContain('debug:bob  say("\\u001b[2J", "xxx')
  expect(line).toContain('…) → "\\u0007"')
  expect(line?.length).toBeLessThan(200)
})

test('the other entries', () => {
  const script = { name: 'a.js', title: 'A', source: '' }
  expect(entryLines({ index: 0, type: 'genesis', script, authentication: 'signed' })).toEqual([
    '#0    genesis: a.js (A), callers are signed',
  ])
  expect(
    entryLines({
      index: 1,
      type: 'boot',
      time,
      reason: 'start',
      methods: ['a', 'b'],
      status: 'returned',
    }),
  ).toEqual(['#1    2026-11-22 17:57:27  boot (start): a, b'])
  expect(entryLines({ index: 2, type: 'init', time, status: 'returned' })).toEqual([
    '#2    2026-11-22 17:57:27  init → undefined',
  ])
})

test('an alarm, with how late it came', () => {
  const alarm = {
    index: 7,
    type: 'alarm',
    time,
    id: 'x',
    due: '2026-11-22T17:57:27.400Z',
    method: 'close',
    args: ['now'],
  } as const
  const start = '#7    2026-11-22 17:57:27  alarm (9 ms late): '
  expect(entryLines({ ...alarm, status: 'returned', value: 1 })).toEqual([
    `${start}close("now") → 1`,
  ])
  expect(entryLines({ ...alarm, status: 'skipped' })).toEqual([`${start}close() did not run`])
})
