/** Proofs over the tree: what fits passes, what does not is refused. And both trees against plain definitions. */
import { createHash } from 'node:crypto'
import {
  climb,
  fillIndexes,
  firstLeaf,
  leafCount,
  leafNode,
  ProofError,
  pathIndexes,
  Rfc6962Range,
  siblingIndex,
  type TreeNode,
  TreeRoots,
  toHex,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const block = (i: number) => Uint8Array.of(i & 0xff, i >>> 8)

/** All nodes of a tree of `length` entries, by index. */
function grown(length: number): Map<number, TreeNode> {
  const tree = new TreeRoots(crypto)
  const nodes = new Map<number, TreeNode>()
  for (let i = 0; i < length; i++) {
    for (const node of tree.append(leafNode(crypto, i, block(i)))) nodes.set(node.index, node)
  }
  return nodes
}

const nodes = grown(300)
const nodeOf = (index: number) => nodes.get(index) as TreeNode
const lengths = fc.integer({ min: 0, max: 300 })

describe('indexes', () => {
  test('of small nodes', () => {
    expect([0, 1, 2, 3, 5, 7, 11].map(leafCount)).toStrictEqual([1, 2, 1, 4, 2, 8, 4])
    expect([0, 1, 2, 3, 5, 7, 11].map(firstLeaf)).toStrictEqual([0, 0, 1, 0, 2, 0, 4])
    expect([0, 2, 1, 5, 3, 11].map(siblingIndex)).toStrictEqual([2, 0, 5, 1, 11, 3])
    expect(fillIndexes(0, 7)).toStrictEqual([3, 9, 12])
    expect(fillIndexes(5, 8)).toStrictEqual([10, 13])
    expect(fillIndexes(4, 4)).toStrictEqual([])
    expect(pathIndexes(2, 7)).toStrictEqual([6, 1, 11])
    expect(pathIndexes(2, 4)).toStrictEqual([])
  })

  test('of large ones stay exact', () => {
    const last = 2 ** 52 - 1
    const top = 2 ** 52 - 1
    expect(leafCount(top)).toBe(2 ** 52)
    expect(firstLeaf(2 * last)).toBe(last)
    expect(fillIndexes(0, 2 ** 52)).toStrictEqual([top])
    expect(fillIndexes(last, last + 1)).toStrictEqual([2 * last])
    expect(pathIndexes(last, top)).toHaveLength(52)
  })

  test('a node and its sibling are children of one parent', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (index) => {
        const sibling = siblingIndex(index)
        expect(siblingIndex(sibling)).toBe(index)
        expect(leafCount(sibling)).toBe(leafCount(index))
        expect(leafCount((index + sibling) / 2)).toBe(2 * leafCount(index))
      }),
    )
  })
})

describe('growing', () => {
  test('from any length to any other, by the subtrees between them', () => {
    fc.assert(
      fc.property(lengths, lengths, (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)]
        const tree = new TreeRoots(crypto, fillIndexes(0, from).map(nodeOf))
        const before = toHex(tree.hash())
        const copy = tree.clone()
        for (const index of fillIndexes(from, to)) copy.append(nodeOf(index))
        expect(copy.length).toBe(to)
        expect(copy.nodes).toStrictEqual(fillIndexes(0, to).map(nodeOf))
        expect(toHex(tree.hash())).toBe(before)
        expect(tree.length).toBe(from)
      }),
    )
  })

  test('append says which nodes it made, lowest first', () => {
    const tree = new TreeRoots(crypto, fillIndexes(0, 7).map(nodeOf))
    expect(tree.append(nodeOf(14)).map(({ index }) => index)).toStrictEqual([14, 13, 11, 7])
  })

  test('a node that does not continue the tree is refused', () => {
    fc.assert(
      fc.property(lengths, fc.integer({ min: 0, max: 500 }), (length, index) => {
        const tree = new TreeRoots(crypto, fillIndexes(0, length).map(nodeOf))
        const node = { index, size: 1, hash: new Uint8Array(32) }
        if (firstLeaf(index) === length && length % leafCount(index) === 0) tree.append(node)
        else expect(() => tree.append(node)).toThrow(ProofError)
      }),
    )
  })
})

describe('paths', () => {
  test('lead from every entry to its root, and from no other place', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), (length, n) => {
        const entry = n % length
        const top = fillIndexes(0, length).find(
          (root) => firstLeaf(root) <= entry && entry < firstLeaf(root) + leafCount(root),
        ) as number
        const siblings = pathIndexes(entry, top).map(nodeOf)
        const leaf = leafNode(crypto, entry, block(entry))
        expect(climb(crypto, leaf, siblings)).toStrictEqual(nodeOf(top))
        if (siblings.length === 0) return
        expect(() => climb(crypto, leafNode(crypto, entry ^ 1, block(entry)), siblings)).toThrow(
          ProofError,
        )
        expect(
          climb(crypto, leafNode(crypto, entry, block(entry + 1)), siblings).hash,
        ).not.toStrictEqual(nodeOf(top).hash)
        expect(climb(crypto, leaf, siblings.slice(0, -1)).index).not.toBe(top)
        if (siblings.length > 1)
          expect(() => climb(crypto, leaf, siblings.slice(1))).toThrow(ProofError)
      }),
    )
  })
})

describe('RFC 6962', () => {
  const sha256 = (...parts: Uint8Array[]) => {
    const hash = createHash('sha256')
    for (const part of parts) hash.update(part)
    return new Uint8Array(hash.digest())
  }

  /** The definition of section 2.1, word for word. */
  function definition(entries: readonly Uint8Array[]): Uint8Array {
    if (entries.length === 0) return sha256()
    if (entries.length === 1) return sha256(Uint8Array.of(0), entries[0] as Uint8Array)
    let k = 1
    while (2 * k < entries.length) k *= 2
    return sha256(Uint8Array.of(1), definition(entries.slice(0, k)), definition(entries.slice(k)))
  }

  test('the root is that of the definition', () => {
    const entries = Array.from({ length: 70 }, (_, i) => block(i))
    const range = new Rfc6962Range(crypto)
    for (let length = 0; length <= 70; length++) {
      expect(range.length).toBe(length)
      expect(toHex(range.root())).toBe(toHex(definition(entries.slice(0, length))))
      range.append(entries[length] ?? block(0))
    }
  })

  test('the edge is all that has to be kept', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 20 }),
        (length, more) => {
          const whole = new Rfc6962Range(crypto)
          for (let i = 0; i < length; i++) whole.append(block(i))
          const kept = new Rfc6962Range(crypto, length, whole.edge)
          const copy = whole.clone()
          const before = toHex(whole.root())
          for (let i = 0; i < more; i++) {
            kept.append(block(i))
            copy.append(block(i))
          }
          expect(toHex(kept.root())).toBe(toHex(copy.root()))
          expect(toHex(whole.root())).toBe(before)
        },
      ),
    )
  })

  test('an edge of another length is refused', () => {
    expect(() => new Rfc6962Range(crypto, 3, new Uint8Array(32))).toThrow(RangeError)
    expect(() => new Rfc6962Range(crypto, 1, new Uint8Array(33))).toThrow(RangeError)
    expect(() => new Rfc6962Range(crypto, 0, new Uint8Array(32))).toThrow(RangeError)
  })
})
