/** Receipts that hold, and tampered ones. See `docs/spec/format.md`, "Receipts". */
import {
  type CallsEntry,
  encodeEntry,
  encodeReceipt,
  fillIndexes,
  headSignable,
  leafNode,
  pathIndexes,
  type Receipt,
  signRequest,
  type TreeNode,
  TreeRoots,
  toHex,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import {
  alice,
  bob,
  calls,
  example,
  filled,
  ledger,
  manifest,
  returned,
  signer,
} from './example.ts'
import { encodePositional } from './positional.ts'

const node = (index: number): TreeNode => example.nodes.get(index) as TreeNode

/** The receipt of an entry under the head at `length`. */
function receipt(index: number, length: number): Receipt {
  const head = example.heads.find((candidate) => candidate.length === length)
  if (!head) throw new RangeError(`no head at ${length}`)
  const [top = -1] = fillIndexes(0, length).filter((root) => {
    const reached = pathIndexes(index, root).reduce((at, sibling) => (at + sibling) / 2, 2 * index)
    return reached === root
  })
  return {
    version: 1,
    manifest,
    index,
    entry: example.blocks[index] as Uint8Array,
    path: pathIndexes(index, top).map(node),
    roots: [...head.roots],
    signature: head.signature,
  }
}

const good = receipt(4, 8)

/** A receipt of a ledger of one entry that the host signed, to show what its signature alone does not prove. */
function signedByHost(entry: CallsEntry): Receipt {
  const block = encodeEntry(entry)
  const tree = new TreeRoots(crypto, [leafNode(crypto, 0, block)])
  return {
    ...good,
    index: 0,
    entry: block,
    path: [],
    roots: [...tree.nodes],
    signature: crypto.sign(headSignable(ledger, 1, tree.hash()), signer.secretKey),
  }
}

const [call] = calls
const firstRoot = good.roots[0] as TreeNode
const flip = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, i) => (i === at ? byte ^ 1 : byte))
const last = good.entry.length - 1

const valid: readonly (readonly [string, Receipt])[] = [
  ['an entry that is a root', receipt(4, 5)],
  ['an entry under a root', good],
  ['the last entry', receipt(7, 8)],
  ['one under a smaller root', receipt(5, 7)],
]

const invalid: readonly (readonly [string, Uint8Array])[] = [
  ['a changed entry', encodeReceipt({ ...good, entry: flip(good.entry, last) })],
  [
    'another outcome',
    encodeReceipt({
      ...good,
      entry: encodeEntry({ ...(calls[1] as CallsEntry), outcomes: [returned(false)] }),
    }),
  ],
  ['another index', encodeReceipt({ ...good, index: 5 })],
  ['a sibling left out', encodeReceipt({ ...good, path: good.path.slice(1) })],
  ['siblings in another order', encodeReceipt({ ...good, path: good.path.toReversed() })],
  [
    'a sibling too many',
    encodeReceipt({ ...good, path: [...good.path, { ...node(7), index: 23 }] }),
  ],
  [
    'a changed sibling',
    encodeReceipt({
      ...good,
      path: good.path.map((sibling, i) => (i === 1 ? { ...sibling, hash: filled(9) } : sibling)),
    }),
  ],
  [
    'a sibling of another size',
    encodeReceipt({
      ...good,
      path: good.path.map((sibling, i) =>
        i === 0 ? { ...sibling, size: sibling.size + 1 } : sibling,
      ),
    }),
  ],
  ['a changed root', encodeReceipt({ ...good, roots: [{ ...firstRoot, hash: filled(9) }] })],
  [
    'a root of another size',
    encodeReceipt({ ...good, roots: [{ ...firstRoot, size: firstRoot.size + 1 }] }),
  ],
  ['roots that do not begin at 0', encodeReceipt({ ...good, roots: [node(9)] })],
  ['the signature of another head', encodeReceipt({ ...good, signature: receipt(4, 7).signature })],
  ['a changed signature', encodeReceipt({ ...good, signature: flip(good.signature, 40) })],
  ['another signer', encodeReceipt({ ...good, manifest: { ...manifest, signer: bob.publicKey } })],
  [
    'another genesis',
    encodeReceipt({ ...good, manifest: { ...manifest, genesisHash: filled(9) } }),
  ],
  ['an entry that is no request', encodeReceipt(receipt(1, 8))],
  [
    'a request that its caller did not sign',
    encodeReceipt(
      signedByHost({ ...call, signature: signRequest(crypto, call.request, bob.secretKey) }),
    ),
  ],
  ['a request without a signature', encodeReceipt(signedByHost({ ...call, signature: null }))],
  [
    'more outcomes than calls',
    encodeReceipt(signedByHost({ ...call, outcomes: [returned(1), returned(2)] })),
  ],
  ['an unknown field', encodePositional({ ...good, extra: null })],
  ['another version', encodePositional({ ...good, version: 2 })],
  ['no roots', encodePositional({ ...good, roots: [] })],
  ['bytes after the receipt', Uint8Array.of(...encodeReceipt(good), 0)],
]

export const receiptVectors = (): object => ({
  about:
    'Receipts. bytes: hex. Each valid one proves the entry at `index` of `ledger` under the head of `length` and `treeHash`. invalid: receipts that are refused.',
  ledger: toHex(ledger),
  callerKey: toHex(alice.publicKey),
  valid: valid.map(([name, given]) => {
    const tree = new TreeRoots(crypto, given.roots)
    return {
      name,
      bytes: toHex(encodeReceipt(given)),
      index: given.index,
      length: tree.length,
      treeHash: toHex(tree.hash()),
    }
  }),
  invalid: invalid.map(([name, bytes]) => ({ name, bytes: toHex(bytes) })),
})
