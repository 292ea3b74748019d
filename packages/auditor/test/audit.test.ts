/** Audits of ledgers in which a lie stands where it is hard to see, and of good ones that were handed over badly. */
import {
  type CallsEntry,
  type Crypto,
  decodeEntry,
  encodeEntry,
  encodeValue,
  type Outcome,
} from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import { Machine } from '@vms/sandbox'
import { expect, test } from 'vitest'
import { type AuditOptions, type AuditProgress, audit, checkArriving } from '../src/index.ts'
import { Recording } from './recording.ts'

const COUNTER = `
exports.add = async (n) => {
  const path = '/sum'
  const sum = Number(await System.files.readFile(path).catch(() => '0')) + n
  await System.files.writeFile(path, String(sum))
  return sum
}`

const add = (n: number): { calls: readonly (readonly [string, number])[] } => ({
  calls: [['add', n]],
})

const withValue = (entry: CallsEntry, value: number): CallsEntry => {
  const change = (outcome: Outcome): Outcome => ({ ...outcome, value: encodeValue(value) })
  return { ...entry, outcomes: entry.outcomes.map(change) }
}

test('a lie in the middle of a group is the host’s, and found in its place', async () => {
  const recording = await Recording.start(COUNTER)
  await recording.group([add(1), add(2), add(3)], {
    calls: (entry, at) => (at === 1 ? withValue(entry, 4) : entry),
  })
  const report = await audit({ ledger: recording.scribe.source() })
  const found = { code: 'VALUE_DIFFERS', entry: 3, expected: '3', got: '4' }
  expect(report).toMatchObject({ verdict: 'host-fault', findings: [found] })
})

test('a lie comes before a forged signature that follows in the same group', async () => {
  const recording = await Recording.start(COUNTER)
  await recording.group([add(1), add(2)], {
    calls: (entry, at) =>
      at === 0 ? withValue(entry, 4) : { ...entry, signature: new Uint8Array(64) },
  })
  const report = await audit({ ledger: recording.scribe.source() })
  expect(report).toMatchObject({ findings: [{ code: 'VALUE_DIFFERS', entry: 2 }] })
})

test('a ledger that ends inside a group is replayed to its end', async () => {
  const recording = await Recording.start(COUNTER)
  await recording.group([add(1), add(2)])
  const cut = recording.scribe.fork(3)
  expect(await audit({ ledger: cut.source() })).toMatchObject({
    verdict: 'host-fault',
    calls: 1,
    findings: [{ code: 'BORDER_INVALID', entry: 2, part: 'files' }],
  })
})

test('a bad block is not the host’s doing, nor is what a receipt then lacks', async () => {
  const recording = await Recording.start(COUNTER)
  await recording.group([add(1)])
  const { scribe } = recording
  const blocks = scribe.blocks.with(2, Uint8Array.of(0))
  const ledger = scribe.source({
    async *entries(start, end) {
      yield* blocks.slice(start, end)
    },
  })
  const report = await audit({ ledger, receipts: [scribe.receipt(2)] })
  expect(report).toMatchObject({
    verdict: 'incomplete',
    entries: 0,
    findings: [{ code: 'TREE_MISMATCH' }],
  })
})

test('receipts that hold are in the ledger, wherever in it', async () => {
  const recording = await Recording.start(COUNTER)
  const { scribe } = recording
  await recording.group([add(1), add(2)])
  const receipts = [scribe.receipt(2), scribe.receipt(3)]
  await recording.group([add(3)])
  receipts.push(scribe.receipt(2), scribe.receipt(4))
  const report = await audit({ ledger: scribe.source(), receipts })
  expect(report).toMatchObject({ verdict: 'verified', findings: [], receipts: 4 })
})

test('a receipt whose entry is still there, under a head that is no more', async () => {
  const recording = await Recording.start(COUNTER)
  await recording.group([add(1)])
  await recording.group([add(2)])
  const receipt = recording.scribe.receipt(2)
  // The first request stays where it was; what follows it is one group in place of another.
  const fork = recording.scribe.fork(3)
  fork.group([fork.calls({ calls: [['add', 5]] }), fork.calls({ calls: [['add', 6]] })])
  const report = await audit({ ledger: fork.source(), receipts: [receipt] })
  expect(report.verdict).toBe('host-fault')
  expect(report.findings.at(-1)).toMatchObject({
    code: 'RECEIPT_MISSING',
    entry: 2,
    got: expect.stringContaining('entry 3 is not the one'),
  })
})

test('a receipt is missed once, however much is missing', async () => {
  const recording = await Recording.start(COUNTER)
  await recording.group([add(1)])
  const fork = recording.scribe.fork(2)
  fork.group([fork.calls({ calls: [['add', 1]] })])
  const report = await audit({ ledger: fork.source(), receipts: [recording.scribe.receipt(2)] })
  const missed = report.findings.filter(({ code }) => code === 'RECEIPT_MISSING')
  expect(missed).toMatchObject([{ entry: 2, got: 'another entry stands at 2' }])
})

