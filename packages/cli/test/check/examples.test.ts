/** Calls in the comments of scripts, and those that are made up. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { callsFor, readCalls } from '../../src/check/calls.ts'
import { exampleCalls } from '../../src/check/examples.ts'

describe('examples', () => {
  test('are calls with plain values', () => {
    const source = `
/**
 * Says whether the caller comes.
 * @param {boolean} isAttending
 * @example RSVP(true, 'for the cake')
 * @example await exports.RSVP(false)
 * @example
 * const answer = await client.RSVP(true, \`late\`)
 * list() // → all of them
 */
exports.RSVP = () => {}
/** @example put({ a: [1, -2, null, undefined, 12n], 'b c': new Uint8Array([1]) }, new Map([['k', NaN]])) */
`
    expect(exampleCalls(source)).toEqual([
      { method: 'RSVP', args: [true, 'for the cake'] },
      { method: 'RSVP', args: [false] },
      { method: 'RSVP', args: [true, 'late'] },
      { method: 'list', args: [] },
      {
        method: 'put',
        args: [
          { a: [1, -2, null, undefined, 12n], 'b c': new Uint8Array([1]) },
          new Map([['k', Number.NaN]]),
        ],
      },
    ])
  })

  test.each([
    '/** @example put(other) */',
    '/** @example put(a + b) */',
    '/** @example put(...list) */',
    '/** @example see the manual (page 3) */',
    '/** @example put( */',
    '/** @example put(`$' + '{a}`) */',
    '// @example put(1)',
    '/** put(1) */',
  ])('are for people: %s', (source) => {
    expect(exampleCalls(source)).toEqual([])
  })

  test('go before what is made up, method by method', () => {
    const calls = callsFor(
      ['a', 'b'],
      [
        { method: 'a', args: [1] },
        { method: 'gone', args: [] },
      ],
    )
    expect(calls.filter(({ method }) => method === 'a').map(({ args }) => args)).toEqual([[1]])
    expect(calls.filter(({ method }) => method === 'b').length).toBeGreaterThan(10)
    expect(calls.some(({ method }) => method === 'gone')).toBe(false)
    const times = calls.map(({ time }) => time)
    expect(times).toEqual(times.toSorted((x, y) => x - y))
  })
})

describe('a file of calls', () => {
  const read = (text: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'vms-calls-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'calls.jsonl'), text)
    return readCalls('calls.jsonl', folder)
  }

  test('has one a line, with callers and times that go on', async () => {
    const lines = [
      '{"method":"a","args":[{"$bytes":"AQI="}],"caller":"debug:bob","time":"2026-02-01T00:00:00Z"}',
      '',
      '{"method":"b"}',
    ]
    const calls = await read(lines.join('\n'))
    const time = Date.UTC(2026, 1, 1)
    expect(calls).toEqual([
      { method: 'a', args: [new Uint8Array([1, 2])], caller: 'debug:bob', time },
      { method: 'b', args: [], caller: 'debug:check', time: time + 1_000 },
    ])
  })

  test.each([
    ['{"method":1}', '"method" must be a string'],
    ['{"method":"a","args":{}}', '"args" must be an array'],
    ['{"method":"a","caller":3}', '"caller" must be a string'],
    ['{"method":"a","time":"soon"}', '"time" must be'],
    ['nothing', 'JSON'],
    ['null', '"method" must be a string'],
    ['\n', 'holds no calls'],
  ])('is refused with its line: %s', async (text, words) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'ERR_VMS_USAGE',
      message: expect.stringContaining(words),
    })
  })
})
