/** For each finding that needs no replay, a ledger that has it and nothing else wrong. */
import { encodeValue, MACHINE_LIMITS } from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import type { Finding, FindingCode } from '../src/index.ts'
import { aborted, alarmEntry, bootEntry, returned, Scribe } from './scribe.ts'

export interface StructureFault {
  readonly ledger: () => Scribe
  readonly expected: Partial<Finding>
}

const begun = (settings: ConstructorParameters<typeof Scribe>[0] = {}): Scribe =>
  new Scribe(settings).begin()

/** A ledger with one good request, then one that is about to go wrong. */
const withOne = (): Scribe => {
  const scribe = begun()
  return scribe.group([scribe.calls()])
}

const UPGRADE = ['vms:upgrade', { name: 'new.js', title: 'New', source: '' }] as const

/** A ledger with an upgrade at entry 2, which is due at 3,000. */
function upgraded(): Scribe {
  const caller = sodiumCrypto.keyPair()
  const scribe = begun({ upgrade: { callers: [caller.publicKey], delayMs: 1_000 } })
  const outcomes = [returned(3_000)]
  return scribe.group([scribe.calls({ caller, calls: [UPGRADE], entry: { outcomes } })])
}

const ofRequest = { entry: 2, call: null, method: 'a' }

export const STRUCTURE_FAULTS = {
  GENESIS_MISMATCH: {
    ledger: () => {
      const scribe = new Scribe()
      return scribe.group([{ ...scribe.genesis, epochCalls: 1 }, bootEntry()])
    },
    expected: { entry: 0, part: 'genesis' },
  },
  SIGNERS_MISMATCH: {
    ledger: () => begun({ signers: { quorum: 1, keys: [new Uint8Array(32).fill(1)] } }),
    expected: { entry: 0, part: 'signers' },
  },
  SEMANTICS_UNKNOWN: {
    ledger: () => begun({ semantics: 1_000 }),
    expected: { entry: 0, part: 'semantics', got: '1000' },
  },
  ENGINES_UNKNOWN: {
    ledger: () => begun({ engines: [{ v8: '99.9', unicode: '17.0', arch: 'x64' }] }),
    expected: { entry: 0, part: 'engines', got: '[{"v8":"99.9","unicode":"17.0","arch":"x64"}]' },
  },
  ENGINE_UNLISTED: {
    ledger: () => {
      const scribe = new Scribe()
      const engine = { ...bootEntry().engine, v8: '99.9.1' }
      return scribe.group([scribe.genesis, { ...bootEntry(), engine }])
    },
    expected: {
      entry: 1,
      part: 'engine',
      got: JSON.stringify({ ...bootEntry().engine, v8: '99.9.1' }),
    },
  },
  ENTRY_INVALID: {
    ledger: () => {
      const scribe = begun()
      scribe.block(encodeValue({ type: 'calls' }))
      return scribe
    },
    expected: { entry: 2 },
  },
  ENTRY_MISPLACED: {
    ledger: () => {
      const scribe = withOne()
      const init = { time: 2_000, outcome: returned(null), root: null, files: null }
      return scribe.group([{ type: 'init', ...init }])
    },
    expected: { entry: 3, part: 'type', got: 'init' },
  },
  BORDER_INVALID: {
    ledger: () => {
      const scribe = begun()
      scribe.write(scribe.calls())
      return scribe
    },
    expected: { entry: 2, part: 'root', got: 'none' },
  },
  ROOT_MISMATCH: {
    ledger: () => {
      const scribe = begun()
      scribe.write({ ...scribe.calls(), root: new Uint8Array(32) })
      return scribe
    },
    expected: { entry: 2, part: 'root' },
  },
  TIME_BACKWARDS: {
    ledger: () => {
      const scribe = withOne()
      return scribe.group([scribe.calls({ entry: { time: 1_999 } })])
    },
    expected: { entry: 3, part: 'time', expected: 'at least 2000', got: '1999' },
  },
  REQUEST_INVALID: {
    ledger: () => {
      const scribe = begun()
      return scribe.group([scribe.calls({ entry: { request: encodeValue('no request') } })])
    },
    expected: { entry: 2, call: null, method: null, part: 'request' },
  },
  REQUEST_UNSIGNED: {
    ledger: () => {
      const scribe = begun()
      return scribe.group([scribe.calls({ entry: { signature: null } })])
    },
    expected: { ...ofRequest, part: 'signature' },
  },
  SIGNATURE_INVALID: {
    ledger: () => {
      const scribe = begun()
      const { publicKey } = scribe.crypto.keyPair()
      return scribe.group([scribe.calls({ request: { caller: publicKey } })])
    },
    expected: { ...ofRequest, part: 'signature' },
  },
  REQUEST_REPLAYED: {
    ledger: () => {
      const scribe = begun()
      const entry = scribe.calls()
      return scribe.group([entry]).group([entry])
    },
    expected: { ...ofRequest, entry: 3, part: 'request' },
  },
  REQUEST_EXPIRED: {
    ledger: () => {
      const scribe = begun()
      return scribe.group([scribe.calls({ request: { expires: 1_999 } })])
    },
    expected: { ...ofRequest, part: 'time', expected: 'at most 1999', got: '2000' },
  },
  HEAD_UNKNOWN: {
    ledger: () => {
      const scribe = begun()
      const head = { length: 2, treeHash: new Uint8Array(32) }
      return scribe.group([scribe.calls({ request: { head } })])
    },
    expected: { ...ofRequest, part: 'head' },
  },
  HEAD_TOO_OLD: {
    ledger: () => {
      const scribe = begun({ window: 1 })
      const late = scribe.calls()
      const others = [scribe.calls(), scribe.calls()]
      return scribe.group(others).group([late])
    },
    expected: { ...ofRequest, entry: 4, part: 'head', expected: 'within 1 entries', got: '2' },
  },
  LIMIT_EXCEEDED: {
    ledger: () => {
      const scribe = begun({ limits: { ...MACHINE_LIMITS, requestCalls: 1 } })
      return scribe.group([scribe.calls({ calls: [['a'], ['b']] })])
    },
    expected: { ...ofRequest, part: 'requestCalls', expected: 'at most 1', got: '2' },
  },
  METHOD_UNKNOWN: {
    ledger: () => {
      const scribe = begun()
      return scribe.group([scribe.calls({ calls: [['a'], ['constructor']] })])
    },
    expected: { entry: 2, call: 1, method: 'constructor', part: 'method' },
  },
  OUTCOMES_MISCOUNTED: {
    ledger: () => {
      const scribe = begun()
      return scribe.group([scribe.calls({ entry: { outcomes: [returned(null), returned(null)] } })])
    },
    expected: { ...ofRequest, part: 'outcomes', expected: '1', got: '2' },
  },
  ORACLE_INVALID: {
    ledger: () => {
      const scribe = begun()
      const use = { name: 'rate', args: encodeValue('EUR'), value: encodeValue(1), error: null }
      const outcomes = [{ ...returned(null), oracles: [use] }]
      return scribe.group([scribe.calls({ entry: { outcomes } })])
    },
    expected: { entry: 2, call: 0, method: 'a', part: 'oracles', path: '$[0].args' },
  },
  ALARM_EARLY: {
    ledger: () => begun().group([alarmEntry({ time: 2_999 })]),
    expected: { entry: 2, method: 'a', part: 'time', expected: 'at least 3000', got: '2999' },
  },
  UPGRADE_FORBIDDEN: {
    ledger: () => {
      const scribe = begun()
      return scribe.group([scribe.calls({ calls: [UPGRADE] })])
    },
    expected: { entry: 2, method: 'vms:upgrade', part: 'caller', expected: 'nobody' },
  },
  UPGRADE_EARLY: {
    ledger: () => upgraded().group([bootEntry({ reason: 'upgrade', time: 2_999 })]),
    expected: { entry: 3, part: 'reason', expected: 'not before 3000', got: 'an upgrade at 2999' },
  },
  UPGRADE_MISSED: {
    ledger: () => {
      const scribe = upgraded()
      return scribe.group([scribe.calls({ entry: { time: 3_000 } })])
    },
    expected: { entry: 3, part: 'script', got: 'the script before, at 3000' },
  },
  HEAD_BEFORE_UPGRADE: {
    ledger: () => {
      const scribe = upgraded()
      const late = scribe.calls({ entry: { time: 3_000 } })
      return scribe.group([bootEntry({ reason: 'upgrade', time: 3_000 })]).group([late])
    },
    expected: { ...ofRequest, entry: 4, part: 'head', got: 'length 3' },
  },
  EPOCH_OVERRUN: {
    ledger: () => {
      const scribe = begun()
      const last = scribe.calls({ entry: { outcomes: [aborted('result-bytes')] } })
      return scribe.group([last, scribe.calls()])
    },
    expected: { entry: 3, expected: 'a boot', got: 'calls after an abort' },
  },
} satisfies Partial<Record<FindingCode, StructureFault>>
