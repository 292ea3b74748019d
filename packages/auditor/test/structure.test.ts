/** The checks that need no replay: each finding has a ledger that has it, and a good ledger has none. */
import { encodeValue, MACHINE_LIMITS } from '@vms/format'
import { describe, expect, test } from 'vitest'
import { RuleBroken, StructureCheck } from '../src/check/structure-check.ts'
import { FindingRaised } from '../src/findings/finding.ts'
import type { Finding } from '../src/index.ts'
import { aborted, bootEntry, returned, Scribe, SOME_FILES, thrown } from './scribe.ts'
import { STRUCTURE_FAULTS, type StructureFault } from './structure-faults.ts'

/** The first finding or broken rule; null if there is none. */
function check({ crypto, key, manifest, blocks }: Scribe): Partial<Finding> | null {
  const structure = new StructureCheck({ crypto, ledgerKey: key, manifest })
  try {
    for (const block of blocks) structure.check(block)
    return null
  } catch (error) {
    if (error instanceof FindingRaised) return error.finding
    if (error instanceof RuleBroken)
      return {
        code: error.rule.code,
        call: null,
        method: null,
        ...error.rule.detail,
      } as Partial<Finding>
    throw error
  }
}

const faults: [string, StructureFault][] = Object.entries(STRUCTURE_FAULTS)

test.each(faults)('%s', (code, { ledger, expected }) => {
  expect(check(ledger())).toMatchObject({ code, ...expected })
})

const init = {
  type: 'init',
  time: 1_000,
  outcome: returned(null),
  root: null,
  files: null,
} as const

describe('what may stand', () => {
  test('groups of several requests, of several calls, that all name one head', () => {
    const scribe = new Scribe()
    scribe.group([scribe.genesis, bootEntry(), init])
    scribe.group([scribe.calls(), scribe.calls({ calls: [['a'], ['b', 1]] }), scribe.calls()])
    scribe.group([scribe.calls()])
    scribe.group([bootEntry({ reason: 'restart', time: 2_000 }), scribe.calls()])
    expect(check(scribe)).toBeNull()
  })

  test('debug callers in a ledger for debugging', () => {
    const scribe = new Scribe({ authentication: 'debug' }).begin()
    const debug = { request: { caller: 'bob' }, entry: { signature: null } }
    scribe.group([scribe.calls(debug), scribe.calls()])
    expect(check(scribe)).toBeNull()
  })

  test('a boot after an abort, and one when the epoch is full', () => {
    const scribe = new Scribe({ epochCalls: 2 }).begin()
    scribe.group([scribe.calls({ entry: { outcomes: [aborted('result-bytes')] } })])
    scribe.group([bootEntry({ reason: 'abort', time: 2_000 }), scribe.calls(), scribe.calls()])
    scribe.group([bootEntry({ reason: 'epoch', time: 2_000 }), scribe.calls()])
    expect(check(scribe)).toBeNull()
  })

  test('a request at its last millisecond, and at the edge of its window', () => {
    const scribe = new Scribe({ window: 1 }).begin()
    const late = scribe.calls({ request: { expires: 2_000 } })
    scribe.group([scribe.calls()]).group([late])
    expect(check(scribe)).toBeNull()
  })

  test('a request of exactly as many bytes and calls as the genesis allows', () => {
    const nonce = new Uint8Array(16)
    const probe = new Scribe().begin()
    const { length } = probe.calls({ request: { nonce } }).request
    const limits = { ...MACHINE_LIMITS, requestBytes: length, requestCalls: 1 }
    const scribe = new Scribe({ limits }).begin()
    scribe.group([scribe.calls({ request: { nonce } })])
    expect(check(scribe)).toBeNull()
    const less = new Scribe({ limits: { ...limits, requestBytes: length - 1 } }).begin()
    less.group([less.calls({ request: { nonce } })])
    expect(check(less)).toMatchObject({ code: 'LIMIT_EXCEEDED', part: 'requestBytes' })
  })
})

