/** A ledger in memory that keeps the rules: entries, tree, signed heads at the ends of groups. */
import {
  type CallsEntry,
  type Entry,
  encodeEntry,
  fillIndexes,
  type GenesisEntry,
  headSignable,
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

export class FakeLedger {
  readonly signer = crypto.keyPair()
  readonly refusalKey = crypto.keyPair()
  readonly genesis: GenesisEntry
  readonly manifest: LedgerManifest
  readonly key: Uint8Array
  /** The keys of one ledger, so that it can have two histories. */
  readonly entries: { readonly entry: Entry; readonly bytes: Uint8Array }[] = []
  #roots = new TreeRoots(crypto)
  #nodes = new Map<number, TreeNode>()
  #heads = new Map<number, SignedHead>()

  constructor({ authentication = 'signed', limits = {}, window = 1_000 }: FakeLedgerOptions = {}) {
    this.genesis = {
      type: 'genesis',
      format: 1,
      semantics: 0,
      script: { name: 'fake.js', title: 'Fake', source: 'exports.echo = (x) => x' },
      limits: { ...MACHINE_LIMITS, ...limits },
      window,
      epochCalls: 10_000,
      authentication,
      keys: { transport: hash('transport'), checkpoint: hash('checkpoint'), refusal: this.refusalKey.publicKey },
      upgrade: { callers: [], delayMs: 0 },
      root: null,
      files: null,
    }
    this.manifest = {
      signer: this.signer.publicKey,
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

  /** Appends a group and signs its head. The borders are set as the rules want. */
  commit(group: readonly Entry[]): SignedHead {
    const start = this.length
    group.forEach((given, i) => {
      const root = i === 0 && start > 0 ? hash(`root ${start}`) : null
      const last = i === group.length - 1 && given.type !== 'genesis'
      const entry = { ...given, ...(given.type !== 'genesis' && { root, files: last ? files : null }) } as Entry
      const bytes = encodeEntry(entry)
      const leaf = leafNode(crypto, this.length, bytes)
      for (const node of this.#roots.append(leaf)) this.#nodes.set(node.index, node)
      this.entries.push({ entry, bytes })
    })
    const length = this.length
    const treeHash = this.#roots.hash()
    const signature = crypto.sign(headSignable(this.key, length, treeHash), this.signer.secretKey)
    const head = { length, treeHash, signature }
    this.#heads.set(length, head)
    return head
  }

  /** The signed head at the end of a group, if `length` is one. */
  headAt(length: number): SignedHead | undefined {
    return this.#heads.get(length)
  }

  call(index: number): CallsEntry {
    return this.entries[index]?.entry as CallsEntry
  }

  subtrees(from: number, to: number): TreeNode[] {
    return fillIndexes(from, to).map((index) => this.#nodes.get(index) as TreeNode)
  }

  path(index: number, top: number): TreeNode[] {
    return pathIndexes(index, top).map((node) => this.#nodes.get(node) as TreeNode)
  }

  /** Another history of the same ledger: the same keys, the entries up to `length`, none of the later ones. */
  fork(length: number): FakeLedger {
    const twin = Object.create(FakeLedger.prototype) as FakeLedger
    return Object.assign(new FakeLedgerShell(), { signer: this.signer }) && twin && forkOf(this, length)
  }
}
