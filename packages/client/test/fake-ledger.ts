/** A ledger in memory that keeps the rules: entries, tree, signed heads at the ends of groups. */
import {
  type CallsEntry,
  type Entry,
  EPOCH_BOUNDS,
  encodeEntry,
  fillIndexes,
  type GenesisEntry,
  headSignable,
  type KeyPair,
  type LedgerManifest,
  leafNode,
  ledgerKey,
  MACHINE_LIMITS,
  pathIndexes,
  type SignedHead,
  type TreeNode,
  TreeRoots,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'

const hash = (text: string): Uint8Array => crypto.hash(new TextEncoder().encode(text))
const files = { dbLength: 1, dbHash: hash('db'), blobsLength: 0, blobsHash: hash('blobs') }

export interface FakeLedgerOptions {
  readonly authentication?: 'signed' | 'debug'
  readonly limits?: Partial<GenesisEntry['limits']>
  readonly window?: number
}

interface Keys {
  readonly signer: KeyPair
  readonly refusal: KeyPair
}

export class FakeLedger {
  readonly keys: Keys
  readonly genesis: GenesisEntry
  readonly manifest: LedgerManifest
  readonly key: Uint8Array
  readonly entries: { readonly entry: Entry; readonly bytes: Uint8Array }[] = []
  #options: FakeLedgerOptions
  #roots = new TreeRoots(crypto)
  #nodes = new Map<number, TreeNode>()
  #heads = new Map<number, SignedHead>()

  constructor(
    options: FakeLedgerOptions = {},
    keys: Keys = { signer: crypto.keyPair(), refusal: crypto.keyPair() },
  ) {
    const { authentication = 'signed', limits = {}, window = 1_000 } = options
    this.#options = options
    this.keys = keys
    this.genesis = {
      type: 'genesis',
      format: 1,
      semantics: 1,
      engines: [{ v8: '13.6', unicode: '17.0', arch: 'x64' }],
      origin: 'vms/fake',
      script: {
        name: 'fake.js',
        title: 'Fake',
        source: 'exports.echo = (x) => x',
        declarations: '',
      },
      limits: { ...MACHINE_LIMITS, ...limits },
      window,
      epochCalls: 10_000,
      epochBytes: EPOCH_BOUNDS.bytes.default,
      epochFuel: EPOCH_BOUNDS.fuel.default,
      authentication,
      signers: { quorum: 1, keys: [keys.signer.publicKey] },
      checkpoints: [{ algorithm: 'ed25519', key: hash('c') }],
      keys: { transport: hash('t'), refusal: keys.refusal.publicKey },
      upgrade: { callers: [], delayMs: 0 },
      root: hash(''),
      files: null,
    }
    this.manifest = {
      signer: keys.signer.publicKey,
      filesKey: hash('files'),
      genesisHash: crypto.hash(encodeEntry(this.genesis)),
    }
    this.key = ledgerKey(crypto, this.manifest)
    this.commit([this.genesis, boot])
  }

  get length(): number {
    return this.entries.length
  }

  get head(): SignedHead {
    return this.#heads.get(this.length) as SignedHead
  }

  /** Appends a group, with borders where they belong, and signs its head. */
  commit(group: readonly Entry[]): SignedHead {
    const root = hash(`root at ${this.length}`)
    group.forEach((given, i) => {
      const entry =
        given.type === 'genesis'
          ? given
          : { ...given, root: i === 0 ? root : null, files: i === group.length - 1 ? files : null }
      const bytes = encodeEntry(entry)
      const leaf = leafNode(crypto, this.length, bytes)
      for (const node of this.#roots.append(leaf)) this.#nodes.set(node.index, node)
      this.entries.push({ entry, bytes })
    })
    const { length } = this
    const treeHash = this.#roots.hash()
    const signature = crypto.sign(
      headSignable(this.key, length, treeHash),
      this.keys.signer.secretKey,
    )
    const head = { length, treeHash, signature }
    this.#heads.set(length, head)
    return head
  }

  /** Tree hash at the end of a group, if `length` is one. */
  treeHash(length: number): Uint8Array | undefined {
    return this.#heads.get(length)?.treeHash
  }

  call(index: number): CallsEntry {
    return this.entries[index]?.entry as CallsEntry
  }

  subtrees(from: number, to: number): TreeNode[] {
    return this.#nodesAt(fillIndexes(from, to))
  }

  path(index: number, top: number): TreeNode[] {
    return this.#nodesAt(pathIndexes(index, top))
  }

  /** Another history of the same ledger, which ends at `length`, the end of a group. */
  fork(length: number): FakeLedger {
    const twin = new FakeLedger(this.#options, this.keys)
    for (const { entry } of this.entries.slice(2, length)) twin.commit([entry])
    return twin
  }

  #nodesAt(indexes: readonly number[]): TreeNode[] {
    return indexes.map((index) => this.#nodes.get(index) as TreeNode)
  }
}

const boot: Entry = {
  type: 'boot',
  reason: 'start',
  time: 1_000,
  engine: { v8: '', icu: '', unicode: '', tz: '', arch: '' },
  scriptHash: hash('script'),
  outcome: {
    status: 'returned',
    value: Uint8Array.of(0xc0),
    error: null,
    abort: null,
    changes: null,
    oracles: [],
    fuel: 0,
  },
  methods: ['echo'],
  root: null,
  files: null,
}