describe('what may not stand', () => {
  const misplaced = (ledger: (scribe: Scribe) => Scribe): Partial<Finding> | null =>
    check(ledger(new Scribe()))

  test.each<[string, (scribe: Scribe) => Scribe, Partial<Finding>]>([
    ['a second genesis', (s) => s.begin().group([s.genesis, s.calls()]), { entry: 2 }],
    ['no boot after the genesis', (s) => s.group([s.genesis, s.calls()]), { entry: 1 }],
    ['a boot for a start', (s) => s.begin().group([bootEntry()]), { entry: 2, part: 'reason' }],
    [
      'a boot for an abort that never was',
      (s) => s.begin().group([bootEntry({ reason: 'abort' })]),
      { entry: 2, part: 'reason' },
    ],
    [
      'a boot for the end of an epoch that is not full',
      (s) => s.begin().group([bootEntry({ reason: 'epoch' })]),
      { entry: 2, part: 'reason' },
    ],
    [
      'a first boot for a restart',
      (s) => s.begin({ reason: 'restart' }),
      { entry: 1, part: 'reason' },
    ],
    [
      'a service whose first boot threw',
      (s) => s.begin({ outcome: thrown('no') }),
      { entry: 1, part: 'outcome', got: 'thrown' },
    ],
    [
      'a service whose init threw',
      (s) => s.group([s.genesis, bootEntry(), { ...init, outcome: thrown('no') }]),
      { entry: 2, part: 'outcome', got: 'thrown' },
    ],
    [
      'an init in a group of its own',
      (s) => s.begin().group([init]),
      { entry: 2, part: 'type', got: 'init' },
    ],
  ])('%s', (_, ledger, expected) => {
    expect(misplaced(ledger)).toMatchObject({ code: 'ENTRY_MISPLACED', ...expected })
  })

  test('a root inside a group', () => {
    const scribe = new Scribe().begin()
    const { root } = scribe
    scribe.write({ ...scribe.calls(), root })
    scribe.write({ ...scribe.calls(), root: scribe.root, files: SOME_FILES })
    expect(check(scribe)).toMatchObject({ code: 'BORDER_INVALID', entry: 3, part: 'root' })
  })

  test('a request for another ledger', () => {
    const scribe = new Scribe().begin()
    scribe.group([scribe.calls({ request: { ledger: new Uint8Array(32) } })])
    expect(check(scribe)).toMatchObject({ code: 'REQUEST_INVALID', entry: 2, part: 'ledger' })
  })

  test('arguments that are no array', () => {
    const scribe = new Scribe().begin()
    scribe.group([scribe.calls({ request: { calls: [['a', encodeValue('argument')]] } })])
    expect(check(scribe)).toMatchObject({ code: 'REQUEST_INVALID', entry: 2, part: 'request' })
  })

  test('bytes of a request that are not its one encoding', () => {
    const scribe = new Scribe().begin()
    const { request } = scribe.calls()
    const longer = Uint8Array.from([...request, 0])
    scribe.group([scribe.calls({ entry: { request: longer } })])
    expect(check(scribe)).toMatchObject({ code: 'REQUEST_INVALID', entry: 2 })
  })

  test('a debug caller where calls are signed, and a signature of one where they are not', () => {
    const signed = new Scribe().begin()
    signed.group([signed.calls({ request: { caller: 'bob' }, entry: { signature: null } })])
    expect(check(signed)).toMatchObject({ code: 'REQUEST_UNSIGNED', got: 'debug:bob' })
    const debug = new Scribe({ authentication: 'debug' }).begin()
    debug.group([debug.calls({ request: { caller: 'bob' } })])
    expect(check(debug)).toMatchObject({ code: 'SIGNATURE_INVALID' })
  })

  test('a head in the middle of a group', () => {
    const scribe = new Scribe().begin()
    scribe.write({ ...scribe.calls(), root: scribe.root })
    scribe.endGroup()
    scribe.write({ ...scribe.calls(), files: SOME_FILES })
    expect(check(scribe)).toMatchObject({ code: 'HEAD_UNKNOWN', entry: 3 })
  })

  test('a head of the future, and one of nothing', () => {
    for (const length of [0, 3, 2 ** 40]) {
      const scribe = new Scribe().begin()
      const head = { length, treeHash: new Uint8Array(32) }
      scribe.group([scribe.calls({ request: { head } })])
      expect(check(scribe)).toMatchObject({ code: 'HEAD_UNKNOWN', entry: 2 })
    }
  })

  test.each([{ epochBytes: 1 }, { epochFuel: 5 }])('an entry after an epoch of %o', (bound) => {
    const scribe = new Scribe(bound).begin()
    const fuel = { ...returned(1), fuel: 5 }
    if ('epochFuel' in bound) scribe.group([scribe.calls({ entry: { outcomes: [fuel] } })])
    scribe.group([scribe.calls()])
    const entry = 'epochFuel' in bound ? 3 : 2
    expect(check(scribe)).toMatchObject({ code: 'EPOCH_OVERRUN', entry })
  })

  test('a boot inside a group', () => {
    const scribe = new Scribe().begin()
    scribe.group([scribe.calls(), bootEntry({ reason: 'restart', time: 2_000 })])
    expect(check(scribe)).toMatchObject({ code: 'ENTRY_MISPLACED', entry: 3, part: 'type' })
  })

  test('one call more than an epoch may have', () => {
    const scribe = new Scribe({ epochCalls: 2 }).begin()
    scribe.group([scribe.calls(), scribe.calls(), scribe.calls()])
    expect(check(scribe)).toMatchObject({
      code: 'EPOCH_OVERRUN',
      entry: 4,
      got: expect.stringContaining('after 2 calls'),
    })
  })

  test.each([
    ['that comes again', 2_000, 'REQUEST_REPLAYED'],
    ['that comes again when it has expired and is forgotten', 4_000, 'REQUEST_EXPIRED'],
  ])('in a long ledger, a request %s', (_, time, code) => {
    const scribe = new Scribe({ window: 10_000 }).begin()
    const first = scribe.calls({ request: { expires: 3_000 } })
    scribe.group([first])
    scribe.group(Array.from({ length: 4_200 }, () => scribe.calls({ entry: { time } })))
    scribe.group([{ ...first, time }])
    expect(check(scribe)).toMatchObject({ code, entry: 4_203 })
  })
})
