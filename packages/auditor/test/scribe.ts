/** Writes ledgers in memory: entries as a test wants them, with the borders, the tree and the head that an honest host would give them. */
import {
  type AlarmEntry,
  type BootEntry,
  type CallsEntry,
  type Crypto,
  driveKeys,
  type Entry,
  EPOCH_BOUNDS,
  encodeEntry,
  encodeRequest,
  encodeValue,
  type FilesHead,
  fillIndexes,
  firstLeaf,
  type GenesisEntry,
  headSignable,
  type KeyPair,
  leafCount,
  leafNode,
  ledgerKey,
  MACHINE_LIMITS,
  type Outcome,
  parentNode,
  pathIndexes,
  type Receipt,
  type Request,
  Rfc6962Range,
  type SignedHead,
  signRequest,
  type TreeNode,
  TreeRoots,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { enginesOf } from '@vms/sandbox'
import type { LedgerSource, SignedTree } from '../src/index.ts'

/** A files head to stand where nobody looks at it. */
export const SOME_FILES: FilesHead = {
  dbLength: 1,
  dbHash: new Uint8Array(32),
  blobsLength: 0,
  blobsHash: new Uint8Array(32),
}

const border = { root: null, files: null }

export const returned = (
  value: Parameters<typeof encodeValue>[0],
  changes: Uint8Array | null = null,
): Outcome => ({
  status: 'returned',
  value: encodeValue(value),
  error: null,
  abort: null,
  changes,
  oracles: [],
  fuel: 0,
})

export const thrown = (message: string): Outcome => ({
  ...returned(null),
  status: 'thrown',
  value: null,
  error: { name: 'Error', message, code: null },
})

export const aborted = (abort: string): Outcome => ({
  ...returned(null),
  status: 'aborted',
  value: null,
  abort,
})

export const bootEntry = (other: Partial<BootEntry> = {}): BootEntry => ({
  type: 'boot',
  reason: 'start',
  time: 1_000,
  engine: { v8: '13.6.0', icu: '1', unicode: '17.0', tz: '1', arch: 'x64' },
  scriptHash: new Uint8Array(32),
  outcome: returned(undefined),
  methods: ['a', 'b'],
  ...border,
  ...other,
})

export const alarmEntry = (other: Partial<AlarmEntry> = {}): AlarmEntry => ({
  type: 'alarm',
  id: `${'3000'.padStart(16, '0')}-${'3'.padStart(16, '0')}-000000`,
  due: 3_000,
  method: 'a',
  args: encodeValue([]),
  time: 3_000,
  outcome: returned(null),
  ...border,
  ...other,
})

/** A request, and how its entry is otherwise than it should be. */
export interface Call {
  readonly calls?: readonly (readonly [method: string, ...args: unknown[]])[]
  readonly caller?: KeyPair
  readonly request?: Partial<Request>
  readonly entry?: Partial<CallsEntry>
}

export class Scribe {
  readonly crypto: Crypto = crypto
  /** Who calls, unless a call says otherwise. */
  readonly caller = crypto.keyPair()
  readonly genesis: GenesisEntry
  readonly manifest: LedgerSource['manifest']
  readonly key: Uint8Array
  readonly #signer: KeyPair
  readonly blocks: Uint8Array[] = []
  #tree = new TreeRoots(crypto)
  #range = new Rfc6962Range(crypto)
  /** What requests name: the end of the last group. */
  #end: Request['head'] = { length: 0, treeHash: new Uint8Array(32) }

  constructor(settings: Partial<GenesisEntry> = {}, signer = crypto.keyPair()) {
    this.#signer = signer
    this.genesis = {
      type: 'genesis',
      format: 1,
      semantics: 1,
      engines: enginesOf(1),
      origin: 'vms/test',
      script: { name: 'test.js', title: 'Test', source: '', declarations: '' },
      limits: MACHINE_LIMITS,
      window: 1_000,
      epochCalls: 10_000,
      epochBytes: EPOCH_BOUNDS.bytes.default,
      epochFuel: EPOCH_BOUNDS.fuel.default,
      authentication: 'signed',
      signers: { quorum: 1, keys: [signer.publicKey] },
      checkpoints: [{ algorithm: 'ed25519', key: new Uint8Array(32) }],
      keys: {
        transport: new Uint8Array(32),
        refusal: new Uint8Array(32),
      },
      upgrade: { callers: [], delayMs: 0 },
      root: crypto.sha256(new Uint8Array()),
      files: null,
      ...settings,
    }
    this.manifest = {
      signer: signer.publicKey,
      filesKey: driveKeys(crypto, signer.publicKey).db,
      genesisHash: crypto.hash(encodeEntry(this.genesis)),
    }
    this.key = ledgerKey(crypto, this.manifest)
  }

  get length(): number {
    return this.blocks.length
  }

  /** RFC 6962 root of what is written. */
  get root(): Uint8Array {
    return this.#range.root()
  }

  /** The roots of the tree over what is written. */
  get roots(): readonly TreeNode[] {
    return [...this.#tree.nodes]
  }

  /** Appends a group. */
  group(entries: readonly Entry[], files = SOME_FILES): this {
    const { root } = this
    for (const [i, entry] of entries.entries()) {
      if (entry.type === 'genesis') {
        this.write(entry)
        continue
      }
      const first = i === 0 && { root }
      const last = i === entries.length - 1 && { files }
      this.write({ ...entry, ...first, ...last })
    }
    return this.endGroup()
  }

  /** Genesis and boot. */
  begin(boot: Partial<BootEntry> = {}): this {
    return this.group([this.genesis, bootEntry(boot)])
  }

  /** Appends an entry as it is. */
  write(entry: Entry): void {
    this.block(encodeEntry(entry))
  }

  /** Appends a block as it is. */
  block(bytes: Uint8Array): void {
    const leaf = leafNode(crypto, this.length, bytes)
    this.#tree.append(leaf)
    this.#range.append(leaf.hash)
    this.blocks.push(bytes)
  }

  /** From here on, requests name what is written as the head. */
  endGroup(): this {
    this.#end = { length: this.length, treeHash: this.#tree.hash() }
    return this
  }

  /** An entry of a request that its caller signed. */
  calls({
    calls = [['a']],
    caller = this.caller,
    request = {},
    entry = {},
  }: Call = {}): CallsEntry {
    const bytes = encodeRequest({
      version: 1,
      ledger: this.key,
      caller: caller.publicKey,
      head: this.#end,
      expires: 1_000_000,
      nonce: crypto.randomBytes(16),
      calls: calls.map(([method, ...args]) => [
        method,
        encodeValue(args as Parameters<typeof encodeValue>[0]),
      ]),
      ...request,
    })
    return {
      type: 'calls',
      request: bytes,
      signature: signRequest(crypto, bytes, caller.secretKey),
      time: 2_000,
      outcomes: calls.map(() => returned(null)),
      ...border,
      ...entry,
    }
  }

  /** Another ledger of the same keys, with the first `length` entries of this one. */
  fork(length: number): Scribe {
    const other = new Scribe(this.genesis, this.#signer)
    for (const block of this.blocks.slice(0, length)) other.block(block)
    return other.endGroup()
  }

  /** The head of what is written, signed. */
  head(): SignedHead {
    const { length } = this
    const treeHash = this.#tree.hash()
    const message = headSignable(this.key, length, treeHash)
    return { length, treeHash, signature: crypto.sign(message, this.#signer.secretKey) }
  }

  /** The signed tree of a core of the drive, whose key is the ledger's signer here: at `length`, under a head over all `blocks`. */
  drive(core: 'db' | 'blobs', blocks: readonly Uint8Array[], length: number): SignedTree {
    const tree = new TreeRoots(crypto)
    const nodes = new Map(
      blocks
        .flatMap((block, index) => tree.append(leafNode(crypto, index, block)))
        .map((node) => [node.index, node]),
    )
    const find = (index: number): TreeNode => nodes.get(index) as TreeNode
    const treeHash = tree.hash()
    const key = driveKeys(crypto, this.#signer.publicKey)[core]
    const signable = headSignable(key, tree.length, treeHash)
    const signature = crypto.sign(signable, this.#signer.secretKey)
    return {
      head: { length: tree.length, treeHash, signature },
      length,
      roots: fillIndexes(0, length).map(find),
      rest: fillIndexes(length, tree.length).map(find),
    }
  }

  /** A receipt for an entry under the head of now. */
  receipt(index: number): Receipt {
    const roots = this.#tree.nodes
    const top = roots.find((node) => index < firstLeaf(node.index) + leafCount(node.index))
    if (!top) throw new RangeError(`there is no entry ${index}`)
    const subtree = (node: number): TreeNode => {
      const from = firstLeaf(node)
      const blocks = this.blocks.slice(from, from + leafCount(node))
      const leaves = blocks.map((block, i) => leafNode(crypto, from + i, block))
      return pairUp(leaves)
    }
    return {
      version: 1,
      manifest: this.manifest,
      index,
      entry: this.blocks[index] as Uint8Array,
      path: pathIndexes(index, top.index).map(subtree),
      roots: [...roots],
      signature: this.head().signature,
    }
  }

  /** What is written, for an audit. */
  source(other: Partial<LedgerSource> = {}): LedgerSource {
    const { key, manifest, blocks } = this
    return {
      key,
      manifest,
      head: this.head(),
      async *entries(start, end) {
        yield* blocks.slice(start, end)
      },
      ...other,
    }
  }
}

/** The root of a complete subtree. */
function pairUp(nodes: readonly TreeNode[]): TreeNode {
  if (nodes.length === 1) return nodes[0] as TreeNode
  const half = nodes.length / 2
  return parentNode(crypto, pairUp(nodes.slice(0, half)), pairUp(nodes.slice(half)))
}
