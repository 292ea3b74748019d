/** Every reply is provable under every head, and nothing that was altered is. */
import {
  decodeReceipt,
  encodeReceipt,
  fillIndexes,
  ProofError,
  type TreeNode,
  verifyHead,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { describe, expect, test } from 'vitest'
import { coveringNode, extendsHead, type HeadAdvance, HeadTracker } from '../src/index.ts'
import { TreeLedger } from './tree-ledger.ts'

const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte))
const alter = (node: TreeNode): TreeNode => ({ ...node, hash: flip(node.hash) })

test('every entry is proven under every head, from a head frame or from a hello', async () => {
  const ledger = new TreeLedger().append(40)
  for (let from = 1; from < 20; from++) {
    for (let length = from + 1; length <= 40; length += 3) {
      const tracker = await HeadTracker.open(crypto, ledger, ledger.hello(from))
      await tracker.advance(ledger.advance(from, length))
      expect(tracker.head).toEqual(ledger.signed(length))
      for (let index = 0; index < length; index++) {
        const top = coveringNode(index, from, length)
        const entry = ledger.entries[index] as Uint8Array
        const proof = tracker.prove(index, entry, ledger.path(index, top))
        expect(proof.top).toBe(top)
      }
    }
  }
})

test('a path is no longer than the subtree that the head frame brought', () => {
  const ledger = new TreeLedger().append(1_000)
  expect(ledger.path(999, coveringNode(999, 998, 1_000))).toHaveLength(1)
  expect(ledger.path(999, coveringNode(999, 999, 1_000))).toHaveLength(0)
  expect(ledger.path(0, coveringNode(0, 999, 1_000))).toHaveLength(9)
})

test('a receipt leads from the entry to the roots and survives its encoding', async () => {
  const ledger = new TreeLedger().append(23)
  const tracker = await HeadTracker.open(crypto, ledger, ledger.hello(9))
  await tracker.advance(ledger.advance(9))
  for (const index of [0, 8, 9, 13, 22]) {
    const path = ledger.path(index, coveringNode(index, 9, 23))
    const proof = tracker.prove(index, ledger.entries[index] as Uint8Array, path)
    const receipt = decodeReceipt(encodeReceipt(tracker.receipt(proof)))
    expect(receipt.roots.map((node) => node.index)).toEqual(fillIndexes(0, 23))
    const whole = await HeadTracker.open(crypto, ledger, {
      length: 23,
      roots: receipt.roots,
      signature: receipt.signature,
    })
    expect(whole.prove(receipt.index, receipt.entry, receipt.path)).toMatchObject({ index })
  }
})

describe('what does not hold is refused', () => {
  const ledger = new TreeLedger().append(21)
  const other = new TreeLedger().append(21)
  const at = (length: number) => HeadTracker.open(crypto, ledger, ledger.hello(length))

  test('hellos', async () => {
    const hello = ledger.hello(13)
    const bad = [
      { ...hello, length: 12 },
      { ...hello, signature: flip(hello.signature) },
      { ...hello, roots: hello.roots.slice(1) },
      { ...hello, roots: hello.roots.toReversed() },
      { ...hello, roots: [...hello.roots.slice(0, -1), alter(hello.roots.at(-1) as TreeNode)] },
      { ...hello, signature: ledger.signed(12).signature },
      other.hello(13),
    ]
    for (const head of bad)
      await expect(HeadTracker.open(crypto, ledger, head)).rejects.toThrow(ProofError)
    const otherKey = { key: other.key, manifest: ledger.manifest }
    await expect(HeadTracker.open(crypto, otherKey, hello)).rejects.toThrow(ProofError)
  })

  test('heads that do not extend the one held', async () => {
    const good = ledger.advance(13)
    const bad: HeadAdvance[] = [
      { ...good, from: 12 },
      { ...good, length: 13 },
      { ...good, length: 20 },
      { ...good, nodes: [] },
      { ...good, nodes: good.nodes.toReversed() },
      { ...good, nodes: good.nodes.map(alter) },
      { ...good, nodes: good.nodes.map((node) => ({ ...node, size: node.size + 1 })) },
      { ...good, signature: flip(good.signature) },
      ledger.advance(12),
      other.advance(13),
    ]
    for (const advance of bad) {
      const tracker = await at(13)
      await expect(tracker.advance(advance)).rejects.toThrow(ProofError)
      // It stays where it was, and can go on from there.
      expect(tracker.head.length).toBe(13)
      await tracker.advance(good)
      expect(tracker.head.length).toBe(21)
    }
  })

  test('entries at another place, altered, or with another path', async () => {
    const tracker = await at(13)
    await tracker.advance(ledger.advance(13))
    const path = ledger.path(16, coveringNode(16, 13, 21))
    const entry = ledger.entries[16] as Uint8Array
    tracker.prove(16, entry, path)
    expect(() => tracker.prove(17, entry, path)).toThrow(ProofError)
    expect(() => tracker.prove(16, flip(entry), path)).toThrow(ProofError)
    expect(() => tracker.prove(16, entry, path.slice(1))).toThrow(ProofError)
    expect(() => tracker.prove(16, entry, path.map(alter))).toThrow(ProofError)
    expect(() => tracker.prove(16, entry, [])).toThrow(ProofError)
    expect(() => coveringNode(21, 13, 21)).toThrow(ProofError)
  })
})

test('a newer head extends an older one only if the nodes between say so', () => {
  const ledger = new TreeLedger().append(30)
  const other = new TreeLedger().append(30)
  const older = ledger.hello(11).roots
  const nodes = ledger.nodes(fillIndexes(11, 30))
  expect(extendsHead(crypto, older, ledger.signed(30), nodes)).toBe(true)
  expect(extendsHead(crypto, older, ledger.signed(11), [])).toBe(true)
  expect(extendsHead(crypto, older, other.signed(11), [])).toBe(false)
  expect(extendsHead(crypto, older, ledger.signed(10), [])).toBe(false)
  expect(extendsHead(crypto, older, other.signed(30), other.nodes(fillIndexes(11, 30)))).toBe(false)
  expect(() => extendsHead(crypto, older, ledger.signed(30), nodes.slice(1))).toThrow(ProofError)
  expect(verifyHead(crypto, ledger.key, ledger.manifest, ledger.signed(30))).toBe(true)
})
