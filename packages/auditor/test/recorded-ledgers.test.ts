/** The recorded ledgers of each semantics number replay to the same bytes, in this release as in the one that recorded them. */
import { currentSemantics, knownSemantics } from '@vms/sandbox'
import { describe, expect, test } from 'vitest'
import { readRecorded, recordedNames } from '../../../vectors/ledgers/recorded.ts'
import { audit } from '../src/index.ts'

describe.each(knownSemantics.map(({ number }) => number))('semantics %i', (number) => {
  test.each(recordedNames(number))('%s', async (name) => {
    const { key, manifest, head, blocks } = readRecorded(number, name)
    const report = await audit({
      ledger: {
        key,
        manifest,
        head,
        async *entries(start, end) {
          yield* blocks.slice(start, end)
        },
      },
    })
    expect(report).toMatchObject({ verdict: 'verified', entries: head.length, findings: [] })
    expect(report.script?.semantics).toBe(number)
  })
})

test('the newest number has its ledgers', () => {
  expect(recordedNames(currentSemantics)).toEqual(
    expect.arrayContaining(['counter', 'keyserver', 'registry', 'rsvp', 'whoami', 'world']),
  )
})
