/** Limits of a genesis that allow no entry which could not be encoded. */
import { describe, expect, it } from 'vitest'
import { largestEntryBytes } from '../src/entries/machine-limits.ts'
import {
  type AlarmEntry,
  type CallsEntry,
  ENTRY_BYTES,
  EPOCH_BOUNDS,
  encodeEntry,
  type GenesisEntry,
  MACHINE_LIMITS,
  type MachineLimits,
  type Outcome,
  VALUE_LIMITS,
} from '../src/index.ts'

const digest = new Uint8Array(32)

const genesis = (limits: Partial<MachineLimits>): GenesisEntry => ({
  type: 'genesis',
  format: 1,
  semantics: 1,
  engines: [{ v8: '13.6', unicode: '17.0', arch: 'x64' }],
  origin: 'vms/s',
  script: { name: 's.js', title: 's', source: '', declarations: '' },
  limits: { ...MACHINE_LIMITS, ...limits },
  window: 100,
  epochCalls: 100,
  epochBytes: EPOCH_BOUNDS.bytes.default,
  epochFuel: EPOCH_BOUNDS.fuel.default,
  authentication: 'debug',
  signers: { quorum: 1, keys: [digest] },
  checkpoints: [{ algorithm: 'ed25519', key: digest }],
  keys: { transport: digest, refusal: digest },
  upgrade: { callers: [], delayMs: 0 },
  root: digest,
  files: null,
})

const heads = { dbLength: 2 ** 52, dbHash: digest, blobsLength: 2 ** 52, blobsHash: digest }

/** An outcome that takes as much as it can besides what `requestResultBytes` counts. */
const widest = (uses: number): Outcome => ({
  status: 'thrown',
  value: null,
  error: { name: '', message: '', code: '' },
  abort: null,
  changes: null,
  oracles: Array.from({ length: uses }, () => ({
    name: '',
    args: new Uint8Array(),
    value: null,
    error: { name: '', message: '', code: '' },
  })),
  fuel: 2 ** 52,
})

const calls = (limits: MachineLimits): CallsEntry => ({
  type: 'calls',
  request: new Uint8Array(limits.requestBytes),
  signature: new Uint8Array(64),
  time: 8.64e15,
  outcomes: Array.from({ length: limits.requestCalls }, () => widest(limits.oracleUses)),
  root: digest,
  files: heads,
})

const alarm = (limits: MachineLimits): AlarmEntry => ({
  type: 'alarm',
  id: '9'.repeat(64),
  due: 8.64e15,
  method: '語'.repeat(256),
  args: new Uint8Array(limits.alarmBytes),
  time: 8.64e15,
  outcome: widest(limits.oracleUses),
  root: digest,
  files: heads,
})

describe('limits of a genesis', () => {
  it('the default leaves room for every entry', () => {
    expect(largestEntryBytes(MACHINE_LIMITS)).toBeLessThan(ENTRY_BYTES)
    expect(() => encodeEntry(genesis({}))).not.toThrow()
  })

  it.each<Partial<MachineLimits>>([
    {},
    { requestCalls: 1, oracleUses: 0 },
    { requestCalls: 3_000, oracleUses: 3 },
    { alarmBytes: 4 * 1024 * 1024, requestBytes: 100, requestCalls: 1 },
  ])('no entry takes more than is said: %o', (changed) => {
    const limits = { ...MACHINE_LIMITS, ...changed }
    const room = largestEntryBytes(limits) - limits.requestResultBytes
    expect(encodeEntry(calls(limits)).length).toBeLessThanOrEqual(room)
    expect(encodeEntry(alarm(limits)).length).toBeLessThanOrEqual(room)
  })

  it.each<Partial<MachineLimits>>([
    { requestBytes: 12 * 1024 * 1024 },
    { requestCalls: 1_000_000 },
    { requestResultBytes: Number.MAX_SAFE_INTEGER },
    { oracleUses: 10_000 },
    { oracleResultBytes: 15 * 1024 * 1024 },
    { oracleArgsBytes: 15 * 1024 * 1024 },
  ])('limits that allow a larger entry are refused: %o', (changed) => {
    expect(() => encodeEntry(genesis(changed))).toThrow(/these limits allow an entry of \d+ bytes/)
  })

  it.each<[Partial<MachineLimits>, string]>([
    [{ methods: 10_001 }, 'methods'],
    [{ methods: 0 }, 'methods'],
    [{ methodBytes: 4 * 1024 * 1024 + 1 }, 'methodBytes'],
    [{ methodBytes: 0 }, 'methodBytes'],
  ])('methods have bounds: %o', (changed, field) => {
    expect(() => encodeEntry(genesis(changed))).toThrow(`$.limits.${field}`)
  })

  it('a boot with as many methods as any genesis allows can be encoded', () => {
    const methods = Array.from({ length: 10_000 }, (_, i) =>
      `${'m'.repeat(400 - 64)}${i}`.slice(-256),
    )
    const outcome = { ...widest(0), status: 'returned', error: null, value: digest } as const
    const text = '語'.repeat(100)
    const engine = { v8: text, icu: text, unicode: text, tz: text, arch: text }
    const bytes = encodeEntry({
      type: 'boot',
      reason: 'upgrade',
      time: 8.64e15,
      engine,
      scriptHash: digest,
      outcome,
      methods,
      root: digest,
      files: heads,
    })
    expect(bytes.length).toBeLessThan(ENTRY_BYTES)
  })
})

describe('limits over what a value may have', () => {
  it.each(['resultBytes', 'alarmBytes'] as const)('%s: no reader could decode it', (limit) => {
    expect(() => encodeEntry(genesis({ [limit]: VALUE_LIMITS.maxBytes }))).not.toThrow()
    expect(() => encodeEntry(genesis({ [limit]: VALUE_LIMITS.maxBytes + 1 }))).toThrow(limit)
  })
})
