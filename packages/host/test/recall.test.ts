/** Recall: a guard that begins empty gets the requests of older entries when somebody names an older head, and no earlier. */
import {
  type CallsEntry,
  encodeEntry,
  encodeRequest,
  encodeValue,
  type Outcome,
  requestId,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import type { LedgerPort } from '@vms/ledger'
import { expect, test } from 'vitest'
import { Recall } from '../src/service/recall.ts'
import { ReplayGuard } from '../src/service/replay-guard.ts'
import { RECALL_ENTRIES, RECALL_MS } from '../src/settings/limits.ts'

const WINDOW = 1_000_000
const zeros = new Uint8Array(32)

const requestAt = (index: number): Uint8Array =>
  encodeRequest({
    version: 1,
    ledger: zeros,
    caller: zeros,
    head: { length: 1, treeHash: zeros },
    expires: 1,
    nonce: new Uint8Array(16),
    calls: [[`m${index}`, encodeValue([])]],
  })

const idAt = (index: number): string =>
  Buffer.from(requestId(crypto, requestAt(index))).toString('latin1')

const returned: Outcome = {
  status: 'returned',
  value: encodeValue(null),
  error: null,
  abort: null,
  changes: null,
  oracles: [],
  fuel: 0,
}

const blockAt = (index: number, time: number): Uint8Array =>
  encodeEntry({
    type: 'calls',
    request: requestAt(index),
    signature: null,
    time,
    outcomes: [returned],
    root: null,
    files: null,
  } satisfies CallsEntry)

/** A ledger of `length` entries whose times are `timeAt`, its guard, and the stretches that were read. */
function reopened(length: number, timeAt: (index: number) => number = () => 0) {
  const reads: [start: number, end: number][] = []
  const ledger = {
    length,
    async *entries(start: number, end: number) {
      reads.push([start, end])
      for (let index = start; index < end; index++) yield blockAt(index, timeAt(index))
    },
  } as Pick<LedgerPort, 'length' | 'entries'> as LedgerPort
  const guard = new ReplayGuard<string>(WINDOW, length)
  const lastTime = () => timeAt(length - 1)
  const recall = new Recall({ ledger, guard, crypto, window: WINDOW, lastTime })
  return { reads, guard, recall }
}

const now = <T>(work: () => Promise<T>): Promise<T> => work()

test('reads nothing for a head that the guard covers, and for the newest ones only what they need', async () => {
  const { reads, guard, recall } = reopened(10_000)
  expect(recall.backTo(10_000, now)).toBeNull()
  expect(reads).toEqual([])
  await recall.backTo(9_990, now)
  expect(reads).toEqual([[9_488, 10_000]])
  expect(guard.base).toBe(9_488)
  expect(guard.get(idAt(9_488))).toEqual({ state: 'committed', index: 9_488 })
  expect(guard.get(idAt(9_487))).toBeUndefined()
  expect(recall.backTo(9_500, now)).toBeNull()
})

test('reads more at a time the farther it goes, up to the first entry, once for all who ask', async () => {
  const { reads, guard, recall } = reopened(10_000)
  await Promise.all([recall.backTo(1, now), recall.backTo(5_000, now), recall.backTo(9_999, now)])
  expect(reads.map(([start, end]) => end - start)).toEqual([512, 512, 1_024, 2_048, 4_096, 1_807])
  expect(guard.base).toBe(1)
  expect(guard.size).toBe(9_999)
  expect(recall.backTo(0, now)).toBeNull()
  // The order is the ledger's, so that the oldest are forgotten first.
  guard.advance(10_000 + RECALL_ENTRIES, RECALL_MS + 1)
  expect(guard.get(idAt(9_999))).toBeUndefined()
  expect(guard.base).toBe(10_000)
})

test('stops at entries that a guard has forgotten', async () => {
  const old = 4_000
  const { reads, guard, recall } = reopened(10_000, (index) => (index < old ? 0 : RECALL_MS + 1))
  await recall.backTo(100, now)
  expect(guard.base).toBe(old)
  expect(guard.get(idAt(old))).toBeDefined()
  expect(guard.get(idAt(old - 1))).toBeUndefined()
  const count = reads.length
  expect(recall.backTo(100, now)).toBeNull()
  expect(reads).toHaveLength(count)
})

test('keeps what was committed meanwhile, and gives up after a commit that failed', async () => {
  const { guard, recall } = reopened(2_000)
  const reading = recall.backTo(1_900, now)
  guard.committed('new', 2_000, 5)
  await reading
  expect(guard.get('new')).toMatchObject({ index: 2_000 })
  expect(guard.get(idAt(1_950))).toBeDefined()
  const late = recall.backTo(10, now)
  guard.doubt()
  await late
  expect(guard.covers(1_999)).toBe(false)
  expect(recall.backTo(10, now)).toBeNull()
})

test('an error of the disk reaches whoever asked, and the next one reads again', async () => {
  const { guard, recall } = reopened(2_000)
  const broken = (): Promise<never> => Promise.reject(new Error('no disk'))
  await expect(recall.backTo(1_900, broken)).rejects.toThrow('no disk')
  await recall.backTo(1_900, now)
  expect(guard.base).toBe(1_488)
})
