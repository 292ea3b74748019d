/** The tree, the ledger's key and the heads are those of a real hypercore. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  climb,
  fillIndexes,
  headSignable,
  leafNode,
  ledgerKey,
  pathIndexes,
  SIGNER_NAMESPACE,
  type TreeNode,
  TreeRoots,
  toHex,
  verifyHead,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import Hypercore from 'hypercore'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** What the types of the adapter leave out. */
interface Core {
  ready(): Promise<void>
  append(blocks: Uint8Array[]): Promise<unknown>
  treeHash(length: number): Promise<Uint8Array>
  signable(length: number, fork: number): Promise<Uint8Array>
  proof(wanted: object): Promise<{
    block: { nodes: TreeNode[] }
    upgrade: { nodes: TreeNode[]; signature: Uint8Array }
  }>
  close(): Promise<void>
  readonly key: Uint8Array
}
const HypercoreOf = Hypercore as unknown as {
  new (place: string, options: object): Core
  key(manifest: object): Uint8Array
}

const signer = crypto.keyPair(new Uint8Array(32).fill(1))
const manifest = {
  signer: signer.publicKey,
  filesKey: new Uint8Array(32).fill(2),
  genesisHash: new Uint8Array(32).fill(3),
}
const theirs = {
  version: 2,
  hash: 'blake2b',
  allowPatch: false,
  quorum: 1,
  signers: [
    {
      signature: 'ed25519',
      namespace: Buffer.from(SIGNER_NAMESPACE),
      publicKey: Buffer.from(signer.publicKey),
    },
  ],
  prologue: null,
  linked: [Buffer.from(manifest.filesKey)],
  userData: Buffer.from(manifest.genesisHash),
}

const LENGTH = 70
const blocks = Array.from({ length: LENGTH }, (_, i) => new Uint8Array((i * 37) % 500).fill(i))

let directory = ''
let core: Core
const ours = new TreeRoots(crypto)
const nodes = new Map<number, TreeNode>()
const hashes: Uint8Array[] = [ours.hash()]

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'vms-format-'))
  core = new HypercoreOf(directory, {
    manifest: theirs,
    keyPair: { publicKey: Buffer.from(signer.publicKey), secretKey: Buffer.from(signer.secretKey) },
  })
  await core.ready()
  await core.append(blocks)
  for (const [i, block] of blocks.entries()) {
    for (const node of ours.append(leafNode(crypto, i, block))) nodes.set(node.index, node)
    hashes.push(ours.hash())
  }
})

afterAll(async () => {
  await core.close()
  rmSync(directory, { recursive: true })
})

const plain = ({ index, size, hash }: TreeNode) => ({ index, size, hash: toHex(hash) })
const nodesAt = (indexes: number[]) => indexes.map((index) => plain(nodes.get(index) as TreeNode))

describe('the same as a real hypercore', () => {
  test('the key of the manifest', () => {
    expect(toHex(ledgerKey(crypto, manifest))).toBe(toHex(HypercoreOf.key(theirs)))
    expect(toHex(ledgerKey(crypto, manifest))).toBe(toHex(core.key))
  })

  test('the tree hash at every length', async () => {
    for (let length = 1; length <= LENGTH; length++) {
      expect(toHex(await core.treeHash(length))).toBe(toHex(hashes[length] as Uint8Array))
    }
  })

  test('what is signed, and the signature', async () => {
    for (const length of [1, 2, 3, 64, LENGTH]) {
      const treeHash = hashes[length] as Uint8Array
      expect(toHex(await core.signable(length, 0))).toBe(
        toHex(headSignable(core.key, length, treeHash)),
      )
    }
    const { upgrade } = await core.proof({ upgrade: { start: 0, length: LENGTH } })
    // hypercore frames the signature of a quorum of one in a few bytes.
    const places = Array.from({ length: upgrade.signature.length - 63 }, (_, at) => at)
    const heads = places.map((at) => ({
      length: LENGTH,
      treeHash: hashes[LENGTH] as Uint8Array,
      signature: new Uint8Array(upgrade.signature.subarray(at, at + 64)),
    }))
    expect(heads.some((head) => verifyHead(crypto, core.key, manifest, head))).toBe(true)
  })

  test('the roots', async () => {
    const { upgrade } = await core.proof({ upgrade: { start: 0, length: LENGTH } })
    expect(upgrade.nodes.map(plain)).toStrictEqual(nodesAt(fillIndexes(0, LENGTH)))
  })

  test('the path of each entry', async () => {
    const tops = fillIndexes(0, LENGTH)
    for (let entry = 0; entry < LENGTH; entry++) {
      const { block } = await core.proof({
        block: { index: entry, nodes: 0 },
        upgrade: { start: 0, length: LENGTH },
      })
      const top = tops.find((candidate) => {
        const path = pathIndexes(entry, candidate)
        return path.reduce((at, sibling) => (at + sibling) / 2, 2 * entry) === candidate
      }) as number
      expect(block.nodes.map(plain)).toStrictEqual(nodesAt(pathIndexes(entry, top)))
      const reached = climb(
        crypto,
        leafNode(crypto, entry, blocks[entry] as Uint8Array),
        block.nodes,
      )
      expect(plain(reached)).toStrictEqual(plain(nodes.get(top) as TreeNode))
    }
  })
})
