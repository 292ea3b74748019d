/** One small ledger that the vectors share: its keys, its entries, its heads. Everything comes from fixed seeds. */
import {
  type BootEntry,
  type CallsEntry,
  callSeed,
  EPOCH_BOUNDS,
  encodeEntry,
  encodeRequest,
  encodeValue,
  type FilesHead,
  type GenesisEntry,
  headSignable,
  type InitEntry,
  type LedgerManifest,
  leafNode,
  ledgerKey,
  MACHINE_LIMITS,
  type OracleUse,
  type Outcome,
  type Request,
  Rfc6962Range,
  requestId,
  type SignedHead,
  signRequest,
  type TreeNode,
  TreeRoots,
  toHex,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'

/** 32 bytes that are all `n`. */
export const filled = (n: number, length = 32): Uint8Array => new Uint8Array(length).fill(n)

export const seeds = {
  signer: filled(1),
  transport: filled(2),
  checkpoint: filled(3),
  refusal: filled(4),
  alice: filled(5),
  bob: filled(6),
}
const pair = (seed: Uint8Array) => crypto.keyPair(seed)
export const signer = pair(seeds.signer)
export const alice = pair(seeds.alice)
export const bob = pair(seeds.bob)

const source =
  "exports.RSVP = async (yes) => { await System.files.writeFile('/' + System.caller.id, String(yes)); return yes }\n"

const startTime = 1_760_000_000_000

export const genesis: GenesisEntry = {
  type: 'genesis',
  format: 1,
  semantics: 0,
  engines: [
    { v8: '13.6', unicode: '16.0', arch: 'x64' },
    { v8: '13.6', unicode: '16.0', arch: 'arm64' },
  ],
  origin: `vms/${toHex(filled(0xd, 32))}`,
  script: { name: 'rsvp.js', title: 'RSVP', source, declarations: '' },
  limits: MACHINE_LIMITS,
  window: 2 ** 20,
  epochCalls: 10_000,
  epochBytes: EPOCH_BOUNDS.bytes.default,
  epochFuel: EPOCH_BOUNDS.fuel.default,
  authentication: 'signed',
  signers: { quorum: 1, keys: [signer.publicKey] },
  checkpoints: [{ algorithm: 'ed25519', key: pair(seeds.checkpoint).publicKey }],
  keys: {
    transport: pair(seeds.transport).publicKey,
    refusal: pair(seeds.refusal).publicKey,
  },
  upgrade: { callers: [alice.publicKey], delayMs: 86_400_000 },
  root: new Rfc6962Range(crypto).root(),
  files: null,
}

export const genesisBytes = encodeEntry(genesis)

export const manifest: LedgerManifest = {
  signer: signer.publicKey,
  filesKey: pair(filled(8)).publicKey,
  genesisHash: crypto.hash(genesisBytes),
}

export const ledger = ledgerKey(crypto, manifest)

export const nothing: Outcome = {
  status: 'returned',
  value: encodeValue(undefined),
  error: null,
  abort: null,
  changes: null,
  oracles: [],
  fuel: 0,
}
export const returned = (value: unknown, changes: Uint8Array | null = null): Outcome => ({
  ...nothing,
  value: encodeValue(value),
  changes,
})
export const thrown: Outcome = {
  ...nothing,
  status: 'thrown',
  value: null,
  error: { name: 'RangeError', message: 'the guest list is full', code: 'EFULL' },
}
export const aborted: Outcome = { ...nothing, status: 'aborted', value: null, abort: 'fuel' }
export const answered: OracleUse = {
  name: 'rate',
  args: encodeValue(['EUR', 'USD']),
  value: encodeValue(1.25),
  error: null,
}
export const failed: OracleUse = {
  name: 'moon',
  args: encodeValue([]),
  value: null,
  error: { name: 'Error', message: 'no oracle is called "moon"', code: 'ERR_VMS_ORACLE_UNKNOWN' },
}
export const skipped: Outcome = { ...nothing, status: 'skipped', value: null }

const filesHead = (groups: number): FilesHead => ({
  dbLength: groups + 1,
  dbHash: filled(0x20 + groups),
  blobsLength: groups,
  blobsHash: filled(0x40 + groups),
})

export const boot: BootEntry = {
  type: 'boot',
  reason: 'start',
  time: startTime,
  engine: { v8: '13.6.233.17', icu: '77.1', unicode: '16.0', tz: '2025b', arch: 'x64' },
  scriptHash: crypto.sha256(new TextEncoder().encode(source)),
  outcome: nothing,
  methods: ['RSVP', 'list'],
  root: null,
  files: null,
}

export const init: InitEntry = {
  type: 'init',
  time: startTime,
  outcome: nothing,
  root: null,
  files: filesHead(0),
}

/** The ledger as it grows: the entries' bytes, both trees, and a signed head at the end of each group. */
export interface Ledger {
  readonly blocks: readonly Uint8Array[]
  readonly nodes: ReadonlyMap<number, TreeNode>
  readonly heads: readonly (SignedHead & { readonly roots: readonly TreeNode[] })[]
}

const tree = new TreeRoots(crypto)
const range = new Rfc6962Range(crypto)
const blocks: Uint8Array[] = []
const nodes = new Map<number, TreeNode>()
const heads: (SignedHead & { readonly roots: readonly TreeNode[] })[] = []

function append(bytes: Uint8Array): void {
  blocks.push(bytes)
  const leaf = leafNode(crypto, blocks.length - 1, bytes)
  range.append(leaf.hash)
  for (const node of tree.append(leaf)) nodes.set(node.index, node)
}

function sign(): SignedHead & { readonly roots: readonly TreeNode[] } {
  const hash = tree.hash()
  const signature = crypto.sign(headSignable(ledger, tree.length, hash), signer.secretKey)
  const head = { length: tree.length, treeHash: hash, signature, roots: [...tree.nodes] }
  heads.push(head)
  return head
}

append(genesisBytes)
append(encodeEntry(boot))
append(encodeEntry(init))
sign()

/** A request on top of the newest head. */
export function requestOf(
  caller: Uint8Array | string,
  calls: readonly (readonly [string, readonly unknown[]])[],
  nonce: number,
): Request {
  const head = heads.at(-1) as SignedHead
  return {
    version: 1,
    ledger,
    caller,
    head: { length: head.length, treeHash: head.treeHash },
    expires: startTime + 120_000,
    nonce: filled(nonce, 16),
    calls: calls.map(([method, args]) => [method, encodeValue(args)]),
  }
}

/** A request of one call by alice, and its entry with borders of its own. */
function commit(nonce: number, outcome: Outcome): CallsEntry {
  const request = encodeRequest(requestOf(alice.publicKey, [['RSVP', [nonce % 2 === 0]]], nonce))
  const entry: CallsEntry = {
    type: 'calls',
    request,
    signature: signRequest(crypto, request, alice.secretKey),
    time: startTime + 1_000 * nonce,
    outcomes: [outcome],
    root: range.root(),
    files: filesHead(nonce),
  }
  append(encodeEntry(entry))
  sign()
  return entry
}

export const calls = [
  returned(true, filled(0x77)),
  thrown,
  returned(false, filled(0x78)),
  aborted,
  returned(true),
].map((outcome, i) => commit(i + 1, outcome)) as [CallsEntry, ...CallsEntry[]]

export const example: Ledger = { blocks, nodes, heads }

export const seedOf = (request: Uint8Array, call: number): Uint8Array =>
  callSeed(crypto, ledger, requestId(crypto, request), call)
