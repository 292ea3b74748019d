/** Entries and file changes to test with. The ledger does not look inside them. */
import type { BootEntry, CallsEntry, FileChange, GenesisEntry, Outcome } from '@vms/format'
import { EPOCH_BOUNDS, MACHINE_LIMITS } from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'

const returned: Outcome = {
  status: 'returned',
  value: Uint8Array.of(0xc0),
  error: null,
  abort: null,
  changes: null,
  oracles: [],
  fuel: 0,
}

const border = { root: null, files: null }

/** A genesis; another `source` gives another ledger. */
export const genesisEntry = (source = 'exports.a = () => 1'): GenesisEntry => ({
  type: 'genesis',
  format: 1,
  semantics: 1,
  engines: [{ v8: '13.6', unicode: '17.0', arch: 'x64' }],
  origin: 'vms/test',
  script: { name: 'test.js', title: 'Test', source, declarations: '' },
  limits: MACHINE_LIMITS,
  window: 1_000,
  epochCalls: 10_000,
  epochBytes: EPOCH_BOUNDS.bytes.default,
  epochFuel: EPOCH_BOUNDS.fuel.default,
  authentication: 'signed',
  signers: { quorum: 1, keys: [new Uint8Array(32)] },
  checkpoints: [{ algorithm: 'ed25519', key: new Uint8Array(32) }],
  keys: {
    transport: new Uint8Array(32),
    refusal: new Uint8Array(32),
  },
  upgrade: { callers: [], delayMs: 0 },
  root: crypto.sha256(new Uint8Array()),
  files: null,
})

export const bootEntry = (time = 1): BootEntry => ({
  type: 'boot',
  reason: 'start',
  time,
  engine: { v8: '1', icu: '1', unicode: '1', tz: '1', arch: 'x64' },
  scriptHash: new Uint8Array(32),
  outcome: returned,
  methods: ['a'],
  ...border,
})

/** A request of some bytes; the ledger does not look inside. */
export const callsEntry = (number: number, bytes = 200): CallsEntry => ({
  type: 'calls',
  request: Uint8Array.from({ length: bytes }, (_, i) => (number * 31 + i) % 256),
  signature: new Uint8Array(64),
  time: number,
  outcomes: [returned],
  ...border,
})

export const file = (path: string, text: string, mtime = 1): FileChange => ({
  path,
  kind: 'file',
  data: new TextEncoder().encode(text),
  mtime,
})

export const directory = (path: string, mtime = 1): FileChange => ({
  path,
  kind: 'directory',
  mtime,
})

export const deleted = (path: string): FileChange => ({ path, kind: 'deleted' })