test('a script that disagrees with itself has no files to compare with the published ones', async () => {
  const recording = await Recording.start(COUNTER)
  await recording.group([add(1)])
  const startMachine: AuditOptions['startMachine'] = async (options) => {
    const machine = await Machine.start(options)
    const { run } = machine
    machine.run = async (requests) => {
      const report = await run.call(machine, requests)
      for (const result of report.done.flatMap(({ results }) => results)) {
        const data = new TextEncoder().encode(String(Math.random()))
        result.changes = [{ path: '/sum', kind: 'file', data, mtime: 2_000 }]
      }
      return report
    }
    return machine
  }
  const { scribe, archive } = recording
  const report = await audit({ ledger: scribe.source(), archive, startMachine })
  expect(report).toMatchObject({
    verdict: 'nondeterministic-script',
    findings: [
      { code: 'SCRIPT_NONDETERMINISTIC', part: 'changes' },
      { code: 'CHANGES_DIFFER', severity: 'undecided' },
    ],
  })
})

test('a proof stands beside a doubt: a dropped call in the ledger of a script that disagrees with itself', async () => {
  const recording = await Recording.start(COUNTER)
  await recording.group([add(1)])
  const fork = recording.scribe.fork(2)
  fork.group([fork.calls({ calls: [['add', 2]] })])
  const startMachine: AuditOptions['startMachine'] = async (options) => {
    const machine = await Machine.start(options)
    machine.boot = async (moment) => ({
      ...(await Machine.prototype.boot.call(machine, moment)),
      scriptHash: fork.crypto.randomBytes(32),
    })
    return machine
  }
  const receipts = [recording.scribe.receipt(2)]
  const report = await audit({ ledger: fork.source(), receipts, startMachine })
  expect(report.verdict).toBe('host-fault')
  expect(report.findings.map(({ code }) => code)).toEqual([
    'SCRIPT_NONDETERMINISTIC',
    'BOOT_DIFFERS',
    'RECEIPT_MISSING',
  ])
})

test('an audit says how far it is, and ends when it is told to', async () => {
  const recording = await Recording.start(COUNTER)
  await recording.group([add(1)])
  const { scribe, archive } = recording
  const progress: AuditProgress[] = []
  const onProgress = (step: AuditProgress) => progress.push(step)
  await audit({ ledger: scribe.source(), archive, onProgress })
  expect(progress).toEqual([
    { step: 'replay', done: 2, total: 3 },
    { step: 'replay', done: 3, total: 3 },
    ...[0, 1, 2, 3].map((done) => ({ step: 'compare', done, total: 3 })),
  ])
  const signal = AbortSignal.abort()
  await expect(audit({ ledger: scribe.source(), signal })).rejects.toThrow('aborted')
})

test('an audit of entries that were checked as they arrived checks no caller’s signature again', async () => {
  const recording = await Recording.start(COUNTER)
  await recording.group([add(1), add(2)])
  const ledger = recording.scribe.source()
  const arrived = await checkArriving(ledger)
  expect(arrived.treeHash).toEqual(ledger.head.treeHash)
  let checks = 0
  const counting: Crypto = {
    ...sodiumCrypto,
    verify: (...given) => {
      checks += 1
      return sodiumCrypto.verify(...given)
    },
  }
  const run = async (options: Partial<AuditOptions>): Promise<number> => {
    checks = 0
    expect(await audit({ ledger, crypto: counting, ...options })).toMatchObject({
      verdict: 'verified',
    })
    return checks
  }
  const alone = await run({})
  expect(await run({ arrived })).toBe(alone - 2)
  expect(await run({ arrived: { treeHash: new Uint8Array(32) } })).toBe(alone)
  expect(await run({ arrived: { treeHash: null } })).toBe(alone)
})

const withBlocks = (blocks: readonly Uint8Array[]) => ({
  async *entries(start: number, end: number) {
    yield* blocks.slice(start, end)
  },
})

test('entries that change after they arrived are not verified, and nobody is accused', async () => {
  const recording = await Recording.start(COUNTER)
  await recording.group([add(1), add(2)])
  const { scribe } = recording
  const arrived = await checkArriving(scribe.source())
  const forged = decodeEntry(scribe.blocks[3] as Uint8Array) as CallsEntry
  const blocks = scribe.blocks.with(3, encodeEntry({ ...forged, signature: new Uint8Array(64) }))
  const ledger = { ...scribe.source(), ...withBlocks(blocks) }
  const report = await audit({ ledger, arrived })
  expect(report.verdict).not.toBe('verified')
  expect(report.findings.map(({ severity }) => severity)).not.toContain('proven')
})
